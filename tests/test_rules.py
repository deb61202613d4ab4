"""Every rule is changed, and the site follows: pages, mails, behaviour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from minimaluser.database import db, transaction
from minimaluser.lib import clock as now
from minimaluser.lib.text import span
from minimaluser.models import Hit, User
from minimaluser.rules import DAY, HOUR, MINUTE, rules
from minimaluser.security import limits
from minimaluser.settings import ROOT
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.people import NEW_KEY
from minimaluser.views.dev import showing, states
from tests.observed import (
    Observe,
    World,
    appearance,
    body,
    code_later,
    code_of,
    code_purged,
    consent,
    cookie_of_a_link,
    double_click,
    events_listed,
    export_later,
    first_key_later,
    idle_for,
    key_says,
    known_browser,
    lease,
    leaves,
    link,
    logged_in_after,
    long_field,
    mail_stopped_later,
    many_fields,
    moves,
    nickname_says,
    night_of,
    notice_waits,
    page_of_a_code,
    policy,
    purged_later,
    ready_later,
    right_after_wrong,
    security_txt_good_for,
    seen_again,
    signs_up,
    third_session,
    two_wrong_keys,
)

RULES = ROOT / "minimaluser" / "rules.py"
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
TOKEN = re.compile(r"[\w.-]{60,}")  # of a form; another one each time


def walk(part: Any = rules, before: str = "") -> Iterator[str]:
    """The name of every number, as a template says it: `key.shortest`."""
    for each in fields(part):
        value = getattr(part, each.name)
        if is_dataclass(value):
            yield from walk(value, f"{each.name}.")
        else:
            yield f"{before}{each.name}"


# What the rule is changed to, what is looked at, and what is seen there before and after.
CHECKS: dict[str, tuple[Any, Observe, Any, Any]] = {
    "key.shortest": (20, key_says("six green trains", "at least 20"), False, True),
    "key.longest": (30, key_says(NEW_KEY + " " + NEW_KEY[::-1], "at most 30"), False, True),
    "key.most_bytes": (30, key_says("ä ö ü ß é è à ç ñ õ ú û", "at most 128"), False, True),
    "nickname.shortest": (6, nickname_says("Anna", "at least 6"), False, True),
    "nickname.longest": (10, nickname_says("Anna the Great", "at most 10"), False, True),
    "nickname.most_bytes": (8, nickname_says("Ännä Öß", "at most 40"), False, True),
    "code_digits": (8, code_of, (6, 303), (8, 303)),
    "field_longest": (100, long_field, 422, 413),
    "fields_most": (2, many_fields, 422, 413),
    "body_most_bytes": (9999, body, (65536, 65536), (9999, 9999)),
    "confirm": (2 * HOUR, link("/confirm/", signs_up, 3 * HOUR), 303, 400),
    "change_email": (HOUR, link("/email/confirm/", moves, 90 * MINUTE), 303, 400),
    "undo_email": (DAY, link("/email/undo/", moves, 2 * DAY), 303, 400),
    "undo_closing": (3 * DAY, link("/closing/undo/", leaves, 5 * DAY), 303, 400),
    "code": (5 * MINUTE, code_later, 303, 422),
    "opened_link": (5 * MINUTE, cookie_of_a_link, 10 * MINUTE, 5 * MINUTE),
    "stop_mail": (30 * DAY, mail_stopped_later, 200, 400),
    "reset_page": (12 * MINUTE, page_of_a_code, 200, 400),
    "first_key": (3 * DAY, first_key_later, 303, 422),
    "recent_key": (5 * MINUTE, export_later, 200, 303),
    "wrong_keys_a_session": (2, two_wrong_keys, True, False),
    "code_tries": (1, right_after_wrong, 303, 422),
    "code_tries_a_day": (1, right_after_wrong, 303, 422),
    "code_counted": (2 * HOUR, code_purged, 0, 1),
    "session_idle": (3 * DAY, idle_for(5 * DAY, keep="y"), True, False),
    "session_idle_brief": (2 * HOUR, idle_for(5 * HOUR), True, False),
    "session_absolute": (6 * DAY, logged_in_after(8 * DAY, keep="y"), True, False),
    "session_seen_every": (MINUTE, seen_again, False, True),
    "sessions_most": (2, third_session, True, False),
    "known_browser": (5 * DAY, known_browser, 90 * DAY, 5 * DAY),
    "consent": (30 * DAY, consent, (182 * DAY, False), (30 * DAY, True)),
    "appearance": (30 * DAY, appearance, 365 * DAY, 30 * DAY),
    "policy_version": ("2030-01", lambda w: "2030-01" in policy(w), False, True),
    "unconfirmed": (3 * DAY, purged_later("unconfirmed", 5 * DAY), False, True),
    "signup_double_click": (10 * timedelta(seconds=1), double_click, True, False),
    "events": (30 * DAY, purged_later("events", 50 * DAY), False, True),
    "events_shown": (1, events_listed, True, False),
    "mail_in_mailbox": (3 * DAY, purged_later("outbox", 5 * DAY), False, True),
    "mail_waits": (5 * HOUR, notice_waits, 24 * HOUR, 5 * HOUR),
    "mail_lease": (9 * timedelta(seconds=1), lease, MINUTE, 9 * timedelta(seconds=1)),
    "technical_log": (44 * DAY, lambda w: "technical log: 44" in policy(w), False, True),
    "security_txt": (30 * DAY, security_txt_good_for, 180, 30),
    "queue_may_wait": (5 * MINUTE, ready_later, True, False),
    "night": (5, lambda w: night_of(w), 3, 5),
}


def put(monkeypatch: pytest.MonkeyPatch, name: str, value: Any) -> None:
    """Change a rule."""
    first, _, rest = name.partition(".")
    changed = replace(getattr(rules, first), **{rest: value}) if rest else value
    monkeypatch.setattr(rules, first, changed)


@pytest.fixture
def world(
    app: Flask, ann: Person, ben: Person, eve: Person, clock: time_machine.Traveller, tmp_path: Path
) -> World:
    return World(app, ann, ben, eve, clock, tmp_path)


def test_every_rule_is_changed_here() -> None:
    assert {*CHECKS, "limits"} == set(walk())


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("changed", [False, True], ids=["as it is", "changed"])
def test_the_site_follows_a_changed_rule(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str, changed: bool
) -> None:
    value, observe, before, after = CHECKS[name]
    if changed:
        put(monkeypatch, name, value)
    assert observe(world) == (after if changed else before)


@pytest.mark.parametrize(
    ("action", "scope", "place"),
    [
        (action, scope, place)
        for action, scopes in rules.limits.items()
        for scope, windows in scopes.items()
        for place in range(len(windows))
    ],
)
def test_RL1_every_number_of_every_limit_is_followed(
    world: World, monkeypatch: pytest.MonkeyPatch, action: str, scope: str, place: int
) -> None:
    _, window = rules.limits[action][scope][place]
    windows = list(rules.limits[action][scope])
    windows[place] = (2, window + timedelta(seconds=1))
    monkeypatch.setitem(rules.limits, action, {scope: tuple(windows)})
    with world.app.app_context():  # of how Ann and Ben came here
        db.session.execute(db.delete(Hit))
        db.session.commit()
    change_settings(world.app, rate_limit_crowd=1)

    def full() -> bool:
        here = {"REMOTE_ADDR": "192.0.2.1"}
        with world.app.test_request_context(environ_base=here), transaction():
            return bool(limits.count_inside([(action, "x")]).wait)

    assert [full(), full()] == [False, min(most for most, _ in windows) < 2]
    if any(most < 2 for most, _ in windows):
        return
    assert full()
    world.later(window + timedelta(seconds=1) / 2)
    assert full()
    world.later(timedelta(seconds=1))
    others = [other for at, (_, other) in enumerate(windows) if at != place]
    assert not full() or any(other > window for other in others)


def test_columns_are_as_long_as_the_rules_say_and_migrations_made_them(world: World) -> None:
    columns: Any = User.__table__.columns
    assert columns["nickname"].type.length == rules.nickname.longest
    assert columns["nickname_key"].type.length == rules.nickname.most_bytes


def named_in(text: str) -> set[str]:
    """The rules that a template or a module reads."""
    found = re.findall(r"\brules\.([a-z_]+(?:\.(?:shortest|longest|most_bytes))?)", text)
    return {name for name in found if name in NAMES or any(n.startswith(f"{name}.") for n in NAMES)}


NAMES = set(walk())
SHOWN = sorted({n for path in TEMPLATES for n in named_in(path.read_text(encoding="utf-8"))})


def shown(state: states.State) -> str:
    if state.kind == "mail":
        return showing.document(state)  # with the subject
    with showing.seen_by(state):
        return showing.alone(state, state.arguments())


def rendered(app: Flask) -> dict[str, str]:
    """The states of the gallery, but not each error of each field."""
    texts = {}
    with app.test_request_context("/dev/gallery"):
        for state in states.every()[0]:
            is_derived = ": " in state.state or {"open", "toast"} & state.seen.keys()
            if state.kind != "tile" and not is_derived:
                texts[state.id] = shown(state)
    return {place: " ".join(TOKEN.sub("…", text).split()) for place, text in texts.items()}


@pytest.mark.once
@pytest.mark.parametrize("name", [name for name in SHOWN if name != "policy_version"])
def test_pages_and_mails_print_a_rule_as_it_is(
    app: Flask, clock: object, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    old: Any = getattr(rules, name) if "." not in name else None
    value: Any = timedelta(days=77) if isinstance(old, timedelta) else 77
    before = rendered(app)
    put(monkeypatch, name, value)
    after = rendered(app)
    changed = {place for place in before if before[place] != after[place]}
    assert changed
    said = {str(value)}
    if isinstance(value, timedelta):
        said = {span(value), f"{now.now() + value:%-d %B}"}  # or until when
    assert {p for p in changed if not any(words in after[p] for words in said)} == set()


def readers() -> Iterator[str]:
    for path in [*TEMPLATES, *sorted((ROOT / "minimaluser").rglob("*.py"))]:
        if path != RULES:
            yield path.read_text(encoding="utf-8")


def unread(names: set[str], texts: list[str]) -> set[str]:
    """The rules that nobody reads; who reads `rules.key` reads all of it."""
    read = {found for text in texts for found in re.findall(r"\brules\.([a-z_]+)", text)}
    return {name for name in names if name.partition(".")[0] not in read}


def test_every_rule_is_read_by_somebody() -> None:
    texts = list(readers())
    assert unread(NAMES | {"made_up"}, texts) == {"made_up"}
    for part in ("shortest", "longest", "most_bytes"):
        assert any(f"lengths.{part}" in text for text in texts)
