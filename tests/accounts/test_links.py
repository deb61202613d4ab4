"""Links in mails: one purpose each (TK2), what voids them and what does not (TK5)."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from minimaluser import accounts
from minimaluser.accounts import key_reset, link_about
from minimaluser.database import db
from minimaluser.lib import tokens
from minimaluser.models import Token, User
from minimaluser.security import codes, links
from minimaluser.settings import settings_of
from minimaluser.testing.client import Person
from minimaluser.testing.database import rows_of, user_of

PURPOSES = (
    links.CONFIRM,
    links.CHANGE_EMAIL,
    links.UNDO_EMAIL,
    links.UNDO_CLOSING,
    links.RESET,
)


RESET_FLOW = "0123456789abcdef" * 2


def look_at(purpose: str, token: str) -> None:
    """Look at a link as its page does."""
    if purpose == links.RESET:
        accounts.look_at_reset(token)
    else:
        link_about.look_at(purpose, token)


def token_of(purpose: str) -> str:
    user = db.session.scalar(select(User).where(User.email_key == "ann@example.org"))
    if purpose == links.RESET:
        codes.make(user, RESET_FLOW, "browser")
        db.session.commit()
        secrets = settings_of(current_app).jwt_secret_html
        return tokens.issue(secrets, purpose, RESET_FLOW, links.lifetime(purpose))[0]
    in_force: dict[str, Any] = {"email": "x@example.org", "key_hash": "hash", "key_is_first": True}
    address = links.make(user, purpose, **in_force)
    db.session.commit()
    return address.rpartition("/")[2]


@pytest.mark.parametrize(
    ("one", "other"), [pair for pair in itertools.product(PURPOSES, repeat=2) if len({*pair}) == 2]
)
def test_TK2_a_link_works_only_for_its_own_purpose(inside: None, one: str, other: str) -> None:
    token = token_of(one)
    look_at(one, token)
    with pytest.raises(links.BadLink):
        look_at(other, token)
    with pytest.raises(links.BadLink):
        accounts.look_at_flow(token)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_TK2_the_token_of_a_key_reset_does_not_work_as_a_link(
    app: Flask, inside: None, purpose: str
) -> None:
    secrets = settings_of(app).jwt_secret_html
    token_of(purpose)
    for subject in ("1", RESET_FLOW):
        token, _ = tokens.issue(secrets, key_reset.FLOW, subject, links.lifetime(purpose))
        with pytest.raises(links.BadLink):
            look_at(purpose, token)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_TK2_a_user_token_does_not_work_as_a_link(app: Flask, inside: None, purpose: str) -> None:
    secrets = settings_of(app).jwt_secret_user
    token_of(purpose)
    for kind in ("user", purpose):
        for subject in ("1", RESET_FLOW):
            token, _ = tokens.issue(secrets, kind, subject, links.lifetime(purpose))
            with pytest.raises(links.BadLink):
                look_at(purpose, token)


def test_TK1_a_signed_token_without_its_row_is_void(app: Flask, inside: None) -> None:
    token, _ = tokens.issue(
        settings_of(app).jwt_secret_html, links.CONFIRM, "1", links.lifetime(links.CONFIRM)
    )
    with pytest.raises(links.BadLink):
        link_about.look_at(links.CONFIRM, token)


@pytest.mark.parametrize("subject", ["", "x", "1.5", "-1", "0", "é"])
def test_TK1_a_token_about_nobody_is_bad(app: Flask, inside: None, subject: str) -> None:
    token, _ = tokens.issue(
        settings_of(app).jwt_secret_html, links.CONFIRM, subject, links.lifetime(links.CONFIRM)
    )
    with pytest.raises(links.BadLink):
        link_about.look_at(links.CONFIRM, token)


def test_TK3_the_database_holds_only_a_hash_of_the_link(app: Flask, inside: None) -> None:
    token = token_of(links.CONFIRM)
    claims = tokens.read(settings_of(app).jwt_secret_html, links.CONFIRM, token)
    row = rows_of(app, Token)[-1]
    assert row.id_hash == tokens.digest(claims["jti"])
    assert claims["jti"] not in repr(vars(row))


def test_ML6_the_host_of_a_link_is_configured_and_not_taken_from_the_request(
    app: Flask, eve: Person
) -> None:
    evil = {"Host": "localhost", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil"}
    eve.client.post("/signup", data={"email": eve.email, "csrf_token": eve.token()}, headers=evil)
    assert all(link.startswith("http://localhost/") for link in eve.mails()[0].links)
    assert "evil" not in eve.mails()[0].text + eve.mails()[0].html


def test_TK5_a_new_key_voids_earlier_links_but_not_the_undo(app: Flask, ann: Person) -> None:
    ann.ask_to_move("ann@new.example")
    change, undo = ann.link("/email/confirm/", "ann@new.example"), ann.link("/email/undo/")
    ann.choose_key("seven green trains at noon")
    assert ann.elsewhere().get(change).status_code == 400
    assert ann.elsewhere().open(undo).status_code == 200


def test_TK5_a_new_address_voids_earlier_links_but_not_the_undo(app: Flask, ann: Person) -> None:
    ann.ask_to_move("ann@new.example")
    first, undo = ann.link("/email/confirm/", "ann@new.example"), ann.link("/email/undo/")
    ann.post(first)
    ann.email = "ann@new.example"
    assert user_of(app, "ann@new.example") is not None
    assert ann.elsewhere().get(first).status_code == 400
    assert ann.elsewhere().open(undo).status_code == 200


def test_TK5_a_deletion_voids_everything(app: Flask, ann: Person) -> None:
    ann.ask_to_move("ann@new.example")
    change, undo = ann.link("/email/confirm/", "ann@new.example"), ann.link("/email/undo/")
    ann.post("/profile/delete", {"current_key": ann.key})
    for link in (change, undo):
        assert ann.elsewhere().post(link).status_code == 400
    assert {row.purpose for row in rows_of(app, Token)} == {"confirm", "undo-closing"}
