"""Renders a state: the template alone, or a document of its own with nothing else in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import current_app, flash, g, render_template, session
from markupsafe import Markup, escape

from minimaluser.lib import consent, tiles
from minimaluser.lib.templating import render_part, render_strictly
from minimaluser.views.dev.states import HTML, State

CHOSEN: dict[str, Any] = {
    "consent": consent.Consent(made=True),
    "worker_url": None,
}  # no banner, nothing kept
ROW = 'class="row-card'
WIDE = re.compile(r'class="[^"]*\bcontainer\b')
MARK = re.compile(r' data-user="[^"]*"| autofocus\b')
GOES = re.compile(r'data-toast="(success|info)"')  # after some seconds; here it stays
TYPED = re.compile(
    r'<(input|textarea)\b(?![^>]*\b(?:readonly|type="(?:hidden|checkbox|radio|file)"))'
)
FORM = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>.*?</form>', re.DOTALL)


@contextmanager
def seen_by(state: State, theme: str = "") -> Iterator[None]:
    """Be on the page of a state, as whoever sees it; with a theme if it is not the usual one."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    path = state.path
    if theme:
        path += f"{'&' if '?' in path else '?'}theme={theme}"
    with app.app_context(), app.test_request_context(path):
        user = state.who()
        if user.is_authenticated:
            g._login_user = user
            session["first_key"] = bool(user.key_is_first)
        if toast := state.seen.get("toast"):
            _, _, words = str(toast).rpartition("error: ")
            flash(words, "error" if "error: " in toast else "success")
        yield


def alone(state: State, given: Mapping[str, Any], template: str = "", **more: Any) -> str:
    """Render the template and nothing around it; inside `seen_by`.

    Args:
        state: what is rendered.
        given: its arguments.
        template: of a mail, which part of it; its body unless that is said.
        more: names for the page around it.
    """
    if state.kind == "tile":
        return tiles.draw(**given)
    if state.kind == "mail":
        return render_strictly(template or body_of(state), **given)
    if state.kind == "partial":
        return render_part(state.template, **given)
    return render_template(state.template, **given, **more)


def body_of(state: State) -> str:
    """Return the template that a state shows: of a mail, the one of its way."""
    is_text = state.kind == "mail" and state.way != HTML
    return f"{state.noun}/body.txt" if is_text else state.template


def document(state: State, theme: str = "", direction: str = "", network: str = "") -> str:
    """Render a state as a document: HTML, or the text of a mail.

    Args:
        theme: its name, if it is not the usual one.
        direction: "rtl" for a page from right to left.
        network: "slow" or "offline" for what scripts ask for.
    """
    with seen_by(state, theme):
        given = state.arguments()
        if state.kind == "mail" and state.way != HTML:
            subject = alone(state, given, f"{state.noun}/subject.txt")
            return f"Subject: {subject.strip()}\n\n{alone(state, given)}"
        html = _page(state, given)
    if direction == "rtl":
        html = html.replace('<html lang="en"', '<html lang="en" dir="rtl"', 1)
    if state.kind in {"mail", "tile"}:
        return html
    asked = {"open": state.seen.get("open"), "network": network}
    if state.seen.get("is_offline"):
        asked["network"] = "offline"
    said = "".join(f' data-{name}="{escape(word)}"' for name, word in asked.items() if word)
    script = f'<script src="/dev/gallery/frame.js"{said}></script>\n</body>'
    html = GOES.sub('data-toast="error"', MARK.sub("", html))
    return html.replace("</body>", script, 1)


def _page(state: State, given: Mapping[str, Any]) -> str:
    html = alone(state, given, **CHOSEN)
    if state.kind != "partial":
        return html
    if state.seen.get("is_busy"):
        html = FORM.sub(_under_way, html, count=1)
    return render_template(
        "dev_state.html",
        inside=Markup(html),  # noqa: S704
        is_wide=bool(WIDE.search(html)),
        around=state.file.says.get("around", "rows" if ROW in html else ""),
        ids={*re.findall(r'\sid="([^"]+)"', html)},
        title=state.noun,
        **CHOSEN,
    )


def _under_way(form: re.Match[str]) -> str:
    """Return a form as htmx and static/src/js/fields.js leave it until the answer is there."""
    tag, _, rest = form[0].partition(">")
    has_class = 'class="' in tag
    wanted = 'class="htmx-request'
    tag = tag.replace('class="', f"{wanted} ") if has_class else f'{tag} {wanted}"'
    rest = TYPED.sub(r"<\1 readonly", rest)
    return f"{tag}>" + rest.replace('<button type="submit"', '<button type="submit" disabled', 1)
