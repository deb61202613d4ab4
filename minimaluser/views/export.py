"""Everything the site holds on a person, as one file to take along."""

import json

from flask import Blueprint, Response, url_for
from flask_login import login_required

from minimaluser import accounts
from minimaluser.lib import audit, htmx
from minimaluser.views.visitor import me, recent_key_required

bp = Blueprint("export", __name__)

FILE = "minimaluser-data.json"


@bp.get("/profile/export")
@login_required
@recent_key_required("export")
def show() -> Response:
    if htmx.is_htmx():  # a fragment cannot be a file
        audit.leave_out()
        return htmx.go(url_for("export.show"))
    text = json.dumps(accounts.export(me()), indent=2, ensure_ascii=False)
    answer = Response(text + "\n", content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{FILE}"'
    return answer
