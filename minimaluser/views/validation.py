"""One field, checked while it is being typed."""

from flask import Blueprint, abort, render_template

from minimaluser.forms import CHECKED

bp = Blueprint("validation", __name__)


@bp.post("/check/<form>/<field>")
def create(form: str, field: str) -> str:
    try:
        checked = CHECKED[form]().check(field)
    except KeyError:
        abort(404)
    return render_template("partials/field_error.html", field=checked)
