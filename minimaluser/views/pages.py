"""The public pages."""

from flask import Blueprint, render_template

from minimaluser.security.access import EVERYBODY, access

bp = Blueprint("pages", __name__)


@bp.get("/")
@access(EVERYBODY, indexed=True)
def home() -> str:
    return render_template("home.html")


@bp.get("/about")
@access(EVERYBODY, indexed=True)
def about() -> str:
    return render_template("about.html")


@bp.get("/privacy-notice")
@access(EVERYBODY, indexed=True)
def privacy_notice() -> str:
    return render_template("privacy_notice.html")


@bp.get("/terms-of-service")
@access(EVERYBODY, indexed=True)
def terms_of_service() -> str:
    return render_template("terms_of_service.html")
