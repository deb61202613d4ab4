"""Everything that knows htmx: is a part wanted, and how does an answer ask the browser to go on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request
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


def removed(message: str) -> Response:
    """Answer that something is gone: the button's target leaves the page, and a toast says so."""
    answer = make_response(toast(message))
    answer.headers["HX-Reswap"] = "delete"
    return answer


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


def leave(address: str, message: str) -> Response:
    """Send a browser that was logged out on; its cache is emptied and its other tabs leave too."""
    answer = go(address, message)
    answer.headers["Clear-Site-Data"] = '"cache"'
    if is_htmx():
        answer.headers["HX-Trigger"] = "left"
    return answer


def reload(message: str, category: str = "info") -> Response:
    """Have the page loaded anew, with a toast there."""
    flash(message, category)
    return Response(headers={"HX-Refresh": "true"})


def page_user() -> str:
    """Return the mark of the user whose page htmx sent the request from; empty on a guest's."""
    return request.headers.get("X-User", "")


def ask_first(address: str) -> Response:
    """Have something answered before the request can be done; the request is then sent once more.

    With JavaScript the form behind `address` is shown in a dialog over the page, which loses
    nothing: the answer is 401 with `X-Ask: address`; static/src/js/requests.js keeps the request
    and opens the dialog. What comes from the dialog carries `X-Ask` too, see `is_asking`: the view
    behind `address` then renders a partial with a heading `#ask-title` around its form, and when
    the form is accepted it answers `granted` instead of `go`. The dialog closes, and the kept
    request goes out again, with the page's new CSRF token. A guest's page, which a log-in changes
    as a whole, and a browser without JavaScript go to `address` instead.

    Args:
        address: of a view with the form; it also names the page to come back to (`next`).
    """
    if is_htmx():
        return Response(status=401, headers={"X-Ask": address, "HX-Redirect": address})
    return make_response(redirect(address, 303))


def is_asking() -> bool:
    """Tell whether the request comes from the dialog that `ask_first` opened."""
    return is_htmx() and "X-Ask" in request.headers


def granted(headers: Mapping[str, str]) -> Response:
    """Close the dialog that `ask_first` opened and have the kept request sent once more.

    Args:
        headers: `X-CSRF-Token`, that bring the page's CSRF token up to date.
    """
    return Response(status=204, headers=headers)
