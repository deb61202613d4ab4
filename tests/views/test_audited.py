"""Security events in the log (LG1), without a secret in any line (LG2)."""

from __future__ import annotations

import io
import json
import logging
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, request, request_finished, session
from sqlalchemy import text

from minimaluser import jobs
from minimaluser.database import db, transaction
from minimaluser.lib import clock, hashing, logs, shared_counter, tokens
from minimaluser.models import OutboxItem, Session, people
from minimaluser.rules import rules
from minimaluser.security.access import EVERYBODY, access, addresses
from minimaluser.services import services_of
from minimaluser.settings import ROOT
from minimaluser.testing.apps import change_settings, close
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, rows_of, work
from minimaluser.testing.patterns import KEY
from minimaluser.testing.people import NEW_KEY
from minimaluser.testing.sites import ANNS_KEY, Site, own_app
from tests import club

FOREIGN = {"Sec-Fetch-Site": "cross-site"}
NEWER = "old lamps hum under the pier"
WRONG = "a wrong key entirely"


@pytest.fixture
def logged(site: Site, tmp_path: Path) -> Iterator[tuple[Flask, io.StringIO]]:
    """A site of its own that logs as in production, with everything that it writes."""
    app = own_app(site, tmp_path / "logged", "logged")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    logs.watch(app)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.Lines())
    root, ours = logging.getLogger(), logging.getLogger("minimaluser")
    before = ours.level
    root.addHandler(handler)
    ours.setLevel(logging.DEBUG)
    yield app, written
    root.removeHandler(handler)
    ours.setLevel(before)
    close(app)


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.fixture
def issued(
    logged: tuple[Flask, io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> Iterator[set[str]]:
    """Every secret that the site makes: keys, codes, tokens and their ids, cookies, CSRF tokens."""
    found: set[str] = set()

    def seen(module: Any, name: str, pick: Callable[..., set[str]]) -> None:
        make = getattr(module, name)

        def spy(*arguments: Any, **named: Any) -> Any:
            made = make(*arguments, **named)
            found.update(pick(made, *arguments))
            return made

        monkeypatch.setattr(module, name, spy)

    seen(hashing, "generate_key", lambda key: {key})
    seen(hashing, "hash_key", lambda hashed, key: {hashed, key})
    seen(tokens, "issue", lambda made, *_: {*made})
    # values of 64 bits are ids of requests and tiles; codes have only a million values
    seen(secrets, "token_hex", lambda made, size: {made} if size > 8 else set())
    seen(secrets, "randbelow", lambda n, most: {f"{n:06d}"} if most == 1_000_000 else set())

    def collect(_app: Flask, response: Any, **_: Any) -> None:
        cookies = [line.partition("=")[2] for line in response.headers.getlist("Set-Cookie")]
        found.update(cookie.partition(";")[0] for cookie in cookies)
        found.update(str(place.get("csrf_token") or "") for place in (session, g))

    request_finished.connect(collect, logged[0])
    yield found
    request_finished.disconnect(collect, logged[0])


def walk(app: Flask, site: Site) -> None:
    """Cause every security event once."""
    eve = Person(app, "eve.the.guest@example.org")
    eve.sign_up()
    Person(app, "x").post("/signup", {"email": "not an address"})
    eve.post("/confirm")
    eve.key = eve.mailed(KEY)
    eve.confirm()
    eve.choose_key(NEW_KEY)
    eve.post("/profile/key", {"current_key": WRONG, "new_key": NEWER, "confirm_key": NEWER})
    eve.post("/profile/nickname", {"nickname": "Eve the Second"})
    eve.ask_to_move("eve.mistyped@example.org")
    eve.post("/profile/email/cancel")
    eve.ask_to_move("eve.moved@example.org")
    eve.ask_to_move("not an address")
    moved = eve.link("/email/confirm/", "eve.moved@example.org")
    eve.post(moved)
    eve.post(eve.link("/email/undo/"))
    phone = eve.elsewhere()
    address, code = phone.ask_for_code()
    phone.use_code(address, "000000" if code != "000000" else "000001", NEWER)
    phone.use_code(address, code, NEWER)
    phone.log_in(WRONG)
    phone.log_in(NEWER)
    phone.post("/profile/delete", {"current_key": WRONG})
    phone.log_out()
    phone.get("/profile")
    phone.get("/confirm/" + moved.rpartition("/")[2])
    phone.post("/login", {"email": phone.email}, token="stale")
    phone.client.post("/login", data={"csrf_token": phone.token()}, headers=FOREIGN)
    phone.client.post("/login", json={}, headers={"X-CSRFToken": phone.token()})
    come_and_go(site.person(app, "ann"), site.person(app, "ben"))
    news = mailed_news(app, eve)
    eve.post(f"{news}/stop")
    eve.post(f"{news}/again")
    change_settings(app, rate_limit_crowd=1)
    for _ in range(12):
        phone.post("/login", {"email": "nobody@example.org", "key": WRONG})
    broken = text("SELECT :secret FROM nowhere")
    app.view_functions["pages.about"] = access(EVERYBODY)(
        lambda: db.session.execute(broken, {"secret": NEWER})
    )
    phone.get("/about?token=" + moved.rpartition("/")[2])
    services_of(app).counter = shared_counter.SharedCounter("redis://127.0.0.1:1")
    phone.log_in(NEWER)
    late = rows_of(app, OutboxItem, OutboxItem.state == "waiting")[0]
    change(app, OutboxItem, late.id, expires_at=clock.now() - timedelta(seconds=1))
    work(app)
    with app.app_context():
        jobs.run(jobs.hourly(lambda: None))
        jobs.run(jobs.hourly(lambda: db.session.execute(broken, {"secret": NEWER})))


def mailed_news(app: Flask, person: Person) -> str:
    with app.app_context(), transaction():
        club.send_news(people.by_email(person.email))
    return person.link("/mail/")


def come_and_go(ann: Person, ben: Person) -> None:
    """Use the rest of the profile: enter keys, end sessions, export data, delete the account."""
    ann.post("/key-entry", {"current_key": WRONG})
    ann.get("/profile/events")
    ann.get("/profile/export")
    ann.post("/profile/sessions/1")
    ann.post("/profile/sessions")
    ann.leave()
    ann.post(ann.link("/closing/undo/"))
    ben.get("/profile/first-key")
    ben.enter_key()
    ben.post("/profile/first-key")
    for _ in range(rules.wrong_keys_a_session):
        ben.post("/key-entry", {"current_key": WRONG})


def vocabulary() -> dict[str, str]:
    """The events that docs/deploy-log.md explains."""
    told = (ROOT / "docs" / "deploy-log.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|$", told, re.MULTILINE))


def declared(app: Flask) -> tuple[set[str], set[str]]:
    """The names of events that views declare for success and for refusal."""
    found = [each.access for each in addresses(app)]
    return {one.done for one in found} - {""}, {one.refused for one in found} - {""}


def test_LG1_the_docs_explain_every_event(app: Flask) -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "minimaluser").rglob("*.py")
    )
    noted = set(re.findall(r"audit\.note\(\s*\"([a-z]+(?:_[a-z]+)+)\"", sources))
    noted |= set().union(*declared(app))
    noted |= {"outbox_done", "outbox_dead"}
    assert noted == set(vocabulary())


def test_LG1_and_LG2_every_event_is_in_the_log_and_no_secret(
    logged: tuple[Flask, io.StringIO], site: Site, issued: set[str]
) -> None:
    app, written = logged
    walk(app, site)
    found = lines(written)
    events = Counter(line["event"] for line in found if line["logger"] == "minimaluser.audit")
    assert set(events) == set(vocabulary())
    for once in (
        "user_confirmed",
        "user_restored",
        "user_email_restored",
        "authn_key_entered",
        "authn_first_key_replaced",
        "session_ended",
        "session_revoked",
        "sessions_revoked",
        "sensitive_read",
        "authn_password_reset",
        "authn_password_reset_fail",
        "outbox_dead",
    ):
        assert events[once] == 1, once
    for event, reasons in {
        "malicious_csrf": {"another origin", "no token of this session"},
        "input_validation_fail": {"not a form"},
    }.items():
        assert {line["reason"] for line in found if line["event"] == event} == reasons
    for line in found:
        assert line["time"].endswith("+00:00")
        if line["logger"] == "minimaluser.audit" and not line["event"].startswith(
            ("outbox", "job")
        ):
            assert line["address"].startswith("127.")
            assert line["address"].endswith(".0")
            assert line["request"]
    log_in = next(line for line in found if line["event"] == "authn_login_success")
    assert log_in["actor"] > 0
    done, _ = declared(app)
    nameless = {line["event"] for line in found if line["event"] in done and "actor" not in line}
    assert nameless == {"authn_reset_asked"}, "named by its subject alone"
    assert len(log_in["subject"]) == 16
    said = written.getvalue()
    assert "@example.org" not in said
    assert "FROM nowhere" in said
    hashes = {row.secret_hash for row in rows_of(app, Session)}
    known = (issued | hashes | {WRONG, NEW_KEY, NEWER, ANNS_KEY}) - {""}
    assert len(known) > 100
    assert [secret for secret in known if stands_in(said, secret)] == []


def stands_in(said: str, secret: str) -> bool:
    if secret.isdigit():  # a code may occur in some number or id by chance
        return re.search(rf"\b{secret}\b", said) is not None
    return secret in said


@pytest.mark.parametrize("htmx", [False, True])
def test_LG1_an_action_that_was_not_done_is_no_event(
    logged: tuple[Flask, io.StringIO], site: Site, htmx: bool
) -> None:
    app, written = logged
    eve, ann = Person(app, "eve@example.org"), site.person(app, "ann")
    eve.post("/profile/nickname", {"nickname": "Eve"}, htmx=htmx)
    eve.post("/confirm/x", htmx=htmx)
    ann.post("/login", {"email": ann.email, "key": ann.key}, htmx=htmx)
    ann.post("/profile/first-key", htmx=htmx)
    change(app, Session, rows_of(app, Session)[0].id, key_entered_at=None)
    change(app, Session, rows_of(app, Session)[1].id, key_entered_at=None)
    ann.get("/profile/export", htmx=htmx)
    ann.post("/profile/sessions", htmx=htmx)
    ann.post("/profile/email", {"email": "ann@new.example"}, htmx=htmx)
    said = [line["event"] for line in lines(written) if line["logger"] == "minimaluser.audit"]
    assert said == ["authz_fail", "authn_token_misuse"] + ["user_email_fail"] * (not htmx)


def test_LG2_a_line_break_in_user_input_stays_within_one_line(
    logged: tuple[Flask, io.StringIO],
) -> None:
    app, written = logged
    app.view_functions["pages.about"] = access(EVERYBODY)(
        lambda: app.logger.warning(request.args["x"]) or ""
    )
    eve = Person(app, "eve@example.org")
    eve.get("/about?x=%0d%0a{%22event%22:%22forged%22}")
    eve.post("/login", {"email": 'x\r\n{"event": "forged"}', "key": "x"})
    eve.client.get("/%0d%0aforged", headers={"User-Agent": "forged"})
    events = [line["event"] for line in lines(written)]
    assert "forged" not in events
    assert '\r\n{"event":"forged"}' in events
