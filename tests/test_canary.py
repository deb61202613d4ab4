"""Marks that exist nowhere else are looked for everywhere once an account is gone for good (DL1).

They are whatever stood in somebody's columns and rows, as the walk over the tables finds them, with
the tables of a product (`tests/garden.py`) among them, after a life that used the whole site.
"""

from __future__ import annotations

import base64
import io
import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from aiosmtpd.controller import Controller
from flask import Flask
from werkzeug.serving import make_server

from minimaluser import accounts
from minimaluser.accounts import events
from minimaluser.database import db
from minimaluser.lib import logs
from minimaluser.mailer import create_app as create_mailer
from minimaluser.models import people
from minimaluser.outbox import engine
from minimaluser.personal import gathering, raw, whose
from minimaluser.rules import rules
from minimaluser.services import services_of
from minimaluser.testing.apps import change_settings, close
from minimaluser.testing.client import Person
from minimaluser.testing.database import user_of, work
from minimaluser.testing.patterns import CODE, KEY
from minimaluser.testing.processes import free_port
from minimaluser.testing.sites import PRODUCTION, Site, make_app
from tests.garden import Garden
from tests.mailer.conftest import Sink

pytestmark = pytest.mark.filterwarnings("ignore:Dialect sqlite.*Decimal")
MARK = "quokka4711"
OLD, NEW = f"{MARK}@canary.example", f"new-{MARK}@canary.example"
SHORTEST = 8  # what is shorter may stand somewhere by chance
SECOND = timedelta(seconds=1)


class Life:
    """A site with a log, a queue and a mailer that really sends, and where all of it lies."""

    def __init__(self, app: Flask, folder: Path, log: io.StringIO, sink: Sink) -> None:
        self.app, self.folder, self.log, self.sink = app, folder, log, sink

    def places(self) -> dict[str, bytes]:
        """Everything that is kept anywhere, by where it is."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        found = {path.name: path.read_bytes() for path in files if ".db" in path.name}
        tiles = [path for path in files if ".db" not in path.name and path.suffix != ".json"]
        found["storage"] = b"\n".join(str(p).encode() + p.read_bytes() for p in tiles)
        found["log"] = self.log.getvalue().encode()
        with self.app.app_context():
            if db.engine.dialect.name == "postgresql":
                found["postgresql"] = b"\n".join(self._rows())
        return found

    def _rows(self) -> Iterator[bytes]:
        known = sa.inspect(db.engine)
        for table in known.get_table_names():
            for column in known.get_columns(table):
                query = sa.text(f'SELECT "{column["name"]}"::text FROM "{table}"')
                yield from (value.encode() for (value,) in db.session.execute(query) if value)


@pytest.fixture
def life(site: Site, tmp_path: Path) -> Iterator[Life]:
    folder, log, sink = tmp_path / "canary", io.StringIO(), Sink()
    where = site.copied(folder, "canary")
    smtp = Controller(sink, hostname="127.0.0.1", port=free_port())
    smtp.start()
    mailer = create_mailer(
        {
            "JWT_MAILER_SECRET": PRODUCTION["JWT_MAILER_SECRET"],
            "MAIL_FROM": "site@example.org",
            "SMTP_URL": f"smtp+plaintext://127.0.0.1:{smtp.port}",
            "INSTANCE_PATH": str(folder / "mailer"),
            "MAILER_RECIPIENT_A_DAY": "100",
        }
    )
    server = make_server("127.0.0.1", free_port(), mailer, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app = make_app(folder, site.templates, **where)
    change_settings(app, mailer_url=f"http://127.0.0.1:{server.port}")
    change_settings(app, jwt_mailer_secret=[PRODUCTION["JWT_MAILER_SECRET"]])
    logs.watch(app)
    given = services_of(app)
    given.huey, given.wake = engine.start(app)
    given.huey.storage.initialize_schema()
    handler = logging.StreamHandler(log)
    handler.setFormatter(logs.Lines())
    root, ours = logging.getLogger(), logging.getLogger("minimaluser")
    before = ours.level
    root.addHandler(handler)
    ours.setLevel(logging.DEBUG)
    with time_machine.travel(datetime.now(UTC), tick=True):
        yield Life(app, folder, log, sink)
    root.removeHandler(handler)
    ours.setLevel(before)
    services_of(app).huey.storage.close()
    close(app)
    server.shutdown()
    server.server_close()
    smtp.stop()


def live(app: Flask) -> Person:
    """Use the whole site, with mistakes."""
    eve = Person(app, OLD)
    eve.sign_up()
    eve.log_in(f"wrong {MARK} wrong")
    eve.confirm()
    eve.choose_key(f"{MARK} sings at noon")
    eve.post("/profile/nickname", {"nickname": f"The {MARK}"})
    eve.post("/profile/tile", {"seed": "0123456789abcdef"})
    work(app)
    eve.ask_to_move(NEW)
    eve.post(eve.link("/email/confirm/", NEW))
    eve.email, eve.key = NEW, eve.mailed(KEY, NEW)
    phone = eve.elsewhere()
    flow, code = phone.ask_for_code()
    assert CODE.fullmatch(code)
    phone.use_code(flow, "000000" if code != "000000" else "000001", f"{MARK} hums at night")
    assert phone.use_code(flow, code, f"{MARK} hums at night").status_code == 303
    phone.key = f"{MARK} hums at night"
    phone.log_in()
    assert phone.get("/profile/export").status_code == 200
    phone.ask_to_move(f"later-{MARK}@canary.example")
    phone.ask_for_code()
    work(app)
    return phone


def marks_of(email: str) -> set[bytes]:
    """Whatever stands in somebody's columns and rows, and stands in nobody else's."""
    user = people.by_email(email)
    found = gathering.find(user).rows
    columns = {column.name for column in whose.erased()}
    mine, others = list[raw.Value](), {kind.encode() for kind in events.WORDS}
    for table in whose.METADATA.tables.values():
        owners = [column.name for column in whose.owners(table)]
        for row in raw.rows(table, sa.true()):
            if table is whose.people() and str(row["id"]) == str(user.id):
                mine += [row[name] for name in columns]
            elif raw.key_of(table, row) in found.get(table.name, {}):
                mine += row.values()
            elif str(user.id) not in [str(row[name]) for name in owners]:
                others |= {coded(value) for value in row.values()}
    words = {coded(value) for value in mine if isinstance(value, bytes | str)}
    return {word for word in words - others if len(word) >= SHORTEST and not word.isdigit()}


def coded(value: raw.Value) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def forms(mark: bytes) -> set[bytes]:
    """The mark as it is, and as hex and base64 write it wherever it stands in a text."""
    found = {mark, mark.hex().encode()}
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + mark)
        found.add(coded[(0, 2, 3)[shift] : -4])
    return {form for form in found if len(form) >= SHORTEST}


def seen(life: Life, marks: set[bytes]) -> dict[str, list[bytes]]:
    """Where which marks are."""
    wanted = [(mark, form) for mark in marks for form in forms(mark)]
    found = {
        place: [mark for mark, form in wanted if form in content]
        for place, content in life.places().items()
    }
    return {place: those for place, those in found.items() if those}


def test_DL1_a_week_after_the_deletion_no_mark_is_anywhere(
    life: Life, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = life.app
    site.person(app, "ben").confirm()
    eve = live(app)
    with app.app_context():
        Garden(monkeypatch).fill(people.by_email(eve.email), MARK)
    assert MARK in eve.get("/profile/export").text
    moment = datetime.now(UTC)
    with app.app_context():
        marks = marks_of(eve.email) | {MARK.encode(), eve.key.encode(), OLD.encode()}
    assert len(marks) > 40
    assert {f"leaf 0 {MARK}".encode(), f"motto {MARK}".encode()} <= marks
    control = seen(life, marks)
    database = {"postgresql"} & control.keys() or {"site.db", "site.db-wal"} & control.keys()
    assert {mark for place in database for mark in control[place]} >= marks - {eve.key.encode()}
    assert user_of(app, eve.email).tile_name.encode() in control["storage"]
    sent = len(life.sink.messages)
    assert sent > 5
    eve.leave()
    work(app)
    assert len(life.sink.messages) > sent
    with time_machine.travel(moment + rules.undo_closing + timedelta(minutes=1)):
        with app.app_context():
            assert accounts.purge()["closed"] == 1
        work(app)
        places = life.places()
        assert {"mailer.db", "log", "storage"} <= places.keys()
        assert places["mailer.db"]
        assert b"user_deleted" in places["log"]
        assert seen(life, marks) == {}
