"""What a browser keeps for the site, out of reach of scripts and of other sites (RFC 6265bis)."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, current_app, request


def get(name: str) -> str:
    """Return what the browser keeps under a name; empty if nothing."""
    return request.cookies.get(_full(name), "")


def give(answer: Response, name: str, value: str, lifetime: timedelta) -> Response:
    """Have the browser keep a value; an empty one for no time takes it away."""
    answer.set_cookie(
        _full(name),
        value,
        max_age=lifetime,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return answer


def take(answer: Response, name: str) -> Response:
    """Have the browser keep it no longer."""
    return give(answer, name, "", timedelta(0))


def _full(name: str) -> str:
    return f"__Host-{name}" if current_app.config["SESSION_COOKIE_SECURE"] else name
