"""The mails that an owner needs for recovery are always sent, whatever fills the mailbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask import Flask

from minimaluser.accounts import removal
from minimaluser.database import db
from minimaluser.models import OutboxItem, User, people
from minimaluser.rules import DAY, HOUR, rules
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.database import rows_of, snapshot, user_of
from minimaluser.testing.people import NEW_KEY
from minimaluser.testing.sites import Site
from tests.accounts.counting import at, number_of

NOT_SENT = "No mail was sent: this email address has had too many from us lately."


def test_EM5_a_thief_who_changes_the_key_is_undone_by_the_link_in_the_notice(
    app: Flask, owner: Person
) -> None:
    thief = owner.logged_in_elsewhere()
    thief.choose_key("the thief chose this one")
    assert not owner.is_logged_in
    assert owner.post(owner.link("/email/undo/")).status_code == 303
    assert not thief.is_logged_in
    assert thief.log_in().status_code == 422
    owner.reset_key()
    assert owner.log_in().status_code == 303


def test_EM2_RL1_many_log_ins_of_a_thief_use_up_neither_undo_links_nor_codes(
    crowded: Flask, owner: Person
) -> None:
    thieves = [at(owner.elsewhere(), f"203.0.113.{number}") for number in range(32)]
    answers = [thief.log_in().status_code for thief in thieves]
    assert answers == [303] * 30 + [429] * 2
    last = thieves[29]
    assert number_of(owner, "A new device") == 3
    assert last.ask_to_move("thief@new.example").status_code == 303
    last.post(last.link("/email/confirm/", "thief@new.example"))
    assert number_of(owner, "Somebody asked to change") == 1
    assert number_of(owner, "email was changed") == 1
    assert at(owner.elsewhere(), "192.0.2.1").post(owner.link("/email/undo/")).status_code == 303
    phone = at(owner.elsewhere(), "192.0.2.1")
    assert phone.use_code(*phone.ask_for_code(), NEW_KEY).status_code == 303
    assert phone.log_in(NEW_KEY).status_code == 303
    classes = {row.mail_class for row in rows_of(crowded, OutboxItem)}
    assert classes >= {"code", "undo", "proof"}


def test_RL1_the_key_is_changed_five_times_an_hour(
    crowded: Flask, owner: Person, clock: time_machine.Traveller
) -> None:
    for number in range(4):  # the fifth was when Ann came
        owner.choose_key(f"{NEW_KEY} {number}")
    before = snapshot(crowded)
    form = {"current_key": owner.key, "new_key": NEW_KEY, "confirm_key": NEW_KEY}
    for htmx in (False, True):
        answer = owner.post("/profile/key", form, htmx=htmx)
        assert answer.status_code == 429
        assert "That was too often." in answer.text
    assert snapshot(crowded)["users"] == before["users"]
    clock.shift(HOUR)
    owner.log_in()
    owner.choose_key(NEW_KEY)


def test_RL1_key_changes_without_end_do_not_fill_the_mailbox_of_an_unconfirmed_address(
    crowded: Flask, site: Site, clock: time_machine.Traveller
) -> None:
    ben = site.person(crowded, "ben")
    before = len(ben.mails())
    for hour in range(12):
        for number in range(5):
            key = f"{NEW_KEY} {hour} {number}"
            form = {"current_key": ben.key, "new_key": key, "confirm_key": key}
            if ben.post("/profile/key", form).status_code == 303:
                ben.key = key
            ben.post("/confirm")
        clock.shift(HOUR)
        if not ben.is_logged_in:
            ben.log_in()
    assert len(ben.mails()) - before == 5


@pytest.mark.parametrize("htmx", [False, True])
def test_EM2_a_move_whose_undo_link_cannot_be_mailed_is_not_done(
    crowded: Flask, owner: Person, monkeypatch: pytest.MonkeyPatch, htmx: bool
) -> None:
    monkeypatch.setitem(rules.limits, "undo-mail", {"account": ((2, DAY),)})
    assert owner.ask_to_move("ann@new.example").status_code == 303
    link = owner.link("/email/confirm/", "ann@new.example")
    assert owner.ask_to_move("ann@old.example").status_code == 303  # voids that link
    link, before = owner.link("/email/confirm/", "ann@old.example"), snapshot(crowded)
    deeds: list[Callable[[], object]] = [
        lambda: owner.post("/profile/email", {"email": "ann@third.example"}, htmx=htmx),
        lambda: owner.post(link, htmx=htmx),
        lambda: owner.post("/profile/delete", {"current_key": owner.key}, htmx=htmx),
    ]
    for deed in deeds:
        answer = deed()
        assert answer.status_code == 429  # type: ignore[attr-defined]
        assert "the mail that could undo it cannot go out" in answer.text  # type: ignore[attr-defined]
        assert snapshot(crowded) == before
    assert owner.is_logged_in


@pytest.mark.parametrize("htmx", [False, True])
def test_EN5_a_move_whose_mail_cannot_be_sent_is_refused_alike_for_any_address(
    crowded: Flask,
    owner: Person,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
    htmx: bool,
) -> None:
    monkeypatch.setitem(rules.limits, "email", {})
    answers: dict[str, list[tuple[int, int]]] = {}
    for email in ("old@example.org", "who@example.org"):
        at(Person(crowded, email), "203.0.113.1").post("/signup", {"email": email})
        if email.startswith("who"):
            with crowded.app_context():
                removal.remove(people.by_email(email))
                db.session.commit()
        for _ in range(6):
            answer = owner.post("/profile/email", {"email": email}, htmx=htmx)
            answers.setdefault(email, []).append(
                (answer.status_code, int(answer.headers.get("Retry-After", 0)))
            )
            if answer.status_code == 429:
                assert NOT_SENT in answer.text
                assert "We have sent" not in answer.text
    assert answers["old@example.org"] == answers["who@example.org"]
    assert user_of(crowded, owner.email).pending_email is not None  # of what was sent
    assert [status for status, _ in answers["who@example.org"]][-1] == 429


@pytest.mark.parametrize("htmx", [False, True])
def test_EN3_a_new_user_is_told_when_no_mail_was_sent_and_can_get_it_later(
    crowded: Flask, htmx: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rules.limits, "sign-up-mail", {"account": ((1, DAY),)})
    for path in ("first", "second"):
        person = Person(crowded, "new@example.org")
        person.post("/signup", {"email": person.email}, htmx=htmx)
        page = person.get("/profile").text
        assert ("We have sent you a mail" in page) == (path == "first")
        assert ("We could not send you a mail yet" in page) == (path == "second")
        assert ("Our mail to" in page) == (path == "first")
        assert ("No mail of ours" in page) == (path == "second")
        if path == "first":
            with crowded.app_context():
                removal.remove(people.by_email(person.email))
                db.session.commit()
    before = len(person.mails())
    answer = person.post("/confirm", htmx=True).text
    assert "We have sent the mail again" in answer
    assert "Our mail to" in answer
    assert len(person.mails()) == before + 1


@pytest.mark.parametrize("htmx", [False, True])
def test_EN4_private_sign_up_says_that_nothing_was_sent_for_every_address(
    crowded: Flask, site: Site, htmx: bool
) -> None:
    change_settings(crowded, private_signup=True)
    told: dict[str, list[tuple[int, str]]] = {}
    for email in ("old@example.org", "new@example.org"):
        if email.startswith("old"):
            change_settings(crowded, private_signup=False)
            Person(crowded, email).post("/signup", {"email": email})
            change_settings(crowded, private_signup=True)
        else:
            Person(crowded, email).post("/signup", {"email": email}, htmx=htmx)
        stranger = Person(crowded, email)
        for _ in range(4):
            answer = stranger.post("/signup", {"email": email}, htmx=htmx)
            place = answer.headers.get("HX-Redirect") or answer.location or ""
            told.setdefault(email, []).append((answer.status_code, place))
            if answer.status_code == 429:
                assert NOT_SENT in answer.text
    assert told["old@example.org"] == told["new@example.org"]
    assert [status for status, _ in told["new@example.org"]][2:] == [429, 429]


def test_EN4_a_double_click_reveals_nothing_by_the_limit(crowded: Flask, owner: Person) -> None:
    change_settings(crowded, private_signup=True)
    told: dict[Any, Any] = {}
    for email in (owner.email, "never@example.org"):
        stranger = at(Person(crowded, email), f"203.0.113.{len(told)}")
        told[email] = [stranger.post("/signup", {"email": email}).status_code for _ in range(5)]
    known = told[owner.email]
    assert known[-1] == 429
    assert known == told["never@example.org"][: len(known)] or known == [303, 303, 429, 429, 429]


def test_EN4_private_sign_up_opens_no_account_whose_mail_cannot_be_sent(
    crowded: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_settings(crowded, private_signup=True)
    monkeypatch.setitem(rules.limits, "any-mail", {"account": ((1, DAY),)})
    person = Person(crowded, "new@example.org")
    person.post("/signup", {"email": person.email})
    before = len(rows_of(crowded, User))
    other = Person(crowded, "new@example.org")
    assert other.post("/signup", {"email": other.email}).status_code == 429
    assert len(rows_of(crowded, User)) == before


def test_a_confirmed_user_is_not_told_that_the_mail_was_sent_again(owner: Person) -> None:
    before = len(owner.mails())
    assert "Your email is confirmed already." in owner.post("/confirm", htmx=True).text
    owner.post("/confirm")
    assert "Your email is confirmed already." in owner.get("/profile").text
    assert len(owner.mails()) == before


def test_RL1_right_key_entries_and_exports_are_limited(crowded: Flask, owner: Person) -> None:
    entries = [owner.post("/key-entry", {"current_key": owner.key}).status_code for _ in range(31)]
    assert entries == [303] * 30 + [429]
    exports = [owner.get("/profile/export").status_code for _ in range(11)]
    assert exports == [200] * 10 + [429]
