"""Security events in the log (LG1), and never a secret in any line (LG2)."""

from __future__ import annotations

import io
import json
import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from minimaluser.extensions import db
from minimaluser.lib import logs
from minimaluser.models import Session
from minimaluser.views.audited import EVENTS
from tests.conftest import Site, close, make_app
from tests.database import rows_of, work
from tests.person import CODE, KEY, Person

FOREIGN = {"Sec-Fetch-Site": "cross-site"}
NEW, NEWER = "seven green trains at noon", "old lamps hum under the pier"


@pytest.fixture
def logged(site: Site, tmp_path: Path) -> Iterator[tuple[Flask, io.StringIO]]:
    """A site of its own that logs as in production, and all that it writes."""
    app = make_app(
        tmp_path / "logged", site.templates, **site.copied(tmp_path / "logged", "logged")
    )
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


def walk(app: Flask, site: Site) -> tuple[set[str], Person]:
    """Do everything once, and return every secret and address that was given out on the way."""
    secrets: set[str] = set()
    eve = Person(app, "eve.the.guest@example.org")
    eve.sign_up()
    secrets |= {eve.key, eve.link("/confirm/")}
    Person(app, "x").post("/signup", {"email": "not an address"})
    eve.post("/confirm")
    eve.key = eve.mailed(KEY)
    secrets |= {eve.key, eve.link("/confirm/")}
    eve.confirm()
    eve.choose_key(NEW)
    eve.post("/profile/key", {"current_key": NEWER, "new_key": NEWER, "confirm_key": NEWER})
    eve.post("/profile/nickname", {"nickname": "Eve the Second"})
    eve.ask_to_move("eve.moved@example.org")
    eve.ask_to_move("not an address")
    moved = eve.link("/email/confirm/", "eve.moved@example.org")
    secrets |= {moved, eve.mailed(KEY, "eve.moved@example.org"), eve.link("/email/undo/")}
    eve.post(moved)
    eve.post(eve.link("/email/undo/"))
    phone = eve.elsewhere()
    address, code = phone.ask_for_code()
    secrets |= {address, code, phone.mailed(CODE)}
    phone.use_code(address, "000000" if code != "000000" else "000001", NEWER)
    phone.use_code(address, code, NEWER)
    phone.log_in("a wrong key entirely")
    phone.log_in(NEWER)
    secrets |= {cookie.value for cookie in phone.client._cookies.values()}
    phone.post("/profile/delete", {"current_key": "a wrong key entirely"})
    phone.log_out()
    phone.get("/profile")
    phone.get("/confirm/" + moved.rpartition("/")[2])
    phone.post("/login", {"email": phone.email}, token="stale")
    phone.client.post("/login", data={"csrf_token": phone.token()}, headers=FOREIGN)
    phone.client.post("/login", json={}, headers={"X-CSRFToken": phone.token()})
    app.config["RATE_LIMIT_CROWD"] = 1
    for _ in range(12):
        phone.post("/login", {"email": "nobody@example.org", "key": "a wrong key entirely"})
    phone.log_in(NEWER)
    broken = text("SELECT :secret FROM nowhere")
    app.view_functions["pages.about"] = lambda: db.session.execute(broken, {"secret": NEWER})
    phone.get("/about?token=" + moved.rpartition("/")[2])
    secrets |= {row.secret_hash for row in rows_of(app, Session)}
    work(app)
    phone.log_in(NEWER) if not phone.is_logged_in else None
    last = Person(app, "leaving@example.org")
    last.sign_up()
    secrets |= {last.key}
    last.post("/profile/delete", {"current_key": last.key})
    tails = {secret.rpartition("/")[2] for secret in secrets}
    return secrets | tails | {NEW, "a wrong key entirely"}, eve


def test_LG1_and_LG2_every_event_is_in_the_log_and_no_secret(
    logged: tuple[Flask, io.StringIO], site: Site
) -> None:
    app, written = logged
    secrets, _ = walk(app, site)
    found = lines(written)
    events = Counter(line["event"] for line in found if line["logger"] == "minimaluser.audit")
    named = {name for pair in EVENTS.values() for name in pair if name}
    others = {
        "authz_fail",
        "authn_token_misuse",
        "malicious_csrf",
        "input_validation_fail",
        "excess_rate_limit_exceeded",
        "outbox_done",
    }
    assert (named | others) - set(events) == set()
    assert events["user_created"] == 2
    assert events["authn_password_reset_fail"] == 1
    for line in found:
        assert line["time"].endswith("+00:00")
        if line["logger"] == "minimaluser.audit" and not line["event"].startswith("outbox"):
            assert line["address"].startswith("127.")
            assert line["address"].endswith(".0")
            assert line["request"]
    log_in = next(line for line in found if line["event"] == "authn_login_success")
    assert log_in["actor"] > 0
    assert len(log_in["subject"]) == 16
    said = written.getvalue()
    assert "@example.org" not in said
    assert "FROM nowhere" in said
    assert len(secrets) > 15
    assert [secret for secret in secrets if secret and secret in said] == []


def test_LG2_a_line_break_in_what_was_sent_stays_in_its_line(
    logged: tuple[Flask, io.StringIO],
) -> None:
    app, written = logged
    eve = Person(app, "eve@example.org")
    eve.post("/login", {"email": 'x\r\n{"event": "forged"}', "key": "x"})
    eve.client.get("/%0d%0aforged", headers={"User-Agent": "forged"})
    assert "forged" not in [line["event"] for line in lines(written)]
