"""What robots and browsers ask for by themselves."""

from flask import Blueprint, Response, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

bp = Blueprint("seo", __name__)

PUBLIC = ("pages.home", "pages.about", "pages.privacy_notice", "pages.terms_of_service")
ENTRANCES = ("signup.new",)
LINKS = ("/confirm/", "/reset-key/", "/email/", "/closing/")
CLOSED = ("/profile", "/album/", *LINKS, "/check/", "/dev/")


@bp.get("/robots.txt")
def robots() -> Response:
    site = current_app.config["SITE_URL"]
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in CLOSED),
        "Allow: /album/*/",  # files of pictures, as the home page shows them
        f"Sitemap: {site}/sitemap.xml",
    ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    site = current_app.config["SITE_URL"]
    addresses = [site + url_for(name) for name in PUBLIC + ENTRANCES]
    xml = render_template("sitemap.xml", addresses=addresses)
    return Response(xml, content_type="application/xml; charset=utf-8")


@bp.get("/favicon.ico")
def favicon() -> AnyResponse:
    return redirect(current_app.extensions["assets"].url("icons/favicon.svg"), 302)
