"""The access key, changed with the current one."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask

from minimaluser import accounts
from minimaluser.lib import clock as now
from minimaluser.models import Session, User, people
from minimaluser.rules import DAY
from minimaluser.settings import SITE_NAME
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, count, snapshot, user_of
from minimaluser.testing.patterns import KEY
from minimaluser.testing.people import NEW_KEY


def test_CR6_the_current_key_is_needed(app: Flask, ann: Person) -> None:
    before = snapshot(app, without=("session.wrong_keys",))
    for current in ("", "wrong", ann.key.upper()):
        form = {"current_key": current, "new_key": NEW_KEY, "confirm_key": NEW_KEY}
        assert ann.post("/profile/key", form).status_code == 422
    assert snapshot(app, without=("session.wrong_keys",)) == before
    assert ann.is_logged_in


def test_SE5_a_new_key_ends_every_other_session(app: Flask, ann: Person) -> None:
    phone, thief = ann.elsewhere(), ann.elsewhere()
    phone.log_in()
    thief.client.set_cookie("mu_session", ann.client.get_cookie("mu_session").value)
    ann.choose_key(NEW_KEY)
    assert ann.is_logged_in
    assert not phone.is_logged_in
    assert not thief.is_logged_in  # the browser's own session is a new one, too (SE3)
    assert count(app, Session, Session.user_id == user_of(app, ann.email).id) == 1


def test_a_kept_session_is_still_kept_after_a_new_key(
    ann: Person, clock: time_machine.Traveller
) -> None:
    phone = ann.logged_in_elsewhere(keep="y")
    phone.choose_key(NEW_KEY)
    clock.shift(6 * DAY)
    assert phone.is_logged_in


def test_the_old_key_is_worthless_after_the_change(ann: Person) -> None:
    old = ann.key
    ann.choose_key(NEW_KEY)
    assert ann.elsewhere().log_in(old).status_code == 422
    assert ann.elsewhere().log_in(NEW_KEY).status_code == 303


def test_CR2_a_first_key_replaced_in_time_is_a_key_for_good(
    ben: Person, clock: time_machine.Traveller
) -> None:
    ben.choose_key(NEW_KEY)
    ben.confirm()
    clock.shift(8 * DAY)
    assert ben.log_in().status_code == 303


def test_CR2_a_first_key_past_its_time_cannot_be_replaced_with_itself(
    app: Flask, ben: Person
) -> None:
    user = user_of(app, ben.email)
    change(app, User, user.id, key_set_at=now.now() - 8 * DAY)
    form = {"current_key": ben.key, "new_key": NEW_KEY, "confirm_key": NEW_KEY}
    assert ben.post("/profile/key", form).status_code == 422


def test_EM3_a_notice_of_the_change_is_mailed(ann: Person) -> None:
    ann.choose_key(NEW_KEY)
    mail = ann.mails()[0]
    assert "was changed" in mail.subject
    assert NEW_KEY not in mail.text + mail.html


@pytest.mark.parametrize(
    "key",
    ["short", "passwordpassword", "ann@example.org ann@example.org", f"{SITE_NAME} {SITE_NAME}"],
)
def test_CR5_the_rules_hold_without_a_form_too(app: Flask, ann: Person, key: str) -> None:
    with app.app_context():
        user = people.by_email(ann.email)
        with pytest.raises(accounts.Refused) as refusal:
            accounts.change_key(user, ann.key, key)
    assert refusal.value.field == "new_key"


def test_an_unconfirmed_user_gets_a_new_link_with_the_new_key(ben: Person) -> None:
    old = ben.link("/confirm/")
    ben.choose_key(NEW_KEY)
    new = ben.link("/confirm/")
    assert ben.elsewhere().get(old).status_code == 400
    assert ben.elsewhere().open(new).status_code == 200
    assert not any(KEY.search(mail.text) for mail in ben.mails()[:1])
