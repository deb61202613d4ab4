"""Checks for every form: its fragment is a part of the page, a stranger is sent away, …"""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

from minimaluser.testing.client import Person
from minimaluser.testing.patterns import HTMX

CHANGING = (
    re.compile(r'(name="csrf_token"[^>]*value=")[^"]+'),
    re.compile(r'(name="csrf-token" content=")[^"]+'),
    re.compile(r"()[0-9a-f]{16}(?=\.svg)"),
    re.compile(r'(name="seed"[^>]*value=")[^"]+'),
)


def plain(html: str) -> str:
    """HTML without what differs from one answer to the next: tokens, seeds and white space."""
    for pattern in CHANGING:
        html = pattern.sub(r"\1…", html)
    return re.sub(r"\s+", " ", html).strip()


def assert_fragment_is_part_of_page(person: Person, path: str) -> None:
    fragment, page = person.get(path, htmx=True), person.get(path)
    assert fragment.status_code == page.status_code == 200
    assert "<html" not in fragment.text
    assert "<html" in page.text
    assert plain(fragment.text) in plain(page.text)


def assert_sends_to_log_in(stranger: Person, path: str, *, method: str = "GET") -> None:
    """303 for a browser, 401 and `HX-Redirect` for htmx, and no content of the page in either."""
    form = {"csrf_token": stranger.token()}
    plainly = stranger.client.open(path, method=method, data=form)
    assert plainly.status_code == 303
    assert plainly.location.startswith("/login?next=")
    by_htmx = stranger.client.open(path, method=method, data=form, headers=HTMX)
    assert by_htmx.status_code == 401
    assert by_htmx.headers["HX-Redirect"].startswith("/login?next=")
    assert by_htmx.data == b""


def assert_form_comes_back(answer: TestResponse, *kept: str) -> None:
    """422, the form with an error, and what was typed still in it."""
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "<form" in answer.text
    for typed in kept:
        assert f'value="{typed}"' in answer.text


def errors_in(answer: TestResponse) -> list[str]:
    """The messages at the fields of a form."""
    found = re.findall(r'<p class="field-error"[^>]*>(.*?)</p>', answer.text, re.DOTALL)
    plainly = [re.sub("<[^>]+>", "", message) for message in found]  # ways out are links
    return [message.replace("&#39;", "'") for message in plainly if message.strip()]
