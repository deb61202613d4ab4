"""Everything the site holds on a person, as one file to download."""

import json

from flask import Blueprint, Response, url_for

from minimaluser import accounts
from minimaluser.lib import audit, htmx
from minimaluser.parts import Row
from minimaluser.security.access import LOGGED_IN, access
from minimaluser.views.logged_in import me

bp = Blueprint("export", __name__)
row = Row("export", rank=80)

FILE = "minimaluser-data.json"


@bp.get("/profile/export")
@access(LOGGED_IN, recent_key="export", done="sensitive_read")
def show() -> Response:
    if htmx.is_htmx():  # a fragment cannot be a file
        audit.leave_out()
        return htmx.download(url_for("export.show"))
    text = json.dumps(accounts.export(me()), indent=2, ensure_ascii=False)
    answer = Response(text + "\n", content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{FILE}"'
    return answer
