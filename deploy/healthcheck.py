"""Checks whether the server in this container is alive; exits with 0 if it is."""

import os
import sys
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

address = f"http://127.0.0.1:{os.environ.get('PORT') or '8000'}/healthz"
host = urlsplit(os.environ.get("SITE_URL", "")).netloc or "127.0.0.1"

try:
    with urlopen(Request(address, headers={"Host": host}), timeout=3) as answer:
        sys.exit(answer.status != 200)
except OSError as problem:
    sys.exit(f"{address}: {problem}")
