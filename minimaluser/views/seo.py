"""Files that robots and browsers request on their own."""

from flask import Blueprint, Response, current_app, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from minimaluser.security.access import CONFIRMED, EVERYBODY, LOGGED_IN, access, addresses
from minimaluser.services import services
from minimaluser.settings import settings

bp = Blueprint("seo", __name__)

INSIDE = {LOGGED_IN, CONFIRMED}


@bp.get("/robots.txt")
@access(EVERYBODY)
def robots() -> Response:
    """Disallow what is secret or not for everybody, and allow the public addresses below it."""
    pages = [each for each in addresses(current_app) if "GET" in each.methods]
    private = [each for each in pages if each.access.secret or each.access.who in INSIDE]
    starts = {each.pattern.partition("*")[0] for each in private}
    closed = [s for s in sorted(starts) if not any(s != o and s.startswith(o) for o in starts)]
    below = [each for each in pages if each not in private and each.example.startswith((*closed,))]
    lines = [
        "User-agent: *",
        *(f"Disallow: {start}" for start in closed),
        *(f"Allow: {each.pattern}" for each in below),
        f"Sitemap: {settings.site_url}/sitemap.xml",
    ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@bp.get("/sitemap.xml")
@access(EVERYBODY)
def sitemap() -> Response:
    site = settings.site_url
    listed = [site + each.example for each in addresses(current_app) if each.access.indexed]
    xml = render_template("sitemap.xml", addresses=listed)
    return Response(xml, content_type="application/xml; charset=utf-8")


@bp.get("/favicon.ico")
@access(EVERYBODY)
def favicon() -> AnyResponse:
    return redirect(services().assets.url("icons/favicon.svg"), 302)
