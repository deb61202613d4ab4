"""What tests may do to a site in development: for who has its secret, and never in production."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from minimaluser import outbox
from minimaluser.lib import storage
from minimaluser.outbox import delivery
from minimaluser.services import services_of
from minimaluser.settings import ROOT
from minimaluser.testing import backstage, breaking, moved
from minimaluser.testing.apps import close
from minimaluser.testing.client import Person
from minimaluser.testing.database import work
from minimaluser.testing.names import COOKIE, HEADER, PREFIX, SECRET_FILE
from minimaluser.testing.patterns import TILE, first
from minimaluser.testing.sites import Site, make_app
from tools.image import context

DEEDS = ("clock", "people", "faults")


@pytest.fixture
def behind(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A site of its own, with its backstage; what that replaces in the process is put back."""
    monkeypatch.setattr(delivery, "DOERS", dict(delivery.DOERS))
    monkeypatch.setattr(outbox, "mailbox", outbox.mailbox)
    for name in ("write", "read", "delete", "exists"):
        monkeypatch.setattr(storage.Folder, name, getattr(storage.Folder, name))
    where = site.copied(tmp_path / "behind", "behind")
    app = backstage.opened(make_app(tmp_path / "behind", site.templates, **where))
    yield app
    close(app)


@pytest.fixture
def ann(behind: Flask, site: Site) -> Person:
    """Ann, at that site."""
    return site.person(behind, "ann")


def secret(tmp_path: Path) -> str:
    return str(json.loads((tmp_path / "behind" / SECRET_FILE).read_text())[backstage.SECRET])


def ask(app: Any, deed: str, secret: str, form: dict[str, Any], **more: Any) -> TestResponse:
    headers = {HEADER: secret} if secret else {}
    return Client(app).open(PREFIX + deed, method="POST", data=form, headers=headers, **more)


def test_AZ1_without_the_secret_there_is_nothing(
    behind: Flask, ann: Person, tmp_path: Path
) -> None:
    form = {"email": ann.email, "state": "disabled", "down": "mailer", "seconds": "9"}
    for wrong in ("", "x" * 64, secret(tmp_path)[:-1], "ä"):
        assert [ask(behind, deed, wrong, form).status_code for deed in DEEDS] == [404] * 3
    assert ann.is_logged_in
    assert not (tmp_path / "behind" / breaking.FILE).exists()
    assert (tmp_path / "behind" / SECRET_FILE).stat().st_mode & 0o077 == 0


def test_AZ1_in_production_it_is_not_opened_and_its_addresses_are_not_there(
    production: Flask,
) -> None:
    with pytest.raises(RuntimeError, match="production"):
        backstage.opened(production)
    for deed in DEEDS:
        answer = ask(production, deed, "x" * 64, {}, base_url="https://mu.example")
        assert answer.status_code in {400, 403, 404}, "as at any address that is not there"
        path = PREFIX + deed
        assert Client(production).get(path, base_url="https://mu.example").status_code == 404


def test_AZ1_the_image_has_no_file_of_it_and_no_file_of_the_image_names_it() -> None:
    files = context()
    assert "minimaluser/app.py" in files
    foreign = re.compile(r"minimaluser/testing/|tools/.*py|tests/|e2e/")
    assert [name for name in files if foreign.match(name)] == []
    named = [
        name
        for name in files
        if name.endswith((".py", ".html", ".js")) and "minimaluser.testing" in _text(name)
    ]
    assert named == []


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_somebody_is_disabled_and_a_first_key_runs_out(
    behind: Flask, site: Site, ann: Person, tmp_path: Path
) -> None:
    ben = site.person(behind, "ben")
    states = {ann: "disabled", ben: "first key expired"}
    for person, state in states.items():
        form = {"email": person.email, "state": state}
        assert ask(behind, "people", secret(tmp_path), form).status_code == 204
        assert person.elsewhere().log_in().status_code == 422
    assert not ann.is_logged_in
    assert ben.is_logged_in
    for email, state in (("no@example.org", "disabled"), (ann.email, "?")):
        form = {"email": email, "state": state}
        assert ask(behind, "people", secret(tmp_path), form).status_code == 422


def test_a_browser_with_the_secret_has_its_forms_refused(
    behind: Flask, ann: Person, tmp_path: Path
) -> None:
    name = {"nickname": "Merry Otter"}
    for fault, status in (("500", 500), ("429", 429), ("503", 503)):
        ann.client.set_cookie(COOKIE, f"{fault}:{secret(tmp_path)}")
        assert ann.get("/profile").status_code == 200
        assert ann.post("/profile/nickname", name).status_code == status
    ann.client.set_cookie(COOKIE, f"slow-0.2:{secret(tmp_path)}")
    began = time.monotonic()
    assert ann.get("/about").status_code == 200
    assert time.monotonic() - began > 0.2
    ann.client.set_cookie(COOKIE, "500:not-the-secret")
    assert ann.post("/profile/nickname", name).status_code == 303


def test_while_the_mailer_is_down_mails_wait(behind: Flask, ann: Person, tmp_path: Path) -> None:
    work(behind)
    before = len(ann.mails())
    assert ask(behind, "faults", secret(tmp_path), {"down": "mailer"}).status_code == 204
    ann.must(ann.ask_to_move("new@example.org"))
    work(behind)
    assert len(ann.mails()) == before
    assert ask(behind, "faults", secret(tmp_path), {}).status_code == 204
    work(behind)
    assert len(ann.mails()) == before + 1
    assert ask(behind, "faults", secret(tmp_path), {"down": "the moon"}).status_code == 422


def test_while_the_store_is_down_no_file_is_found_and_a_tile_is_drawn(
    behind: Flask, ann: Person, tmp_path: Path
) -> None:
    work(behind)
    tile = first(TILE, ann.get("/profile").text)
    path = tile.removeprefix("/")
    assert services_of(behind).storage.exists(path)
    assert ask(behind, "faults", secret(tmp_path), {"down": "store"}).status_code == 204
    with pytest.raises(storage.Away):
        services_of(behind).storage.read(path)
    assert ann.get(tile).status_code == 200


def test_the_time_is_moved_where_that_is_possible(
    behind: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[Path] = []
    monkeypatch.setattr(moved, "follow", followed.append)
    monkeypatch.setattr(moved, "PATIENCE", 0)
    folder = tmp_path / "behind"
    monkeypatch.setattr(moved.Time, "_followers", lambda _self: [folder / moved.AHEAD])
    for _ in range(2):
        sent = {"seconds": str(timedelta(days=1).total_seconds())}
        assert ask(behind, "clock", secret(tmp_path), sent).status_code == 204
    assert float((folder / moved.AHEAD).read_text()) == timedelta(days=2).total_seconds()
    assert followed == [folder] * 2
    monkeypatch.setattr(backstage, "find_spec", lambda _name: None)
    assert ask(behind, "clock", secret(tmp_path), {"seconds": "1"}).status_code == 422
