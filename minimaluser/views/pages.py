"""The public pages."""

from flask import Blueprint, render_template

from minimaluser import album

bp = Blueprint("pages", __name__)


@bp.get("/")
def home() -> str:
    return render_template("home.html", pictures=album.on_home())


@bp.get("/about")
def about() -> str:
    return render_template("about.html")


@bp.get("/privacy-notice")
def privacy_notice() -> str:
    return render_template("privacy_notice.html")


@bp.get("/terms-of-service")
def terms_of_service() -> str:
    return render_template("terms_of_service.html")
