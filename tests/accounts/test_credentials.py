"""Credentials, and when they end (SE6)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from minimaluser import accounts
from minimaluser.models import people
from minimaluser.rules import rules
from minimaluser.security.credentials import PROOFS, After, Kind, kinds
from minimaluser.services import services_of
from minimaluser.testing.client import Person
from minimaluser.testing.database import user_of
from minimaluser.testing.patterns import FORM_TOKEN, first
from tests import club, stock

OWNERS_KEY, THIEFS_KEY = "the owner chose this key", "the thief chose this one"
THIEF = "thief@evil.example"


# --- the list is true: a thief holds a credential of each kind, then the owner acts

Tried = Callable[[], bool]


def a_key(thief: Person, app: Flask) -> Tried:
    thief.choose_key(THIEFS_KEY)
    return lambda: thief.elsewhere().log_in(THIEFS_KEY).status_code == 303


def a_session(thief: Person, app: Flask) -> Tried:
    thief.log_in()
    return lambda: thief.is_logged_in


def a_code(thief: Person, app: Flask) -> Tried:
    address, code = thief.ask_for_code()
    return lambda: thief.use_code(address, code, THIEFS_KEY).status_code == 303


def a_reset_link(thief: Person, app: Flask) -> Tried:
    thief.ask_for_code()
    link, form = thief.link("/reset-key/mail/"), {"new_key": THIEFS_KEY, "confirm_key": THIEFS_KEY}
    return lambda: thief.elsewhere().post(link, form).status_code == 303


def a_confirmation(thief: Person, app: Flask) -> Tried:
    link = thief.link("/confirm/")
    return lambda: thief.elsewhere().post(link).status_code == 303


def a_move(thief: Person, app: Flask) -> Tried:
    thief.log_in()
    thief.ask_to_move(THIEF)
    link = thief.link("/email/confirm/", THIEF)
    return lambda: thief.elsewhere().post(link).status_code == 303


def a_sign_up(thief: Person, app: Flask) -> Tried:
    cookie = getattr(thief, "guest_cookie", None)
    assert cookie, "who has signed up keeps the cookie of before"

    def again() -> bool:
        other = thief.elsewhere()
        other.client.set_cookie("mu_session", cookie)
        other.post("/signup", {"email": thief.email})
        return other.is_logged_in

    return again


def a_known_browser(thief: Person, app: Flask) -> Tried:
    thief.log_in()
    kept = thief.client.get_cookie("mu_browser")
    token = kept.value if kept else ""

    def is_known() -> bool:
        with app.app_context():
            user = people.by_email(thief.email)
            return user is not None and accounts.is_known_browser(user, token)

    return is_known


HELD: dict[str, list[Callable[[Person, Flask], Tried]]] = {
    "access key": [a_key],
    "session": [a_session],
    "code, and the link beside it": [a_code, a_reset_link],
    "link that confirms the address": [a_confirmation],
    "pending address, and the link that puts it in force": [a_move],
    "link that undoes a move": [],  # the owner's own, see test_email_address
    "link that undoes a deletion": [],  # see test_closing
    "browser that signed up": [a_sign_up],
    "known browser": [a_known_browser],
}


CONFIRMED_ONLY = [a_known_browser]  # what nobody has before the address is confirmed
for _module in stock.brought("held"):  # the same two of a part, in its tests/<part>/held.py
    HELD |= _module.HELD
    CONFIRMED_ONLY += _module.CONFIRMED_ONLY


def test_every_kind_is_tried(inside: None) -> None:
    assert set(HELD) == {kind.name for kind in kinds()}


def test_SE6_what_a_part_brings_ends_with_all_others(app: Flask, ann: Person) -> None:
    ended: list[str] = []
    badge = Kind("badge", (), PROOFS, lambda user: ended.append(user.email))
    brought = replace(club.part, credentials=(badge,))
    services_of(app).parts = tuple(brought if p is club.part else p for p in services_of(app).parts)
    ann.choose_key(OWNERS_KEY)
    assert ended == []
    ann.reset_key(THIEFS_KEY)
    assert ended == [ann.email]


@pytest.fixture
def stranger(app: Flask) -> Person:
    """A thief who has signed up with somebody else's address and got hold of the mailed key."""
    person = Person(app, "victim@example.org")
    person.get("/signup")
    cookie = person.client.get_cookie("mu_session")
    person.guest_cookie = cookie.value  # type: ignore[attr-defined]
    person.sign_up()
    return person


def confirms(owner: Person) -> None:
    assert owner.post(owner.link("/confirm/")).status_code == 303


def confirms_from_the_page(owner: Person) -> None:
    page = owner.open(owner.link("/confirm/"))
    token = first(FORM_TOKEN, page.text)
    assert owner.post("/confirm/link", token=token).status_code == 303


def resets(owner: Person) -> None:
    owner.reset_key(OWNERS_KEY)


def resets_by_link(owner: Person) -> None:
    owner.ask_for_code()
    form = {"new_key": OWNERS_KEY, "confirm_key": OWNERS_KEY}
    assert owner.post(owner.link("/reset-key/mail/"), form).status_code == 303


PROVING = [
    (confirms, After.CONFIRMATION),
    (confirms_from_the_page, After.CONFIRMATION),
    (resets, After.RESET),
    (resets_by_link, After.RESET),
]
PLANTED = [each for planted in HELD.values() for each in planted]


@pytest.mark.parametrize("proves", [way for way, _ in PROVING])
@pytest.mark.parametrize("plant", PLANTED)
def test_SE6_nothing_that_a_stranger_planted_survives_the_proof_of_the_address(
    app: Flask,
    stranger: Person,
    no_limits: None,
    plant: Callable[[Person, Flask], Tried],
    proves: Callable[[Person], None],
) -> None:
    works = plant(stranger, app)
    owner = stranger.elsewhere()
    proves(owner)
    assert not works()
    user = user_of(app, stranger.email)
    assert user.is_confirmed
    if proves in (confirms, confirms_from_the_page):
        assert owner.is_logged_in
    owner.reset_key(OWNERS_KEY)
    assert owner.log_in().status_code == 303
    assert not stranger.is_logged_in


@pytest.mark.parametrize("plant", [p for p in PLANTED if p is not a_sign_up])
def test_SE6_the_credentials_of_the_thief_work_until_then(
    app: Flask, stranger: Person, no_limits: None, plant: Callable[[Person, Flask], Tried]
) -> None:
    if plant in CONFIRMED_ONLY:
        stranger.confirm()
        stranger.log_out()
    assert plant(stranger, app)()


def test_SE6_a_double_click_is_one_sign_up(app: Flask, stranger: Person) -> None:
    assert a_sign_up(stranger, app)()


def test_SE6_a_log_in_with_the_first_key_ends_the_session_from_the_sign_up(
    stranger: Person,
) -> None:
    owner = stranger.elsewhere()
    assert owner.log_in().status_code == 303
    assert owner.is_logged_in
    assert not stranger.is_logged_in


def undoes_a_move(owner: Person, thief: Person) -> None:
    assert owner.post(owner.link("/email/undo/")).status_code == 303


def changes_the_key(owner: Person, thief: Person) -> None:
    owner.choose_key(OWNERS_KEY)


def forgets_the_key(owner: Person, thief: Person) -> None:
    owner.reset_key(OWNERS_KEY)


OF_A_THIEF = [a_session, a_code, a_reset_link, a_move, *CONFIRMED_ONLY]


@pytest.mark.parametrize(
    ("acts", "plant"),
    [
        *itertools.product([undoes_a_move, forgets_the_key], [a_key, *OF_A_THIEF]),
        *itertools.product([changes_the_key], OF_A_THIEF),
    ],
)
def test_SE6_no_credential_of_a_thief_who_knew_the_key_survives_the_owner_s_action(
    app: Flask,
    ann: Person,
    no_limits: None,
    plant: Callable[[Person, Flask], Tried],
    acts: Callable[[Person, Person], None],
) -> None:
    thief = ann.logged_in_elsewhere()
    thief.ask_to_move(THIEF)
    works = plant(thief, app)
    acts(ann, thief)
    assert not works()
    assert not thief.is_logged_in
    assert thief.elsewhere().log_in().status_code == 422


def test_SE6_a_key_set_where_the_link_is_pressed_stays(app: Flask, ben: Person) -> None:
    ben.log_in()
    ben.choose_key(OWNERS_KEY)
    ben.confirm()
    assert user_of(app, ben.email).key_is_good
    assert ben.elsewhere().log_in(OWNERS_KEY).status_code == 303


def test_SE6_a_first_key_stays_good_when_another_browser_confirms(ben: Person) -> None:
    phone = ben.elsewhere()
    phone.post(ben.link("/confirm/"))
    assert not ben.is_logged_in
    assert ben.log_in().status_code == 303


def test_SE6_a_repeated_sign_up_later_or_after_anything_else_does_not_log_in(
    app: Flask, stranger: Person, clock: object
) -> None:
    again = a_sign_up(stranger, app)
    clock.shift(rules.signup_double_click)  # type: ignore[attr-defined]
    assert not again()


def test_SE6_a_repeated_sign_up_after_the_owner_logged_in_does_not_log_in(
    app: Flask, stranger: Person
) -> None:
    again = a_sign_up(stranger, app)
    assert stranger.elsewhere().log_in().status_code == 303
    assert not again()
