"""What a view may be sent: a form, a form with files, or JSON. `@access(…, body=…)` declares it.

A body is checked before the view is called. A bad one ends the request: with 403 if it comes from
another site, 415 if it is of another kind, 413 if it is too large, 400 if it cannot be read.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar, NoReturn, Protocol

from flask import Request, abort, g, request
from flask_login import AnonymousUserMixin
from werkzeug.exceptions import BadRequest

from minimaluser.lib import audit, exact_json, headers
from minimaluser.rules import rules
from minimaluser.services import services

FORM, MULTIPART, JSON = (
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json",
)

Authenticate = Callable[[Request], bool]


class Body(Protocol):
    """A kind of body."""

    @property
    def most_bytes(self) -> int: ...

    def admit(self) -> None:
        """Accept the body of the current request, or end the request."""


@dataclass(frozen=True)
class Form:
    """A form of the site: text fields and the CSRF token of its page."""

    kinds_of_body: ClassVar[tuple[str, ...]] = (FORM,)

    @property
    def most_bytes(self) -> int:
        return rules.body_most_bytes

    def admit(self) -> None:
        request.max_content_length = request.max_form_memory_size = self.most_bytes
        if not headers.comes_from_here(request, f"{request.scheme}://{request.host}"):
            audit.note("malicious_csrf", logging.WARNING, reason="another origin")
            abort(403)
        if request.mimetype not in ("", *self.kinds_of_body):
            refuse(415, "not a form")
        services().csrf.protect()
        fields = [value for name in request.form for value in request.form.getlist(name)]
        is_long = any(len(text) > rules.field_longest for text in (*request.form, *fields))
        files = [file for name in request.files for file in request.files.getlist(name)]
        if len(fields) + len(files) > rules.fields_most or is_long or _is_cut_off():
            refuse(413, "too much")
        if len(fields) > len(request.form) or len(files) > len(request.files):
            refuse(400, "a field twice")


A_FORM = Form()  # the default


@dataclass(frozen=True)
class Upload(Form):
    """A form that may have files, too; `forms.PictureField` reads one.

    Args:
        kinds: accepted kinds of files, keys of `lib.pictures.KINDS`.
        max_bytes: limit for all files together.
    """

    kinds: tuple[str, ...] = ("jpeg", "png", "webp")
    max_bytes: int = 5_000_000
    kinds_of_body = (FORM, MULTIPART)  # without a file it may be a plain form

    @property
    def most_bytes(self) -> int:
        return self.max_bytes + rules.body_most_bytes


@dataclass(frozen=True)
class Json:
    """JSON from a program, which has no cookie, so no session and no CSRF token, but authenticates.

    It does so for GET, too, although no body comes with that. Whatever goes wrong is answered with
    JSON: `{"error": "…"}`, in the words of `abort(409, "…")`.

    Args:
        authenticate: tells whether the sender of a request may send it: `Bearer` or `Signature`.
        most_bytes: limit for the body.
    """

    authenticate: Authenticate
    most_bytes: int = rules.body_most_bytes

    def let_in(self) -> None:
        """Accept the sender of the current request, or end the request."""
        g._login_user = AnonymousUserMixin()  # a session cookie has no effect here
        request.max_content_length = self.most_bytes
        if not self.authenticate(request):
            audit.note("authn_token_misuse", logging.WARNING)
            abort(401)

    def admit(self) -> None:
        if request.mimetype != JSON:
            refuse(415, "not JSON")
        self.let_in()
        request.json_module = exact_json
        try:
            request.get_json()
        except (BadRequest, RecursionError):  # the latter: nested too deep
            refuse(400, "not JSON", "The body is not JSON.")
        if _is_cut_off():
            refuse(413, "too much")


@dataclass(frozen=True)
class OneClick:
    """What a mail program sends to stop mail (RFC 8058). It has no cookie and no CSRF token.

    The token in the address is all the authentication there is, and the view must look at it.
    """

    @property
    def most_bytes(self) -> int:
        return rules.body_most_bytes

    def admit(self) -> None:
        g._login_user = AnonymousUserMixin()
        request.max_content_length = self.most_bytes
        if request.mimetype not in {FORM, MULTIPART}:
            refuse(415, "not a form")
        if request.form.get("List-Unsubscribe") != "One-Click":
            refuse(400, "not one click")
        if _is_cut_off():
            refuse(413, "too much")


@dataclass(frozen=True)
class Bearer:
    """Programs that send `Authorization: Bearer …` (RFC 6750) with one of the secrets.

    Args:
        secrets: returns those that are valid now; if there are none, nobody is accepted.
    """

    secrets: Callable[[], Iterable[str]]

    def __call__(self, sent: Request) -> bool:
        scheme, _, token = sent.headers.get("Authorization", "").partition(" ")
        given = token.strip().encode()
        good = [hmac.compare_digest(given, secret.encode()) for secret in self.secrets() if secret]
        return scheme.casefold() == "bearer" and any(good)


@dataclass(frozen=True)
class Signature:
    """A webhook that signs its body: a header contains its HMAC-SHA256 in hexadecimal digits.

    Args:
        header: name of the header; a prefix of its value up to "=" is ignored ("sha256=…").
        secrets: returns the keys that are valid now.
    """

    header: str
    secrets: Callable[[], Iterable[str]]

    def __call__(self, sent: Request) -> bool:
        given = sent.headers.get(self.header, "").rpartition("=")[2].strip().casefold().encode()
        body = sent.get_data(cache=True)
        good = [
            hmac.compare_digest(
                given, hmac.digest(secret.encode(), body, hashlib.sha256).hex().encode()
            )
            for secret in self.secrets()
            if secret
        ]
        return any(good)


def refuse(status: int, reason: str, words: str | None = None) -> NoReturn:
    """End the request and log why; `words` are for a program."""
    audit.note("input_validation_fail", logging.WARNING, reason=reason)
    abort(status, words)


def _is_cut_off() -> bool:
    """Tell whether a body without a declared length exceeds the limit, where Werkzeug cuts it."""
    return request.content_length is None and getattr(request.stream, "is_exhausted", False)
