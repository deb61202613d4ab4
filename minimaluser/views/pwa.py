"""What makes the site an app: manifest, service worker, offline page."""

from __future__ import annotations

import re

from flask import Blueprint, Response, render_template

from minimaluser.lib import tokens
from minimaluser.security.access import EVERYBODY, access
from minimaluser.services import services
from minimaluser.settings import settings

bp = Blueprint("pwa", __name__)

KEPT = re.compile(r'(?:src|href)="(/static/[^"#]+)|<img src="(/[^"#]+)')


@bp.get("/manifest.webmanifest")
@access(EVERYBODY)
def manifest() -> Response:
    return _brief(render_template("pwa/manifest.webmanifest"), "application/manifest+json")


@bp.get("/sw.js")
@access(EVERYBODY)
def service_worker() -> Response:
    """Serve the worker with the list of files it caches; it changes when any of them changes."""
    if settings.sw_disabled:
        return _brief(render_template("pwa/sw_disabled.js"), "text/javascript")
    page = _offline(spare=False)
    scripts = map(services().assets.url, ("site.js", "htmx.js"))
    files = [*scripts, *map("".join, KEPT.findall(page))]
    version = tokens.digest(f"{page} {files}")[:16]
    text = render_template("pwa/sw.js", files=sorted(set(files)), version=version)
    return _brief(text, "text/javascript")


@bp.get("/offline")
@access(EVERYBODY)
def offline() -> str:
    return _offline(spare=True)


def _offline(*, spare: bool) -> str:
    """Render the page that the worker keeps: in the colours of the system, whoever asks for it."""
    return render_template("offline.html", spare=spare, scheme="")


def _brief(text: str, content_type: str) -> Response:
    answer = Response(text, content_type=f"{content_type}; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer
