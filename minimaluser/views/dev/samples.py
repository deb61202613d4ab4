"""What the gallery shows: people who do not exist, and pages as they would see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from flask import url_for

from minimaluser import forms, parts
from minimaluser.lib import clock, namer
from minimaluser.parts import Row, Sample
from minimaluser.personal import whose
from minimaluser.rules import rules

NICKNAME = "brave-otter-482913-teal"
SEED = "0123456789abcdef"
TOKEN = "a-token"
KEY = "brave-otter-tried-again"
WRONG = {"email": "ann@", "nickname": "Ann", "code": "12"}
REFERENCES = (
    "id|for|form|href|fill|aria-describedby|aria-labelledby|popovertarget|hx-target|hx-select"
    "|data-key-toggle|data-key-meter|data-dismiss"
)


def person(**changes: Any) -> Any:
    """Return somebody who is logged in, confirmed and not in the database."""
    moment = clock.now()
    colour = namer.colour_of(NICKNAME) or ""
    words = {name: name.capitalize() for name in whose.texts()}
    sample = words | {
        "id": 0,
        "email": "ann@example.org",
        "nickname": NICKNAME,
        "pending_email": None,
        "is_confirmed": True,
        "is_authenticated": True,
        "key_is_first": False,
        "key_off_at": None,
        "key_expires_at": moment + rules.first_key,
        "tile_colour": colour,
        "tile_name": f"../dev/gallery/tiles/{SEED}-{colour[1:]}",  # nobody stored this tile
        "tile_svg": "",
        "created_at": moment,
        "session": SimpleNamespace(id=1),
    }
    return SimpleNamespace(**sample | changes)


def sessions() -> list[Any]:
    """Return two sessions, the first of which is this one."""
    return [
        SimpleNamespace(
            id=n,
            number=n,
            browser="Firefox on Linux",
            network="192.0.2.0",
            created_at=clock.now(),
            seen_at=clock.now(),
        )
        for n in (1, 2)
    ]


def events() -> list[Any]:
    """Return what happened lately."""
    where = {"browser": "Firefox on Linux", "network": "192.0.2.0", "created_at": clock.now()}
    return [SimpleNamespace(words=words, **where) for words in ("Logged in", "You signed up")]


def subscription(*, is_stopped: bool) -> Any:
    """Return mail that is not about the account, as somebody gets it."""
    bulletin = SimpleNamespace(name="news", title="News of the month")
    return SimpleNamespace(bulletin=bulletin, token=TOKEN, is_stopped=is_stopped)


def about() -> Any:
    """Return what a link in a mail is about."""
    return SimpleNamespace(nickname=NICKNAME, email="ann@new.example", former="ann@example.org")


def refused(make: Callable[..., forms.Form]) -> forms.Form:
    """Return a form that was sent with mistakes."""
    form = make(data=WRONG)
    form.validate()
    return form


def refused_as_a_whole(form_class: type[forms.Form]) -> forms.Form:
    """Return a form that was refused for no single field."""
    form = form_class(formdata=None)
    form.form_errors.append("That was too often. Please try again in a moment.")
    return form


def preview() -> str:
    """Return the address of a tile that might become somebody's."""
    return url_for("gallery.tile", seed=SEED[::-1], colour=person().tile_colour[1:])


def apart(html: str, mark: int) -> str:
    """Return a sample whose ids, and what refers to them, occur in no other sample."""
    names = set(re.findall(r'\bid="([^"]+)"', html))

    def marked(reference: re.Match[str]) -> str:
        words = re.sub(r"[\w-]+", lambda word: _marked(word[0], names, mark), reference[2])
        return f' {reference[1]}="{words}"'

    quiet = html.replace(" autofocus", "")  # one page, many forms: none of them comes first
    return re.sub(rf'\s({REFERENCES})="([^"]*)"', marked, quiet)


def _marked(word: str, names: set[str], mark: int) -> str:
    return f"{word}-{mark}" if word in names else word


def pages() -> Iterator[Sample]:
    """Yield the pages of the core that are handed something, in every state."""
    for name, state, arguments in _pages():
        yield Sample(name, state, arguments)


def _pages() -> Iterator[tuple[str, str, dict[str, Any]]]:
    yield "offline", "as-it-is", {"spare": True}
    for state, key in (("as-it-is", ""), ("shown", KEY)):
        yield "first_key", state, {"user": person(key_is_first=True), "key": key}
    yield "events", "as-it-is", {"events": events()}
    yield "events", "empty", {"events": []}
    for state, done in (("as-it-is", ""), ("done", "Your email is confirmed already.")):
        yield "token_error", state, {"done": done}
    for state, is_stopped in (("as-it-is", False), ("stopped", True)):
        yield "bulletin", state, {"subscription": subscription(is_stopped=is_stopped)}
    for name, form_class in PAGE_FORMS.items():
        context = {"user": person(), "token": TOKEN, "about": about(), "other": None}
        yield name, "as-it-is", {"form": form_class(formdata=None), **context}
        yield name, "refused", {"form": refused(form_class), **context}
    context = {"form": forms.LinkForm(formdata=None), "about": about(), "other": person()}
    yield "confirm", "somebody-else", context
    yield "profile", "as-it-is", _profile(person())
    yield "profile", "unconfirmed", _profile(person(is_confirmed=False, key_is_first=True))
    for row in parts.rows():
        if row.form:
            yield "profile", f"changing-{row.name}", _profile(person(), row)


def _profile(user: Any, changing: Row | None = None) -> dict[str, Any]:
    rows = [
        row.render(
            user, form=refused(row.form) if row.form and row == changing else None, **row.sample()
        )
        for row in parts.rows()
    ]
    return {"user": user, "rows": rows, "is_sent": True}


PAGE_FORMS: dict[str, type[forms.Form]] = {
    "signup": forms.SignupForm,
    "login": forms.LoginForm,
    "forgot_key": forms.ForgotKeyForm,
    "reset_key": forms.ResetKeyForm,
    "new_key": forms.NewKeyForm,
    "confirm": forms.LinkForm,
    "email_confirm": forms.LinkForm,
    "email_undo": forms.LinkForm,
    "closing": forms.ClosingForm,
    "closing_undo": forms.LinkForm,
    "key_entry": forms.KeyEntryForm,
    "cookies": forms.CookieForm,
}
