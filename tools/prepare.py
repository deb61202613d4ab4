"""Prepares the database: `python -m tools.prepare` migrates it, and seeds it if it is new.

This is one process instead of `flask db upgrade` and `flask seed`, since each start takes seconds.
"""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout

from flask_migrate import upgrade
from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError

from minimaluser import create_app
from minimaluser.database import db
from minimaluser.lib.database_url import AWAY

if __name__ == "__main__":
    app = create_app()
    with app.app_context():
        try:
            is_new = not inspect(db.engine).get_table_names()
        except OperationalError:
            sys.exit(AWAY)
        upgrade(revision="heads")
        if is_new:
            print("Filling the site …", flush=True)  # which takes a while
            with redirect_stdout(io.StringIO()):
                app.cli.commands["seed"].main([], standalone_mode=False)
