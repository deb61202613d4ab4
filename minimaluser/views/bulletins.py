"""Bulletins: the page behind the link in such a mail, and the buttons on it and on the profile."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, make_response, url_for

from minimaluser import accounts, parts
from minimaluser.lib import htmx
from minimaluser.parts import Row
from minimaluser.security.access import EVERYBODY, access
from minimaluser.security.bodies import OneClick
from minimaluser.views.logged_in import me_or_none


def _listed(user: Any) -> dict[str, Any]:
    return {"subscriptions": accounts.list_subscriptions(user, parts.bulletins())}


bp = Blueprint("bulletins", __name__)
row = Row("bulletins", rank=75, arguments=_listed)
NO_MORE, AGAIN = "We send you no more of it.", "We send it to you again."

mailed = partial(
    access,
    EVERYBODY,
    secret=True,
    example={"token": "x"},
    nobodys="the token in the address is the permission",
)


@bp.get("/mail/<token>", strict_slashes=False)
@mailed()
def show(token: str) -> Response:
    return htmx.render("bulletin", "bulletin", subscription=_found(token))


@bp.post("/mail/<token>")
@mailed(body=OneClick(), done="mail_stopped")
def one_click(token: str) -> Response:
    """Answer a mail program, which does not follow redirects."""
    accounts.stop_mail(token)
    return make_response(NO_MORE, {"Content-Type": "text/plain; charset=utf-8"})


@bp.post("/mail/<token>/stop")
@mailed(done="mail_stopped")
def stop(token: str) -> Response:
    accounts.stop_mail(token)
    return _done(token, NO_MORE)


@bp.post("/mail/<token>/again")
@mailed(done="mail_wanted")
def again(token: str) -> Response:
    accounts.want_mail(token)
    return _done(token, AGAIN)


def _done(token: str, message: str) -> Response:
    """Respond with the changed row, or redirect to a page that contains it."""
    subscription, here = _found(token), me_or_none()
    if htmx.wants_part():
        return htmx.done(message, "bulletin", subscription=subscription)
    is_theirs = here is not None and here.id == subscription.user_id
    return htmx.go(url_for("profile.show") if is_theirs else url_for(".show", token=token), message)


def _found(token: str) -> accounts.Subscription:
    return accounts.look_at_subscription(token, parts.bulletins())
