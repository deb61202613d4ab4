"""Makes an instance: `python -m tools.prepare [options of flask seed]` migrates and fills it.

One process instead of `flask db upgrade` and `flask seed`, because each start takes seconds.
"""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout

from flask_migrate import upgrade
from sqlalchemy import inspect

from minimaluser import create_app
from minimaluser.extensions import db

if __name__ == "__main__":
    app = create_app()
    with app.app_context():
        if not inspect(db.engine).get_table_names():
            print("Filling the site …", flush=True)  # which takes a while
        upgrade(revision="heads")
        with redirect_stdout(io.StringIO()):
            app.cli.commands["seed"].main(sys.argv[1:], standalone_mode=False)
