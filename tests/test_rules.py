"""Every rule is changed, and what it is about is seen to follow it: pages, mails, behaviour."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask, render_template

from minimaluser import accounts, create_app, outbox, readiness
from minimaluser.database import db, transaction
from minimaluser.lib import clock as now
from minimaluser.lib.text import Lengths, span
from minimaluser.models import Hit, OutboxItem, Session, User, people
from minimaluser.rules import DAY, HOUR, MINUTE, rules
from minimaluser.security import limits
from minimaluser.settings import ROOT
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.database import rows_of, user_of, work
from minimaluser.views.dev import gallery, samples
from tests import club, literals

RULES = ROOT / "minimaluser" / "rules.py"
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
SECOND = timedelta(seconds=1)
TOKEN = re.compile(r"[\w.-]{60,}")  # of a form; another one each time
GOOD_KEY = "seven green trains at noon"
# In templates and none of ours: a blank for lawyers, a way to speak, a word of HTML.
NO_RULES = {"[30 days]", "one day, may we", "one-time-code"}


def walk(part: Any = rules, before: str = "") -> Iterator[str]:
    """The name of every number, as a template says it: `key.shortest`."""
    for each in fields(part):
        value = getattr(part, each.name)
        if is_dataclass(value):
            yield from walk(value, f"{each.name}.")
        else:
            yield f"{before}{each.name}"


@dataclass
class World:
    """A site whose time stands still, and people."""

    app: Flask
    ann: Person
    ben: Person
    eve: Person
    clock: time_machine.Traveller
    folder: Path

    def later(self, time: timedelta) -> None:
        self.clock.shift(time)

    def purged(self, what: str) -> int:
        with self.app.app_context():
            return accounts.purge()[what]

    def kept_by(self, person: Person, answer: Any, name: str) -> timedelta:
        """How long the browser keeps a cookie."""
        (line,) = (c for c in answer.headers.getlist("Set-Cookie") if c.startswith(name))
        found = re.search(r"Max-Age=(\d+)", line)
        assert found
        return timedelta(seconds=int(found[1]))


Observe = Callable[[World], Any]


def says(path: str, field: str, typed: str, words: str) -> Observe:
    """Whether the check of a field says these words."""
    return lambda w: words in w.ann.post(path, {field: typed}, htmx=True).text


def key_says(typed: str, words: str) -> Observe:
    return says("/check/key/new_key", "new_key", typed, words)


def nickname_says(typed: str, words: str) -> Observe:
    return says("/check/nickname/nickname", "nickname", typed, words)


def code_of(w: World) -> Any:
    page = w.ann.elsewhere()
    address = page.post("/forgot-key", {"email": w.ann.email}).location
    (code,) = re.findall(r"^(\d+)$", w.ann.mails()[0].text, re.MULTILINE)
    return len(code), page.use_code(address, code, GOOD_KEY).status_code


def long_field(w: World) -> int:
    return w.eve.post("/login", {"email": w.ann.email, "key": "x" * 200}).status_code


def many_fields(w: World) -> int:
    return w.eve.post("/login", {"email": w.ann.email, "key": "x"}).status_code


def body(w: World) -> Any:
    app = create_app({"INSTANCE_PATH": str(w.folder)})
    return app.config["MAX_CONTENT_LENGTH"], app.config["MAX_FORM_MEMORY_SIZE"]


def link(start: str, ask: Callable[[World], Person], time: timedelta) -> Observe:
    """What a link answers after some time."""

    def observe(w: World) -> int:
        person = ask(w)
        address = person.link(start, "ann@new.example" if start == "/email/confirm/" else None)
        w.later(time)
        return w.eve.get(address).status_code

    return observe


def signs_up(w: World) -> Person:
    w.eve.sign_up()
    return w.eve.elsewhere()


def moves(w: World) -> Person:
    assert w.ann.ask_to_move("ann@new.example").status_code == 303
    return w.ann


def leaves(w: World) -> Person:
    w.ann.leave()
    return w.ann


def mail_stopped_later(w: World) -> int:
    with w.app.app_context(), transaction():
        club.send_news(people.by_email(w.ann.email))
    w.later(45 * DAY)
    return w.eve.get(w.ann.link("/mail/")).status_code


def code_later(w: World) -> int:
    page = w.ann.elsewhere()
    address, code = page.ask_for_code()
    w.later(7 * MINUTE)
    return page.use_code(address, code, GOOD_KEY).status_code


def cookie_of_a_link(w: World) -> timedelta:
    link = signs_up(w).link("/confirm/")
    return w.kept_by(w.eve, w.eve.get(link), "mu_link_")


def page_of_a_code(w: World) -> int:
    person = w.ann.elsewhere()
    address, _ = person.ask_for_code()
    w.later(30 * MINUTE)
    return person.get(address).status_code


def first_key_later(w: World) -> int:
    w.eve.sign_up()
    w.eve.log_out()
    w.later(5 * DAY)
    return w.eve.log_in().status_code


def export_later(w: World) -> int:
    w.ann.log_out()
    w.ann.log_in()
    w.later(7 * MINUTE)
    return w.ann.get("/profile/export").status_code


def two_wrong_keys(w: World) -> bool:
    for _ in range(2):
        w.ann.post("/profile/delete", {"current_key": "wrong"})
    return w.ann.is_logged_in


def right_after_wrong(w: World) -> int:
    person = w.ann.elsewhere()
    address, code = person.ask_for_code()
    person.use_code(address, "000000" if code != "000000" else "111111", GOOD_KEY)
    return person.use_code(address, code, GOOD_KEY).status_code


def code_purged(w: World) -> int:
    w.ann.elsewhere().ask_for_code()
    w.later(5 * HOUR)
    return w.purged("codes")


def logged_in_after(time: timedelta, **form: str) -> Observe:
    def observe(w: World) -> bool:
        person = w.ann.elsewhere()
        person.log_in(**form)
        for _ in range(2):  # the half of it is no long idling
            w.later(time / 2)
            here = person.is_logged_in
        return here

    return observe


def idle_for(time: timedelta, **form: str) -> Observe:
    def observe(w: World) -> bool:
        person = w.ann.elsewhere()
        person.log_in(**form)
        w.later(time)
        return person.is_logged_in

    return observe


def seen_again(w: World) -> bool:
    w.later(2 * MINUTE)
    w.ann.get("/profile")
    user = user_of(w.app, w.ann.email)
    assert user is not None
    seen = max(row.seen_at for row in rows_of(w.app, Session, Session.user_id == user.id))
    return bool(seen == now.now())


def third_session(w: World) -> bool:
    for _ in range(2):
        w.ann.elsewhere().log_in()
    return w.ann.is_logged_in


def known_browser(w: World) -> timedelta:
    return w.kept_by(w.ann, w.ann.elsewhere().log_in(), "mu_browser")


def consent(w: World) -> Any:
    kept = w.kept_by(w.eve, w.eve.post("/cookies", {"analysis": "y"}), "mu_consent")
    w.later(50 * DAY)
    return kept, "cookie-banner" in w.eve.get("/").text


def policy(w: World) -> str:
    return w.eve.get("/privacy-notice").text


def double_click(w: World) -> bool:
    with w.app.test_request_context():
        accounts.sign_up(w.eve.email, "Firefox", "browser")
    w.later(30 * SECOND)
    with w.app.test_request_context():
        try:
            accounts.sign_up(w.eve.email, "Firefox", "browser")
        except accounts.Refused:
            return False
        return True


def purged_later(what: str, time: timedelta) -> Observe:
    def observe(w: World) -> bool:
        work(w.app)
        w.later(time)
        return w.purged(what) > 0

    return observe


def events_listed(w: World) -> bool:
    with w.app.app_context():
        user = user_of(w.app, w.ann.email)
        assert user is not None
        return len(accounts.list_events(user)) > 1


def notice_waits(w: World) -> Any:
    w.ann.elsewhere().reset_key(GOOD_KEY)
    row = rows_of(w.app, OutboxItem, OutboxItem.kind == "mail")[-1]
    return row.expires_at - now.now()


def lease(w: World) -> Any:
    with w.app.app_context():
        claimed = outbox._claim()
    (row,) = rows_of(w.app, OutboxItem, OutboxItem.id == claimed)
    return row.due_at - now.now()


def night_of(_w: World) -> int:
    return club.count.last_due(now.now()).hour


def ready_later(w: World) -> bool:
    work(w.app)
    w.eve.sign_up()
    w.later(10 * MINUTE)
    with w.app.app_context():
        return readiness.look()["queue"]


def lengths(shortest: int, longest: int, most_bytes: int) -> Lengths:
    return Lengths(shortest, longest, most_bytes)


# What the rule is changed to, what is looked at, and what is seen there before and after.
CHECKS: dict[str, tuple[Any, Observe, Any, Any]] = {
    "key.shortest": (20, key_says("six green trains", "at least 20"), False, True),
    "key.longest": (30, key_says(GOOD_KEY + " " + GOOD_KEY[::-1], "at most 30"), False, True),
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
    "policy_version": ("2030-01", lambda w: "2030-01" in policy(w), False, True),
    "unconfirmed": (3 * DAY, purged_later("unconfirmed", 5 * DAY), False, True),
    "signup_double_click": (10 * SECOND, double_click, True, False),
    "events": (30 * DAY, purged_later("events", 50 * DAY), False, True),
    "events_shown": (1, events_listed, True, False),
    "mail_in_mailbox": (3 * DAY, purged_later("outbox", 5 * DAY), False, True),
    "mail_waits": (5 * HOUR, notice_waits, 24 * HOUR, 5 * HOUR),
    "mail_lease": (9 * SECOND, lease, MINUTE, 9 * SECOND),
    "technical_log": (44 * DAY, lambda w: "technical log: 44" in policy(w), False, True),
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
def test_what_a_rule_is_about_follows_it(
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
    windows[place] = (2, window + SECOND)
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
    world.later(window + SECOND / 2)
    assert full()
    world.later(SECOND)
    others = [other for at, (_, other) in enumerate(windows) if at != place]
    assert not full() or any(other > window for other in others)


def test_columns_are_as_long_as_the_rules_say_and_migrations_made_them(world: World) -> None:
    columns: Any = User.__table__.columns
    assert columns["nickname"].type.length == rules.nickname.longest
    assert columns["nickname_key"].type.length == rules.nickname.most_bytes


# --- pages and mails


def named_in(text: str) -> set[str]:
    """The rules that a template or a module reads."""
    found = re.findall(r"\brules\.([a-z_]+(?:\.(?:shortest|longest|most_bytes))?)", text)
    return {name for name in found if name in NAMES or any(n.startswith(f"{name}.") for n in NAMES)}


NAMES = set(walk())
SHOWN = sorted({n for path in TEMPLATES for n in named_in(path.read_text(encoding="utf-8"))})


def rendered(app: Flask) -> dict[str, str]:
    """Every part, page and mail of the gallery."""
    texts = {}
    with app.test_request_context("/dev/gallery"):
        for name, state, context in gallery._samples("partials"):
            texts[f"part {name} {state}"] = render_template(f"partials/{name}.html", **context)
        for name, state, context in gallery._samples("pages"):
            texts[f"page {name} {state}"] = render_template(f"{name}.html", **context)
        for name, context in gallery.MAILS.items():
            for part in ("subject.txt", "body.txt", "body.html"):
                user = samples.person()
                text = render_template(f"email/{name}/{part}", **context, user=user)
                texts[f"mail {name} {part}"] = text
    return {place: " ".join(TOKEN.sub("…", text).split()) for place, text in texts.items()}


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


# --- nothing twice, nothing for nothing


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


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_template_has_a_number_of_its_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for known in NO_RULES:
        text = text.replace(known, "")
    assert literals.in_template(text) == []


def test_no_message_has_a_number_of_its_own() -> None:
    paths = sorted((ROOT / "minimaluser").rglob("*.py"))
    found = {
        path.name: list(literals.in_python(path.read_text(encoding="utf-8"))) for path in paths
    }
    assert {name: each for name, each in found.items() if each} == {}


def test_no_script_has_a_number_of_its_own() -> None:
    paths = sorted((ROOT / "static" / "src" / "js").glob("*.js"))
    found = {path.name: literals.in_script(path.read_text(encoding="utf-8")) for path in paths}
    assert {name: each for name, each in found.items() if each} == {}


@pytest.mark.parametrize(
    "text",
    ["for <strong>7 days</strong>", "a six-digit code", "at least 15 characters", "Ten minutes",
     "five times in a row", "7 more days", "1,000 bytes"],
)  # fmt: skip
def test_a_number_beside_a_unit_is_found(text: str) -> None:
    assert len(literals.in_template(text)) == 1
    assert len(list(literals.in_python(f"'''A module.'''\nWORDS = {text!r}"))) == 1
    assert len(literals.in_script(f'say("{text}"); // for 3 days')) == 1


def test_a_number_that_is_printed_from_the_rules_is_none() -> None:
    assert literals.in_template("{# 7 days #}for {{ rules.undo_closing | span }}") == []
    assert (
        list(literals.in_python('"""For 7 days."""\nSAID = f"at least {least} characters"')) == []
    )


def test_no_lifetime_is_made_outside_of_the_rules() -> None:
    """A `timedelta` of days, hours or minutes elsewhere would be a rule."""
    allowed = {"blanks.py", "contract.py", "retention.py"}  # sample values, the other app, leeway
    found = set()
    for path in sorted((ROOT / "minimaluser").rglob("*.py")):
        if path == RULES or path.name in allowed or "lib" in path.parts:
            continue
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "timedelta":
                found |= {
                    f"{path.name}: {ast.unparse(call)}"
                    for each in call.keywords
                    if isinstance(each.value, ast.Constant)
                }
    assert found == {"__init__.py: timedelta(seconds=300)"}  # how long it pauses after a mistake
