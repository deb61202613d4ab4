"""Makes an instance: `python -m tools.prepare [folder of pictures]` migrates and seeds it at once.

One process instead of `flask db upgrade` and `flask seed`, because each start takes seconds.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flask_migrate import upgrade

from minimaluser import album, config, create_app

if __name__ == "__main__":
    pictures = Path(sys.argv[1]) if sys.argv[1:] else config.ROOT / "static" / "pictures"
    with create_app().app_context():
        upgrade()
        if not album.on_home():
            print("Filling the album …", flush=True)  # which takes a while
        album.seed(pictures)
