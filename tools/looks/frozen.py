"""Serves a site whose time stands still: `python tools/looks/frozen.py PORT`.

The site is that of the folder in which it is started, so older ones can be served, too.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import time_machine

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def main(port: int) -> None:
    """Make the site at noon, with a database, and serve it."""
    time_machine.travel(NOON, tick=False).start()
    sys.path[0] = str(Path.cwd())
    from werkzeug.serving import run_simple

    from minimaluser import create_app
    from tools.live import Quiet

    app = create_app(os.environ, TEMPLATES_AUTO_RELOAD=False)
    run_simple("127.0.0.1", port, app, threaded=True, request_handler=Quiet)


if __name__ == "__main__":
    main(int(sys.argv[1]))
