"""Checking one field while it is being typed."""

from flask import Blueprint, abort, render_template

from minimaluser.forms import CHECKED
from minimaluser.security.access import EVERYBODY, access

bp = Blueprint("validation", __name__)


@bp.post("/check/<form>/<field>")
@access(EVERYBODY, example={"form": "signup", "field": "email"}, nobodys="a field of a form")
def create(form: str, field: str) -> str:
    try:
        checked = CHECKED[form]().check(field)
    except KeyError:
        abort(404)
    return render_template("partials/field_error.html", field=checked)
