"""Who may use an address, and what else its view declares; the guard enforces it.

    @bp.post("/profile/nickname")
    @access(LOGGED_IN, done="user_updated")
    def update() -> Response: ...

`views/guard.py` enforces all of it before the view is called. The site does not start while a view
has no declaration. The sitemap, `robots.txt`, `flask access` and the tests that visit every address
are derived from these declarations.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum
from functools import wraps
from itertools import takewhile
from typing import Any

from flask import Flask, request
from werkzeug.routing import Rule

from minimaluser.lib import audit
from minimaluser.security.bodies import A_FORM, Body, Json, OneClick
from minimaluser.settings import LATER, settings

View = Callable[..., Any]

BAD, REFUSED = 400, 422


class Who(StrEnum):
    """Who may use an address."""

    EVERYBODY = "everybody"
    GUESTS = "guests"  # others are sent to their profile
    LOGGED_IN = "logged in"
    CONFIRMED = "confirmed"  # but see CONFIRMATION in docs/settings.md


EVERYBODY, GUESTS, LOGGED_IN, CONFIRMED = Who


class Undeclared(Exception):
    """Views lack a declaration, or an example in it; the message names all of them."""


@dataclass(frozen=True)
class Access:
    """Declares who may use the address of a view, and what else holds for it.

    Args:
        who: EVERYBODY, GUESTS, LOGGED_IN or CONFIRMED.
        only: tells whether one of these users may use it; for the others there is nothing at the
            address (404).
        recent_key: the access key must have been entered recently; the value is the row of the
            profile to return to.
        choice: the cookie choice must be made first, if a part brings a cookie to choose.
        body: what it may be sent, see `security.bodies`: a form, `Upload(…)`, `Json(…)` or
            `OneClick()`.
        indexed: search engines may show it, and the sitemap lists it.
        secret: the address contains a mailed token, which neither referrers nor robots may get.
        done: name of the security event on success (OWASP logging vocabulary).
        refused: name of the event when the form was refused with 422.
        rest: who may see those things at the address that are not for everybody; the view decides
            which they are.
        example: values for the variable parts of the address; with `rest`, of a thing for `rest`.
        nobodys: why no such value names a thing that belongs to somebody. Without it the tests
            demand a maker of such a thing and request it as another user.
    """

    who: Who
    _: KW_ONLY
    only: Callable[[Any], bool] | None = None
    recent_key: str = ""
    choice: bool = False
    body: Body = A_FORM
    indexed: bool = False
    secret: bool = False
    done: str = ""
    refused: str = ""
    rest: Who | None = None
    example: Mapping[str, Any] = field(default_factory=dict)
    nobodys: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.body, Json | OneClick) and self.who is not EVERYBODY:
            raise ValueError("a program is no visitor: declare EVERYBODY and authenticate it")
        if self.recent_key and self.who in {EVERYBODY, GUESTS}:
            raise ValueError("only users who are logged in can enter the access key again")
        if self.only and self.who in {EVERYBODY, GUESTS}:
            raise ValueError("only users who are logged in can be told from others")

    def __call__(self, view: View) -> View:
        """Attach the declaration to a view."""

        @wraps(view)
        def declared(*arguments: Any, **named: Any) -> Any:
            answer = view(*arguments, **named)
            self._note(answer)
            return answer

        declared.access = self  # type: ignore[attr-defined]
        return declared

    def _note(self, answer: Any) -> None:
        """Log what the view did."""
        status = getattr(answer, "status_code", 200)
        if self.done and status < BAD and not audit.is_left_out():
            audit.note(self.done, email=request.form.get("email", ""))
        elif self.refused and status == REFUSED:
            audit.note(self.refused, logging.WARNING, email=request.form.get("email", ""))


access = Access  # as it is written above a view


@dataclass(frozen=True)
class Address:
    """A rule of the URL map and the declaration of its view."""

    rule: Rule
    access: Access
    example: str

    @property
    def endpoint(self) -> str:
        return str(self.rule.endpoint)

    @property
    def methods(self) -> set[str]:
        """GET or POST: the methods that the view itself handles."""
        return {*(self.rule.methods or ())} - {"HEAD", "OPTIONS"}

    @property
    def pattern(self) -> str:
        """The rule as in `robots.txt`, with * for each variable part."""
        return re.sub("<[^>]*>", "*", self.rule.rule)

    @property
    def location(self) -> str:
        """The line of nginx that lets larger bodies through; nothing if no larger ones are taken.

        Its named location is that of `deploy/nginx.conf`.
        """
        most = self.access.body.most_bytes
        if most <= A_FORM.most_bytes:
            return ""
        path = "[^/]+".join(re.escape(piece) for piece in self.pattern.split("*"))
        return f"location ~ ^{path}$ {{ client_max_body_size {most}; try_files /nothing @web; }}"


def of(app: Flask, endpoint: str | None) -> Access | None:
    """Return the declaration of an endpoint, or None."""
    found: Access | None = getattr(app.view_functions.get(endpoint or ""), "access", None)
    return found


def is_let_in(user: Any) -> bool:
    """Tell whether a user may use what is for CONFIRMED: with CONFIRMATION=later all may."""
    return user.is_confirmed or settings.confirmation == LATER


def are_for_programs_around(app: Flask, path: str) -> bool:
    """Tell whether the views nearest to a path, which has none, all take JSON."""
    pieces, near = path.split("/")[1:], dict[int, list[Access | None]]()
    for rule in app.url_map.iter_rules():
        pairs = zip(rule.rule.split("/")[1:], pieces, strict=False)
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        near.setdefault(shared, []).append(of(app, rule.endpoint))
    nearest = max(near)
    return nearest > 0 and all(it and isinstance(it.body, Json) for it in near[nearest])


def addresses(app: Flask) -> list[Address]:
    """Return every address of the site.

    Raises:
        Undeclared: names the views without a declaration or without an example of their address.
    """
    return list(_addresses(app))


def _addresses(app: Flask) -> Iterator[Address]:
    adapter, missing = app.url_map.bind("localhost"), set()
    for rule in app.url_map.iter_rules():
        declared = of(app, rule.endpoint)
        if declared is None or rule.arguments - declared.example.keys():
            missing.add(rule.endpoint)
            continue
        values = {name: declared.example[name] for name in rule.arguments}
        yield Address(rule, declared, adapter.build(rule.endpoint, values))
    if missing:
        raise Undeclared("@access or its example is missing: " + ", ".join(sorted(missing)))
