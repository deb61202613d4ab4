"""A log-in from a new device is mailed (SE8)."""

from __future__ import annotations

import time_machine

from minimaluser.rules import DAY, MINUTE
from minimaluser.testing.client import Person
from tests.accounts.counting import number_of


def told(person: Person) -> int:
    return number_of(person, "A new device")


def test_SE8_a_log_in_from_a_new_device_is_mailed_once(ann: Person) -> None:
    phone = ann.elsewhere()
    phone.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Android 15) Firefox/140.0"
    phone.client.environ_base["REMOTE_ADDR"] = "192.0.2.77"
    phone.log_in()
    assert told(ann) == 1
    mail = ann.mails()[0]
    assert "Firefox on Android" in mail.text
    assert "network 192.0.2.0" in mail.text
    assert "192.0.2.77" not in mail.text + mail.html
    phone.log_out()
    phone.log_in()
    assert told(ann) == 1
    assert "Logged in from a new device" in ann.get("/profile/events").text


def test_SE8_the_browser_that_confirmed_is_not_new_and_the_one_that_signed_up_is(
    eve: Person,
) -> None:
    eve.sign_up()
    laptop = eve.elsewhere()
    laptop.post(eve.link("/confirm/"))
    for browser in (eve, laptop):
        browser.get("/")
        if browser.is_logged_in:
            browser.log_out()
        browser.key = eve.key
        assert browser.log_in().status_code == 303
        assert told(eve) == 1


def test_SE8_a_new_device_of_an_address_never_confirmed_is_mailed_to_nobody(ben: Person) -> None:
    ben.elsewhere().log_in()
    assert told(ben) == 0


def test_SE8_a_wrong_key_makes_no_device_known(ann: Person) -> None:
    phone = ann.elsewhere()
    phone.log_in("wrong")
    assert phone.client.get_cookie("mu_browser") is None
    assert told(ann) == 0


def test_SE8_another_user_s_token_or_a_malformed_one_makes_no_device_known(
    ann: Person, ben: Person
) -> None:
    ben.confirm()
    bens = ben.logged_in_elsewhere()
    for value in (bens.client.get_cookie("mu_browser").value, "x", "a.b.c"):
        phone, before = ann.elsewhere(), told(ann)
        phone.client.set_cookie("mu_browser", value)
        phone.log_in()
        assert told(ann) == before + 1


def test_SE8_a_device_is_new_again_after_90_days(
    ann: Person, clock: time_machine.Traveller
) -> None:
    phone = ann.logged_in_elsewhere()
    clock.shift(90 * DAY + MINUTE)
    phone.log_in()
    assert told(ann) == 2


def test_SE2_the_token_of_a_device_is_for_this_site_and_not_for_scripts(ann: Person) -> None:
    cookie = next(
        c
        for c in ann.elsewhere().log_in().headers.getlist("Set-Cookie")
        if c.startswith("mu_browser")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
