"""Prepares the database: `python -m tools.prepare` migrates it, and seeds it if it is new.

With `--demo` there is somebody to log in as, too (`demo.py`).
This is one process instead of `flask db upgrade` and `flask seed`, since each start takes seconds.
"""

from __future__ import annotations

import io
import sys
import time
from contextlib import redirect_stdout

from flask_migrate import upgrade
from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError

from minimaluser import create_app
from minimaluser.database import db
from minimaluser.lib.database_url import AWAY
from tools import demo, step

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
            began = time.monotonic()
            with redirect_stdout(io.StringIO()):
                app.cli.commands["seed"].main([], standalone_mode=False)
            print(f"  {step.told(0, time.monotonic() - began)}", flush=True)
    if "--demo" in sys.argv:
        demo.provide(app)
