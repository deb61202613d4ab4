"""Everything that knows htmx: is a part wanted, and how does an answer ask the browser to go on."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from jinja_partials import render_partial


def wants_part() -> bool:
    """Tell whether the request asks for a fragment rather than a page."""
    return request.headers.get("HX-Request-Type") == "partial"


def is_htmx() -> bool:
    """Tell whether htmx sent the request, for a fragment or a page."""
    return request.headers.get("HX-Request") == "true"


def render(page: str, part: str, status: int = 200, **context: Any) -> Response:
    """Render the partial `part` for a request that wants one, else the page around it."""
    name = f"partials/{part}.html" if wants_part() else f"{page}.html"
    return make_response(render_template(name, **context), status)


def done(
    message: str, part: str, *, beside: dict[str, str] | None = None, **context: Any
) -> Response:
    """Answer a change in place: the partial, a toast and parts elsewhere on the page.

    Args:
        message: the sentence in the toast.
        part: name of the partial that replaces the form.
        beside: CSS selector to rendered HTML that replaces the element there.
        context: arguments of the partial.
    """
    html = render_template(f"partials/{part}.html", **context)
    for target, fragment in (beside or {}).items():
        html += f'<hx-partial hx-target="{target}" hx-swap="outerHTML">{fragment}</hx-partial>'
    return make_response(html + toast(message))


def toast(message: str, category: str = "success") -> str:
    """Return the fragment that adds a toast to the page."""
    inner = render_partial("partials/toast.html", message=message, category=category)
    return f'<hx-partial hx-target="#toasts" hx-swap="beforeend">{inner}</hx-partial>'


def go(address: str, message: str = "", category: str = "success") -> Response:
    """Send the browser to another page by a full load, with a toast there."""
    if message:
        flash(message, category)
    if is_htmx():
        return Response(headers={"HX-Redirect": address})
    return make_response(redirect(address, 303))


def log_in_first(next_path: str) -> Response:
    """Send a stranger to the log-in page, out of any fragment."""
    address = url_for("session.new", next=next_path)
    if is_htmx():
        return Response(status=401, headers={"HX-Redirect": address})
    return make_response(redirect(address, 303))
