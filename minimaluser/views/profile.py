"""The profile: a page of rows, each shown or being edited."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template, session, url_for

from minimaluser import accounts, parts
from minimaluser.lib import htmx
from minimaluser.security.access import LOGGED_IN, access
from minimaluser.views.logged_in import me

bp = Blueprint("profile", __name__)


@bp.get("/profile")
@access(LOGGED_IN)
def show() -> Response:
    return page()


def page(editing: str = "", status: int = 200, **context: Any) -> Response:
    """Render the whole profile, with one row being edited or none."""
    rows = [
        row.render(me(), **(context if row.name == editing else row.arguments(me())))
        for row in parts.rows()
    ]
    is_new = session.pop("welcome", False)
    html = render_template("profile.html", user=me(), rows=rows, is_sent=_is_sent(), is_new=is_new)
    return make_response(html, status)


def edit_row(name: str, form: Any, status: int = 200, **context: Any) -> Response:
    """Render the form of a row: the part, or the profile around it."""
    if htmx.wants_part():
        html = render_template(f"partials/{name}_form.html", user=me(), form=form, **context)
        return make_response(html, status)
    return page(name, status, form=form, **context)


def show_row(name: str, message: str, also: str = "", **context: Any) -> Response:
    """Answer a change of a row: the row and all that shows the user, or the profile anew.

    Args:
        name: name of the row.
        message: the sentence in the toast.
        also: name of another row that the change has changed.
        context: arguments of the partial other than `user`.
    """
    if not htmx.wants_part():
        return htmx.go(url_for("profile.show"), message)
    beside = {"#user-menu": render_template("partials/user_menu.html", user=me())}
    if not me().is_confirmed:
        notice = "partials/confirm_notice.html"
        beside["#confirm-notice"] = render_template(notice, user=me(), is_sent=_is_sent())
    for row in parts.rows():
        if row.name == also:
            beside[f"#row-{also}"] = row.render(me(), **row.arguments(me()))
    return htmx.done(message, name, beside=beside, user=me(), **context)


def _is_sent() -> bool:
    """Tell whether a mail with a link to confirm the address is on its way or not needed."""
    return me().is_confirmed or accounts.is_link_on_its_way(me())
