"""Files that robots and browsers request on their own."""

from flask import Blueprint, Response, abort, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from minimaluser.lib import clock
from minimaluser.rules import rules
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


@bp.get("/.well-known/security.txt")
@access(EVERYBODY)
def security_txt() -> Response:
    """Say whom to tell about a vulnerability (RFC 9116), if a contact is set; otherwise a 404."""
    if not settings.contact_email:
        abort(404)
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{settings.contact_email}",
        f"Expires: {today + rules.security_txt:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.site_url}{url_for('seo.security_txt')}",
    ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@bp.get("/.well-known/change-password")
@access(LOGGED_IN)
def change_password() -> AnyResponse:
    """Lead password managers to the key (W3C, "A Well-Known URL for Changing Passwords")."""
    return redirect(url_for("profile.show", _anchor="row-key"), 302)
