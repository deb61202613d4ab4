"""Cookies that neither scripts nor other sites can reach (RFC 6265bis)."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Response, current_app, request


def suffix(address: str) -> str:
    """Return what the names of a site's cookies end with: its port, if its address has one.

    Browsers send cookies to all ports of a host, so two sites there would take each other's.
    """
    port = urlsplit(address).port
    return f"_{port}" if port else ""


def full_name(name: str, secure: bool, end: str) -> str:
    """Return the name that a browser sees."""
    return f"{'__Host-' if secure else ''}{name}{end}"


def get(name: str) -> str:
    """Return the value of a cookie, empty if there is none."""
    return request.cookies.get(named(name), "")


def give(answer: Response, name: str, value: str, lifetime: timedelta) -> Response:
    """Set a cookie; an empty value with no lifetime deletes it."""
    answer.set_cookie(
        named(name),
        value,
        max_age=lifetime,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return answer


def take(answer: Response, name: str) -> Response:
    """Delete a cookie."""
    return give(answer, name, "", timedelta(0))


def named(name: str) -> str:
    """Return the name that browsers of the current site see."""
    config = current_app.config
    return full_name(name, config["SESSION_COOKIE_SECURE"], config["COOKIE_SUFFIX"])
