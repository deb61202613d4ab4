"""Ways out of a refusal: the words of a message that name a page become a link to it."""

from __future__ import annotations

import re

from flask import url_for
from markupsafe import Markup, escape

WAYS = {  # words of the messages in `accounts/`, and the view that they mean
    "log in": "login.new",
    "ask for a new access key": "key_reset.new",
    "ask for a code": "key_reset.new",
    "ask for a new code": "key_reset.new",
}
WORDS = re.compile(rf"\b({'|'.join(WAYS)})\b")


def linked(message: str) -> Markup:
    """Return a message as HTML, in which words that name a way are links."""
    return Markup(WORDS.sub(_link, str(escape(message))))  # noqa: S704


def _link(words: re.Match[str]) -> str:
    return f'<a href="{escape(url_for(WAYS[words[0]]))}">{words[0]}</a>'
