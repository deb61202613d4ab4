"""Pages that a browser may fetch once somebody points at their link (speculation rules).

Only for guests whom the cookie banner does not ask. Nothing that they do on one page changes
another, except choosing light or dark pages, which loads the page again and drops what was fetched.
"""

from __future__ import annotations

import json

from flask import Blueprint, Response, request, session, url_for
from flask_login import current_user

from minimaluser.lib.htmx import is_htmx
from minimaluser.security.access import EVERYBODY, access
from minimaluser.views.browser import asks_for_choice, cookie_choice
from minimaluser.views.logged_in import loaded

bp = Blueprint("speculation", __name__)

NOT_FOLLOWED = "[hx-get], dialog a, [download]"  # they open in a dialog, or are no page
LINKS = {"and": [{"href_matches": "/*"}, {"not": {"selector_matches": NOT_FOLLOWED}}]}
RULES = {"prefetch": [{"where": LINKS, "eagerness": "moderate"}]}


@bp.get("/speculation-rules.json")
@access(EVERYBODY)
def show() -> Response:
    answer = Response(json.dumps(RULES), content_type="application/speculationrules+json")
    answer.headers["Cache-Control"] = "public, max-age=86400"
    answer.headers["Vary"] = "Accept-Encoding"
    return answer


@bp.before_app_request
def _only_for_guests() -> Response | None:
    """Refuse what would show somebody's page too early, or use up a message that waits for it."""
    if "prefetch" not in request.headers.get("Sec-Purpose", ""):
        return None
    if current_user.is_authenticated or "_flashes" in session:
        return Response(status=503)
    return None


@bp.after_app_request
def _offer(answer: Response) -> Response:
    is_page = answer.mimetype == "text/html" and not is_htmx()
    if is_page and loaded() is None and (cookie_choice().made or not asks_for_choice()):
        answer.headers["Speculation-Rules"] = f'"{url_for("speculation.show")}"'
    return answer
