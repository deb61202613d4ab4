"""Cookies that neither scripts nor other sites can reach (RFC 6265bis)."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, current_app, request


def get(name: str) -> str:
    """Return the value of a cookie, empty if there is none."""
    return request.cookies.get(_full(name), "")


def give(answer: Response, name: str, value: str, lifetime: timedelta) -> Response:
    """Set a cookie; an empty value with no lifetime deletes it."""
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
    """Delete a cookie."""
    return give(answer, name, "", timedelta(0))


def _full(name: str) -> str:
    return f"__Host-{name}" if current_app.config["SESSION_COOKIE_SECURE"] else name
