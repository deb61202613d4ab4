"""What a stranger can read in an answer, without what is new in every answer.

A token that is only signed is opened, as anybody can; what is random in it counts by its length.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from flask import Flask
from werkzeug.http import parse_cookie
from werkzeug.test import TestResponse

from minimaluser.testing.patterns import KEY_TEXT

Told = list[str]

GRANTED = re.compile(r"\b[a-z]+-[a-z]+-\d{6}-[a-z]+\b")
RANDOM = (  # the longer ones first
    (re.compile(r'"<svg .*</svg>\\n"'), "drawing"),
    (re.compile(r"\b[\w-]{8,}\.[\w-]{6,}\.[\w-]{20,}"), "signed"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "uuid"),
    (re.compile(r"\b[0-9a-f]{16,64}\b"), "hex"),
    (re.compile(rf"\b{KEY_TEXT}\b"), "key"),
    (re.compile(r"#[0-9a-f]{6}\b"), "colour"),
    (re.compile(r"^\d{6}$", re.MULTILINE), "code"),
    (re.compile(r"(?<=>)\d{6}(?=<)"), "code"),
)
SESSION_NUMBER = re.compile(r"(?<=/profile/sessions/)\d+")  # counts log-ins; nobody's is caused
NOT_TOLD = {"X-Request-ID", "Content-Length", "ETag", "Set-Cookie"}  # looked at below, or random


def answer(app: Flask, got: TestResponse) -> Told:
    """Return status, headers, cookies and lines of an answer."""
    length = got.headers.get("Content-Length", type=int)
    assert length in {None, len(got.data)}
    headers = sorted(f"{name}: {value}" for name, value in got.headers if name not in NOT_TOLD)
    cookies = sorted(_cookie(app, line) for line in got.headers.getlist("Set-Cookie"))
    is_drawing = got.mimetype == "image/svg+xml"
    lines = [got.status, *headers, *cookies, "" if is_drawing else got.text]
    return plain("\n".join(lines)).splitlines()


def mail(letter: dict[str, Any]) -> Told:
    """Return the parts of a mail; where its lines are broken depends on the nickname."""
    parts = (letter[name] for name in ("to", "subject", "text", "html", "created_at"))
    return [" ".join(plain(part).split()) for part in parts]


def plain(text: str) -> str:
    """Return a text without what is random in it, nicknames that were granted included."""
    text = GRANTED.sub("(a nickname)", SESSION_NUMBER.sub("…", text))
    for pattern, name in RANDOM:
        text = pattern.sub(lambda found, kind=name: _short(found[0], kind), text)
    return text


def _short(found: str, name: str) -> str:
    if name == "signed":
        return _claims(found)
    return "(a drawing)" if name == "drawing" else f"({len(found)} of {name})"


def _claims(token: str) -> str:
    """Return what a JWT says; another signed thing by its length."""
    try:
        header, claims, signature = token.split(".")
        said = [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (header, claims)]
    except ValueError:
        return f"({len(token)} signed)"
    return plain(f"({json.dumps(said)} and {len(signature)})")


def _cookie(app: Flask, line: str) -> str:
    """Return a cookie with what the visitor could read in it."""
    pair, _, attributes = line.partition(";")
    ((name, value),) = parse_cookie(pair).items()
    if name == app.config["SESSION_COOKIE_NAME"] and value:
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        value = json.dumps(serializer.loads(value), sort_keys=True, default=str)
    return f"Set-Cookie: {name}={value};{attributes}"
