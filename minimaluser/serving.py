"""The WSGI middleware around the app: proxies, headers, static files."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from minimaluser.lib import headers
from minimaluser.services import services_of
from minimaluser.settings import ROOT, settings_of

BUILT = ROOT / "static" / "build"


def wrap(app: Flask) -> None:
    """Serve the built files, add headers to every response, and trust the proxies in front."""
    ours = settings_of(app)
    files = WhiteNoise(
        app.wsgi_app,
        root=str(BUILT),
        prefix="static/",
        autorefresh=not ours.in_production,
        immutable_file_test=lambda _path, url: (
            not url.endswith("/manifest.json")
        ),  # all other names contain a hash
        allow_all_origins=False,
    )
    app.wsgi_app = headers.Everywhere(  # type: ignore[assignment,method-assign]
        files, services_of(app).headers
    )
    if hops := ours.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
