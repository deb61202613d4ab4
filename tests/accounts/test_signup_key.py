"""Signing up with a key of one's own: SIGNUP_KEY=chosen."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest
from flask import Flask

from minimaluser.accounts import access_key, confirmation, signup
from minimaluser.lib import keys
from minimaluser.models import Session, User
from minimaluser.rules import rules
from minimaluser.testing.answers import assert_form_comes_back, errors_in, plain
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, count, rows_of, snapshot, user_of
from minimaluser.testing.patterns import KEY

OWN, OWNERS = "three grey herons stand in the rain", "nobody but me counts these stairs"
ASKED, VICTIM = "confirm-current_key", "victim@example.org"


@pytest.fixture
def chosen(app: Flask) -> Flask:
    change_settings(app, signup_key="chosen")
    return app


def sign_up(person: Person, key: str = OWN, **more: Any) -> Any:
    return person.post("/signup", {"email": person.email, "new_key": key}, **more)


@pytest.fixture
def thief(chosen: Flask) -> Person:
    """Somebody who has signed up with another person's address, and chosen the key."""
    stranger = Person(chosen, VICTIM, OWN)
    assert sign_up(stranger).status_code == 303
    return stranger


@pytest.mark.parametrize("htmx", [False, True])
def test_the_form_asks_for_a_key_and_the_mail_has_none(
    chosen: Flask, eve: Person, htmx: bool
) -> None:
    assert 'name="new_key"' in eve.get("/signup", htmx=htmx).text
    answer = sign_up(eve, htmx=htmx)
    assert (answer.headers.get("HX-Redirect") or answer.location) == "/profile"
    user = user_of(chosen, eve.email)
    assert (user.key_is_first, user.is_confirmed, user.key_is_good) == (False, False, True)
    assert eve.is_logged_in
    (mail,) = eve.mails()
    assert not KEY.search(mail.text)
    assert OWN not in mail.text + mail.html + answer.text
    assert user.nickname in mail.text
    assert "holds a link" in " ".join(eve.get("/profile").text.split())
    assert eve.elsewhere().log_in(OWN).status_code == 303


def test_CR2_a_key_that_was_never_mailed_does_not_run_out(
    chosen: Flask, eve: Person, clock: Any
) -> None:
    sign_up(eve)
    eve.confirm()
    clock.shift(rules.first_key * 2)
    assert eve.elsewhere().log_in(OWN).status_code == 303


@pytest.mark.parametrize("typed", ["", "short", "password-password", "eve.lovelace@example.org 1"])
@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("private", [False, True])
def test_CR5_a_weak_key_brings_the_form_back(
    chosen: Flask, typed: str, htmx: bool, private: bool
) -> None:
    change_settings(chosen, private_signup=private)
    eve, before = Person(chosen, "eve.lovelace@example.org"), snapshot(chosen)
    answer = sign_up(eve, typed, htmx=htmx)
    assert_form_comes_back(answer, eve.email)
    assert len(errors_in(answer)) == 1
    assert not typed or typed not in answer.text
    assert snapshot(chosen) == before


def test_a_key_is_checked_while_it_is_typed(chosen: Flask, eve: Person) -> None:
    answer = eve.post("/check/signup-key/new_key", {"new_key": "short"}, htmx=True)
    assert "at least" in answer.text


def test_AZ5_where_keys_are_granted_none_is_taken(app: Flask, eve: Person) -> None:
    assert 'name="new_key"' not in eve.get("/signup").text
    sign_up(eve)
    assert user_of(app, eve.email).key_is_first
    assert KEY.search(eve.mails()[0].text)
    assert eve.elsewhere().log_in(OWN).status_code == 422


def test_where_the_key_was_chosen_a_press_confirms(chosen: Flask, eve: Person) -> None:
    sign_up(eve)
    link = eve.link("/confirm/")
    assert ASKED not in eve.open(link).text
    assert eve.post(link).status_code == 303
    user = user_of(chosen, eve.email)
    assert (user.is_confirmed, user.key_is_good) == (True, True)


@pytest.mark.parametrize("htmx", [False, True])
def test_elsewhere_the_key_is_asked_for_and_stays(chosen: Flask, eve: Person, htmx: bool) -> None:
    sign_up(eve)
    phone = eve.elsewhere()
    assert ASKED in phone.open(eve.link("/confirm/")).text
    phone.post("/confirm/link", {"current_key": OWN}, htmx=htmx)
    assert phone.is_logged_in
    assert user_of(chosen, eve.email).key_is_good
    assert eve.elsewhere().log_in(OWN).status_code == 303


@pytest.mark.parametrize("htmx", [False, True])
def test_a_wrong_key_confirms_nothing_and_the_link_stays_good(
    chosen: Flask, eve: Person, htmx: bool
) -> None:
    sign_up(eve)
    phone, link = eve.elsewhere(), eve.link("/confirm/")
    phone.open(link)
    answer = phone.post("/confirm/link", {"current_key": OWN + "!"}, htmx=htmx)
    assert_form_comes_back(answer)
    assert confirmation.NOT_CHOSEN in errors_in(answer)
    assert OWN not in answer.text
    user = user_of(chosen, eve.email)
    assert (user.is_confirmed, user.key_is_good) == (False, True)
    assert phone.post("/confirm/link", {"current_key": OWN}).status_code == 303


def test_RL_a_key_cannot_be_guessed_at_the_link(chosen: Flask, eve: Person) -> None:
    sign_up(eve)
    link = eve.link("/confirm/")
    tries = [
        eve.elsewhere().post(link, {"current_key": f"guess {n}"}).status_code for n in "123456"
    ]
    assert tries == [422] * 5 + [429]


# --- planted accounts: nothing of a stranger survives the proof of the address


@pytest.mark.parametrize("from_the_page", [False, True])
def test_SE6_who_confirms_without_the_key_shares_it_with_nobody(
    chosen: Flask, thief: Person, from_the_page: bool
) -> None:
    other = thief.logged_in_elsewhere()
    owner, link = thief.elsewhere(), thief.link("/confirm/")
    if from_the_page:
        owner.open(link)
        link = "/confirm/link"
    assert owner.post(link, {"current_key": ""}).status_code == 303
    assert "please choose a new one" in owner.get("/profile").text
    assert not thief.is_logged_in
    assert not other.is_logged_in
    assert thief.elsewhere().log_in(OWN).status_code == 422
    assert sign_up(thief).status_code == 422
    owner.reset_key(OWNERS)
    assert owner.log_in().status_code == 303
    assert thief.elsewhere().log_in(OWN).status_code == 422


def test_SE6_a_key_that_is_changed_while_it_is_checked_does_not_stay(
    chosen: Flask, thief: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    match, number = keys.match, user_of(chosen, VICTIM).id

    def slow(*given: Any) -> str:
        right = match(*given)
        meanwhile = Thread(target=lambda: change(chosen, User, number, key_hash="another"))
        meanwhile.start()
        meanwhile.join()
        return right

    monkeypatch.setattr(keys, "match", slow)
    owner = thief.elsewhere()
    owner.post(thief.link("/confirm/"), {"current_key": OWN})
    assert user_of(chosen, VICTIM).is_confirmed
    assert not user_of(chosen, VICTIM).key_is_good


@pytest.mark.parametrize("htmx", [False, True])
def test_SE6_whoever_has_proved_nothing_ends_no_link_of_the_owner_and_causes_no_mail(
    chosen: Flask, thief: Person, htmx: bool
) -> None:
    owner, mails = thief.elsewhere(), len(thief.mails())
    keys_typed = {"new_key": OWNERS, "confirm_key": OWNERS, "current_key": OWN}
    forms = {
        "/profile/key": keys_typed,
        "/profile/email": {"email": "thief@evil.example", "current_key": OWN},
        "/profile/delete": {"current_key": OWN},
    }
    for path, form in forms.items():
        answer = thief.post(path, form, htmx=htmx)
        assert answer.status_code == 422, path
        assert access_key.UNPROVED in errors_in(answer), path
    assert len(thief.mails()) == mails
    assert thief.mails("thief@evil.example") == []
    assert owner.post(thief.link("/confirm/"), {"current_key": ""}).status_code == 303
    assert not thief.is_logged_in


def test_whoever_has_confirmed_may_change_everything(chosen: Flask, eve: Person) -> None:
    sign_up(eve)
    eve.confirm()
    eve.key = OWN
    eve.choose_key(OWNERS)
    eve.ask_to_move("eve.new@example.org")
    assert eve.link("/email/confirm/", "eve.new@example.org")
    eve.leave()
    assert eve.link("/closing/undo/")


def test_SE6_a_reset_by_the_owner_ends_the_stranger_s_key(chosen: Flask, thief: Person) -> None:
    owner = thief.elsewhere()
    owner.reset_key(OWNERS)
    assert not thief.is_logged_in
    assert thief.elsewhere().log_in(OWN).status_code == 422
    assert owner.log_in().status_code == 303


def test_SE6_a_repeated_sign_up_has_entered_no_key(chosen: Flask, eve: Person) -> None:
    """What is typed in a double click is not compared with what was chosen."""
    eve.get("/signup")
    token, cookie = eve.token(), eve.client.get_cookie("mu_session").value
    sign_up(eve, token=token)
    eve.client.set_cookie("mu_session", cookie)
    assert sign_up(eve, OWNERS, token=token).status_code == 303
    assert count(chosen, User, User.email == eve.email) == len(eve.mails()) == 1
    assert rows_of(chosen, Session)[-1].key_entered_at is None
    assert eve.elsewhere().log_in(OWNERS).status_code == 422


# --- together with PRIVATE_SIGNUP=1


def test_EN4_privately_a_taken_and_a_free_address_look_the_same(chosen: Flask, ann: Person) -> None:
    change_settings(chosen, private_signup=True)
    seen = set()
    for email in ("new@example.org", ann.email):
        stranger, mails = Person(chosen, email), len(Person(chosen, email).mails())
        answer = sign_up(stranger)
        page = stranger.get(answer.location).text
        assert "access key" not in page.partition("<main")[2].partition("</main")[0]
        seen.add((answer.status_code, answer.location, plain(page), stranger.is_logged_in))
        assert len(stranger.mails()) == mails + 1
    assert len(seen) == 1
    assert ann.elsewhere().log_in(OWN).status_code == 422
    new = Person(chosen, "new@example.org", OWN)
    assert not KEY.search(new.mails()[0].text)
    new.post(new.link("/confirm/"), {"current_key": OWN})
    assert new.elsewhere().log_in().status_code == 303
    assert signup.TAKEN not in new.mails()[0].text
