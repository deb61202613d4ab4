"""Makes an instance: `python -m e2e.prepare <folder of pictures>` migrates and seeds it at once.

One process instead of `flask db upgrade` and `flask seed`, because each start takes seconds.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flask_migrate import upgrade

from minimaluser import create_app
from minimaluser.album import pictures as album

if __name__ == "__main__":
    with create_app().app_context():
        upgrade(revision="heads")
        album.seed(Path(sys.argv[1]))
