"""One host in development, as passkeys and cookies want it: whoever asks 127.0.0.1 gets localhost.

So it is only where SITE_URL says localhost, as it does by default.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from minimaluser.settings import settings

NAME, NUMBERS = "localhost", {"127.0.0.1", "::1"}
ASKING = {"GET", "HEAD"}


def register(app: Flask) -> None:
    """Lead visitors there before any view or guard sees the request."""
    app.before_request(_lead)


def _lead() -> Response | None:
    if request.method not in ASKING or urlsplit(f"//{request.host}").hostname not in NUMBERS:
        return None
    if urlsplit(settings.site_url).hostname != NAME or request.blueprint == "health":
        return None
    asked = urlsplit(request.url)
    port = f":{asked.port}" if asked.port else ""
    return redirect(urlunsplit(asked._replace(netloc=f"{NAME}{port}")))
