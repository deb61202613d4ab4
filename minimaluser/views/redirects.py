"""Responses that send the visitor elsewhere: onwards, or to what must be done first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request, url_for

from minimaluser.lib import audit, htmx
from minimaluser.lib.text import is_inside
from minimaluser.views.logged_in import is_somebody_else, me, renew

if TYPE_CHECKING:
    from minimaluser.models import User


def way_back() -> str:
    """Return the address on this site that the visitor was on the way to; empty if there is none.

    Whoever was on the home page was on the way to nothing in particular.
    """
    wanted = request.values.get("next", "")
    return wanted if is_inside(wanted) and wanted != url_for("pages.home") else ""


def next_address(default: str = "") -> str:
    """Return the address that the visitor was on the way to, or else the default or home page."""
    return way_back() or default or url_for("pages.home")


def guests_only() -> Response:
    """Send somebody who is logged in already to the profile."""
    if htmx.is_asking():  # another tab was faster
        return granted(me())
    return htmx.go(url_for("profile.show"))


def confirm_first() -> Response:
    """Send an UNCONFIRMED user to the profile, which tells what is missing."""
    message = "Please confirm your email address first; the link is in our mail."
    has_just_signed_up = htmx.is_told()  # of that mail
    return htmx.go(url_for("profile.show"), "" if has_just_signed_up else message, "info")


def choose_first() -> Response:
    """Have the cookie choice made before the page is shown."""
    return htmx.go(url_for("cookies.edit", next=request.full_path.rstrip("?")))


def ask_for_key(row: str) -> Response:
    """Ask for the access key first; the visitor then returns to `row` of the profile."""
    audit.leave_out()
    back = url_for("profile.show", _anchor=f"row-{row}")
    return htmx.ask_first(url_for("key_entry.new", next=back))


def granted(user: User) -> Response:
    """Answer that the form asked first is accepted; see `htmx.ask_first`.

    The page of another user is reloaded: the request that waits there is not this user's.
    """
    headers = renew(user)
    if is_somebody_else():
        return not_yours()
    return htmx.granted(headers)


def not_yours() -> Response:
    """Reload a page that belongs to a user other than the one logged in now."""
    return htmx.reload("You are somebody else now, so what was typed here before was not sent.")


def log_in_first(next_path: str, *, in_place: bool = True) -> Response:
    """Have a guest log in and come back.

    Args:
        next_path: the page to come back to.
        in_place: whether the request may be sent again after a log-in in a dialog over the page.
    """
    answer = htmx.ask_first(url_for("login.new", next=next_path))
    if answer.status_code == 401:
        answer.headers["Clear-Site-Data"] = '"cache"'
        if not in_place:
            del answer.headers["X-Ask"]
    return answer
