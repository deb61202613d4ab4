"""Where somebody can go on: the home page of those who are logged in, and after confirming."""

from __future__ import annotations

import pytest
from flask import Flask

from minimaluser.lib import clock
from minimaluser.models import User
from minimaluser.parts import Part
from minimaluser.services import services_of
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, user_of

REPLACE, SIGN_UP = 'href="/profile/first-key"', "Give us an email address"
CODE, NEXT = 'href="/forgot-key"', "On to the club"
WELCOME = 'id="welcome"'


@pytest.fixture
def offered(app: Flask) -> None:
    """A part offers something to those who are confirmed."""
    services_of(app).parts += (Part(slots={"next": NEXT}),)


def confirmed(ben: Person, **more: str) -> str:
    """Confirm, and return the page that follows."""
    answer = ben.post(ben.link("/confirm/"), more)
    return ben.get(answer.location).text


def test_the_home_page_asks_only_guests_to_sign_up(
    eve: Person, ann: Person, ben: Person, app: Flask
) -> None:
    assert SIGN_UP in eve.get("/").text
    for person in (ann, ben):
        page = person.get("/").text
        assert SIGN_UP not in page
        assert f"<h1>Hello, <bdi>{user_of(app, person.email).nickname}</bdi></h1>" in page
        assert 'href="/profile">Go to your profile' in page


@pytest.mark.usefixtures("offered")
def test_the_home_page_says_the_next_useful_thing(app: Flask, ben: Person, ann: Person) -> None:
    page = ben.get("/").text
    assert "confirm your email by the link in our mail" in page
    assert NEXT not in page
    ben.confirm()
    page = ben.get("/").text
    assert (REPLACE in page, NEXT in page) == (True, False)
    change(app, User, user_of(app, ben.email).id, key_off_at=clock.now())
    page = ben.get("/").text
    assert (CODE in page, REPLACE in page) == (True, False)
    page = ann.get("/").text
    assert (CODE in page, REPLACE in page, NEXT in page) == (False, False, True)


def test_the_first_key_is_named_once_on_the_home_page(ben: Person) -> None:
    ben.confirm()
    phone = ben.logged_in_elsewhere()
    assert phone.get("/").text.count(REPLACE) == 1


@pytest.mark.usefixtures("offered")
def test_after_confirming_the_profile_leads_on_once(ben: Person) -> None:
    assert WELCOME not in ben.get("/profile").text
    page = confirmed(ben)
    welcome = page.partition(WELCOME)[2].partition("</section>")[0]
    for way in (REPLACE, "/profile/nickname#row-nickname", "/profile/tile#row-tile", NEXT):
        assert way in welcome
    assert WELCOME not in ben.get("/profile").text


def test_whoever_confirmed_with_a_key_of_their_own_is_not_asked_for_another(ben: Person) -> None:
    ben.choose_key()
    page = confirmed(ben.elsewhere(), current_key=ben.key)
    welcome = page.partition(WELCOME)[2].partition("</section>")[0]
    assert welcome
    assert (REPLACE in welcome, CODE in welcome) == (False, False)


def test_whose_key_was_turned_off_by_confirming_is_led_to_a_new_one(ben: Person) -> None:
    ben.choose_key()
    welcome = confirmed(ben.elsewhere()).partition(WELCOME)[2].partition("</section>")[0]
    assert (REPLACE in welcome, CODE in welcome) == (False, True)


def test_CR2_a_key_that_came_to_a_new_address_is_asked_to_be_replaced(ann: Person) -> None:
    ann.move("ann@new.example")
    assert 'id="first-key-notice"' in ann.get("/profile").text
