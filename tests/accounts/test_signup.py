"""Signing up with an address and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from minimaluser import accounts, mail
from minimaluser.accounts import signup
from minimaluser.lib import hashing, namer
from minimaluser.models import OutboxItem, Session, Token, User
from minimaluser.settings import settings_of
from minimaluser.testing.answers import plain
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.database import count, rows_of, snapshot, statements, user_of, work
from minimaluser.testing.patterns import KEY


def test_a_sign_up_grants_a_nickname_a_key_and_a_tile(app: Flask, eve: Person) -> None:
    eve.sign_up()
    user = user_of(app, eve.email)
    assert not user.is_confirmed
    assert user.key_is_first
    assert user.tile_svg.startswith("<svg")
    assert user.nickname.count("-") == 3
    assert eve.is_logged_in
    assert eve.elsewhere().log_in().status_code == 303


def test_the_tile_has_the_colour_of_the_nickname(app: Flask, eve: Person) -> None:
    eve.sign_up()
    user = user_of(app, eve.email)
    assert user.tile_colour == namer.colour_of(user.nickname)
    assert user.tile_colour in user.tile_svg


def test_ML5_the_mail_is_committed_with_the_account(app: Flask, eve: Person) -> None:
    eve.sign_up()
    user = user_of(app, eve.email)
    kinds = [row.kind for row in rows_of(app, OutboxItem, OutboxItem.user_id == user.id)]
    assert sorted(kinds) == ["mail", "tile_put"]
    assert count(app, Session, Session.user_id == user.id) == 1
    assert count(app, Token, Token.user_id == user.id) == 1


@pytest.mark.sqlite
def test_CR7_neither_key_nor_link_is_in_the_database(app: Flask, eve: Person) -> None:
    eve.sign_up()
    work(app)
    content = b"".join(p.read_bytes() for p in settings_of(app).instance_path.glob("site.db*"))
    assert eve.email.encode() in content
    assert eve.key.encode() not in content
    assert eve.link("/confirm/").rpartition("/")[2].encode() not in content


def test_the_address_is_kept_as_typed_but_compared_without_case(app: Flask, eve: Person) -> None:
    eve.email = "Eve.Smith@Example.ORG"
    answer = eve.post("/signup", {"email": eve.email})
    assert answer.status_code == 303
    assert user_of(app, eve.email).email == "Eve.Smith@example.org"
    again = eve.elsewhere()
    assert again.post("/signup", {"email": "eve.smith@EXAMPLE.org"}).status_code == 422
    assert count(app, User, User.email_key == "eve.smith@example.org") == 1


@pytest.mark.parametrize("who", ["ann@example.org", "ben@example.org", "ANN@example.org"])
def test_a_taken_address_is_reported_and_changes_nothing(app: Flask, eve: Person, who: str) -> None:
    before = snapshot(app)
    answer = eve.post("/signup", {"email": who})
    assert answer.status_code == 422
    assert "There is an account with this email already" in answer.text
    assert snapshot(app) == before
    assert not eve.is_logged_in


def test_a_double_click_is_one_sign_up(app: Flask, eve: Person) -> None:
    eve.get("/signup")
    token, cookie = eve.token(), eve.client.get_cookie("mu_session").value
    first = eve.post("/signup", {"email": eve.email}, token=token)
    eve.client.set_cookie("mu_session", cookie)  # the second click came before the response
    second = eve.post("/signup", {"email": eve.email}, token=token)
    assert first.status_code == second.status_code == 303
    assert eve.is_logged_in
    assert count(app, User, User.email == eve.email) == 1
    assert len(eve.mails()) == 1


def test_a_double_click_does_not_log_in_to_an_account_confirmed_meanwhile(
    app: Flask, eve: Person
) -> None:
    eve.get("/signup")
    token, cookie = eve.token(), eve.client.get_cookie("mu_session").value
    eve.post("/signup", {"email": eve.email}, token=token)
    eve.elsewhere().confirm()
    eve.client.set_cookie("mu_session", cookie)
    assert eve.post("/signup", {"email": eve.email}, token=token).status_code == 422


def test_another_nickname_is_tried_when_one_is_taken(
    app: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = user_of(app, ann.email).nickname
    names = iter([taken, taken.upper(), "free-otter-123456-teal"])
    monkeypatch.setattr(namer, "suggest", lambda: next(names))
    eve = Person(app, "eve@example.org")
    eve.sign_up()
    assert user_of(app, eve.email).nickname == "free-otter-123456-teal"
    assert len(eve.mails()) == 1


def test_when_every_nickname_is_taken_nothing_is_left_behind(
    app: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, before = user_of(app, ann.email).nickname, snapshot(app)
    monkeypatch.setattr(namer, "suggest", lambda: taken)
    answer = Person(app, "eve@example.org").post("/signup", {"email": "eve@example.org"})
    assert answer.status_code == 422
    assert snapshot(app) == before


def test_ST2_a_mail_that_cannot_be_written_leaves_no_account(
    app: Flask, eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no template")

    before = snapshot(app)
    monkeypatch.setattr(signup.mail, "send_confirmation", fail)
    with pytest.raises(RuntimeError):
        eve.post("/signup", {"email": eve.email})
    assert snapshot(app) == before


@pytest.mark.parametrize("typed", ["", "x", "a@b", "eve@example.org\nBcc: x@example.org"])
def test_IN2_the_use_case_refuses_a_text_that_is_not_an_address(
    app: Flask, inside: None, typed: str
) -> None:
    with pytest.raises(accounts.Refused) as refusal:
        accounts.sign_up(typed, "", "browser")
    assert refusal.value.field == "email"


def test_AZ5_more_fields_than_the_form_has_are_ignored(app: Flask, eve: Person) -> None:
    more = {
        "confirmed": "1",
        "confirmed_at": "2020-01-01",
        "id": "1",
        "user_id": "1",
        "nickname": "root",
        "key_hash": "x",
        "disabled_at": "",
        "is_confirmed": "true",
    }
    assert eve.post("/signup", {"email": eve.email, **more}).status_code == 303
    user = user_of(app, eve.email)
    assert not user.is_confirmed
    assert user.nickname != "root"
    assert user.id > 2
    assert len(KEY.findall(eve.mails()[0].text)) == 1


# --- PRIVATE_SIGNUP=1: nothing reveals who has an account


@pytest.fixture
def private(app: Flask) -> Flask:
    change_settings(app, private_signup=True)
    return app


def test_EN4_signing_up_privately_logs_nobody_in_and_tells_everybody_the_same(
    private: Flask, ann: Person, ben: Person
) -> None:
    kinds = {}
    addresses = ("new@example.org", ann.email, ben.email)
    for email in addresses:
        stranger = Person(private, email)
        mails, stored = len(stranger.mails()), set(stranger.client._cookies)
        answer = stranger.post("/signup", {"email": email})
        assert answer.status_code == 303
        cookies = set(stranger.client._cookies) - stored
        page = stranger.get(answer.location)
        assert not stranger.is_logged_in
        assert len(stranger.mails()) == mails + 1
        assert email not in page.text
        headers = sorted((k, v) for k, v in answer.headers if k != "Set-Cookie")
        kinds[email] = (plain(page.text), headers, len(cookies))
    assert len({str(kind) for kind in kinds.values()}) == 1
    assert "confirm" in Person(private, "new@example.org").mails()[0].subject.lower()
    for owner in (ann, ben):
        assert "tried to use your email" in owner.mails()[0].subject
        assert owner.is_logged_in


def test_EN4_a_fragment_says_the_same_too(private: Flask, ann: Person) -> None:
    answers = [
        Person(private, email).post("/signup", {"email": email}, htmx=True)
        for email in ("new@example.org", ann.email)
    ]
    assert {(a.status_code, a.text, a.headers["HX-Redirect"]) for a in answers} == {
        (200, "", "/signup/mail")
    }


def test_EN4_the_link_in_the_mail_logs_in(private: Flask, eve: Person) -> None:
    eve.post("/signup", {"email": eve.email})
    eve.key = eve.mailed(KEY)
    assert not eve.is_logged_in
    eve.confirm()
    assert eve.is_logged_in
    assert eve.elsewhere().log_in().status_code == 303


def test_EN4_a_double_click_is_one_mail(private: Flask, eve: Person) -> None:
    for _ in range(2):
        assert eve.post("/signup", {"email": eve.email}).status_code == 303
    assert len(eve.mails()) == 1


def test_EN4_without_a_sign_up_there_is_nothing_to_show(private: Flask, eve: Person) -> None:
    assert eve.get("/signup/mail").location == "/signup"


def test_EN2_private_sign_up_does_the_same_work_for_a_taken_address(
    private: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One hash and one mail each, and the same commits; a refused insert is one more statement."""
    done: dict[str, list[object]] = {}
    calls: list[object] = []

    def noted(name: str, function: Any) -> Any:
        return lambda *args, **more: calls.append(name) or function(*args, **more)

    monkeypatch.setattr(hashing, "hash_key", noted("hash", hashing.hash_key))
    monkeypatch.setattr(mail, "_send", noted("mail", mail._send))
    for email in ("new@example.org", ann.email):
        calls.clear()
        stranger = Person(private, email)
        token = stranger.token()
        with statements(private) as seen:
            stranger.post("/signup", {"email": email}, token=token)
        calls += [sum(sql.startswith("INSERT INTO hit") for sql in seen)]
        done[email] = list(calls)
        assert 7 <= len(seen) <= 16, seen
    assert done["new@example.org"] == done[ann.email] == ["hash", "mail", 2]
