"""Everything specific to htmx: recognising its requests, and responses that it acts on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, session


def wants_part() -> bool:
    """Tell whether the request asks for a fragment rather than a page."""
    return request.headers.get("HX-Request-Type") == "partial"


def is_htmx() -> bool:
    """Tell whether htmx sent the request, for a fragment or a page."""
    return request.headers.get("HX-Request") == "true"


def render(
    page: str,
    part: str,
    status: int = 200,
    *,
    around: Mapping[str, Any] | None = None,
    **context: Any,
) -> Response:
    """Render the partial `part` if the request wants a fragment, else the page around it.

    Args:
        page, part: names of the templates.
        status: of the response.
        around: what the page is given besides the arguments of the partial.
        context: arguments of the partial.
    """
    if wants_part():
        return make_response(render_template(f"partials/{part}.html", **context), status)
    return make_response(render_template(f"{page}.html", **(around or {}), **context), status)


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
    inner = render_template("partials/toast.html", message=message, category=category)
    return f'<hx-partial hx-target="#toasts" hx-swap="beforeend">{inner}</hx-partial>'


def go(address: str, message: str = "", category: str = "success") -> Response:
    """Redirect the browser to another page, with a full load and a toast there."""
    if message:
        flash(message, category)
    if is_htmx():
        return Response(headers={"HX-Redirect": address})
    return make_response(redirect(address, 303))


def is_told() -> bool:
    """Tell whether words that `go` was given wait for the next page."""
    return bool(session.get("_flashes"))


def leave(address: str, message: str) -> Response:
    """Redirect a browser that was logged out, empty its cache and make its other tabs leave."""
    answer = go(address, message)
    answer.headers["Clear-Site-Data"] = '"cache"'
    if is_htmx():
        answer.headers["HX-Trigger"] = "left"
    return answer


def download(address: str) -> Response:
    """Redirect the browser to a file; its page stays, and is at rest again at once."""
    answer = go(address)
    if is_htmx():
        answer.headers["HX-Trigger"] = "file"
    return answer


def reload(message: str, category: str = "info") -> Response:
    """Have the browser reload the page, with a toast there."""
    flash(message, category)
    return Response(headers={"HX-Refresh": "true"})


def page_user() -> str:
    """Return the mark of the user whose page sent the request; empty for a guest's page."""
    return request.headers.get("X-User", "")


def ask_first(address: str) -> Response:
    """Have the visitor fill in another form first; the request is then sent again.

    With JavaScript the form at `address` is shown in a dialog over the page, so that nothing typed
    there is lost: the response is 401 with `X-Ask: address`; static/src/js/requests.js keeps the
    request and opens the dialog. Requests from the dialog carry `X-Ask`, too (see `is_asking`): the
    view at `address` then renders a partial with a heading `#ask-title` around its form, and once
    the form is accepted it returns `granted` instead of `go`. The dialog closes, and the kept
    request is sent again with the page's new CSRF token. A guest's page, which a log-in changes as
    a whole, and a browser without JavaScript are redirected to `address` instead.

    Args:
        address: address of the view with the form; it also names the page to return to (`next`).
    """
    if is_htmx():
        return Response(status=401, headers={"X-Ask": address, "HX-Redirect": address})
    return make_response(redirect(address, 303))


def is_asking() -> bool:
    """Tell whether the request comes from the dialog that `ask_first` opened."""
    return is_htmx() and "X-Ask" in request.headers


def granted(headers: Mapping[str, str]) -> Response:
    """Close the dialog that `ask_first` opened and have the kept request sent again.

    Args:
        headers: `X-CSRF-Token` with the new CSRF token of the page.
    """
    return Response(status=204, headers=headers)
