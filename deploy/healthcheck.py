"""Checks whether the server in this container is alive; exits with 0 if it is."""

import os
import sys
from urllib.request import urlopen

own = os.environ.get("BIND_ADDRESS") or "0.0.0.0"  # noqa: S104
host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(own.strip("[]"), own.strip("[]"))  # noqa: S104
address = (
    f"http://{f'[{host}]' if ':' in host else host}:{os.environ.get('PORT') or '8000'}/healthz"
)

try:
    with urlopen(address, timeout=3) as answer:
        sys.exit(answer.status != 200)
except OSError as problem:
    sys.exit(f"{address}: {problem}")
