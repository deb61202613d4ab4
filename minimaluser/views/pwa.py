"""What makes the site an app: manifest, service worker, offline page."""

from flask import Blueprint, Response, render_template

bp = Blueprint("pwa", __name__)


@bp.get("/manifest.webmanifest")
def manifest() -> Response:
    text = render_template("pwa/manifest.webmanifest")
    return _brief(text, "application/manifest+json")


@bp.get("/sw.js")
def service_worker() -> Response:
    return _brief(render_template("pwa/sw.js"), "text/javascript")


@bp.get("/offline")
def offline() -> str:
    return render_template("offline.html")


def _brief(text: str, content_type: str) -> Response:
    answer = Response(text, content_type=f"{content_type}; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer
