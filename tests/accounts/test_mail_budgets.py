"""The mails that an owner needs for recovery are always sent, whatever fills the mailbox."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from minimaluser.accounts import removal
from minimaluser.database import db
from minimaluser.lib import audit
from minimaluser.models import OutboxItem, User, people
from minimaluser.rules import rules
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.database import rows_of, snapshot, user_of
from minimaluser.testing.sites import Site
from tests.accounts.test_limits import at

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NEW = "seven green trains at noon"
NOT_SENT = "No mail was sent: this email address has had too many from us lately."


@pytest.fixture
def crowded(app: Flask) -> Flask:
    """The site as in production, without shared network addresses."""
    change_settings(app, rate_limit_crowd=1)
    return app


@pytest.fixture
def owner(crowded: Flask, site: Site) -> Person:
    return site.person(crowded, "ann")


def subjects(person: Person, email: str | None = None) -> list[str]:
    return [mail.subject for mail in person.mails(email)]


def number_of(person: Person, words: str, email: str | None = None) -> int:
    return sum(words in subject for subject in subjects(person, email))


def ask(app: Flask, email: str, network: str, *, htmx: bool = False) -> int:
    stranger = at(Person(app, email), network)
    return stranger.post("/forgot-key", {"email": email}, htmx=htmx).status_code


# --- Codes


def test_RL3_one_network_does_not_use_up_the_codes_that_others_may_ask_for(
    crowded: Flask, owner: Person, clock: time_machine.Traveller
) -> None:
    answers = []
    for _ in range(6):
        answers += [ask(crowded, owner.email, "203.0.113.1") for _ in range(2)]
        clock.shift(HOUR)
    assert answers.count(303) == 4
    assert ask(crowded, owner.email, "203.0.113.2") == 303


def test_RL3_after_a_flood_of_strangers_one_code_per_hour_is_still_sent(
    crowded: Flask, owner: Person, clock: time_machine.Traveller
) -> None:
    numbers = iter(range(250))
    for _ in range(3):
        for _ in range(12):
            ask(crowded, owner.email, f"203.0.113.{next(numbers)}")
        clock.shift(HOUR)
    assert number_of(owner, "code") == 5 + 3
    assert ask(crowded, owner.email, f"203.0.113.{next(numbers)}") == 303


def test_RL3_each_of_the_owners_browsers_has_codes_of_its_own(
    crowded: Flask, owner: Person
) -> None:
    """Otherwise a thief's browser, which has logged in with the key, would use up all."""
    phone, thief = owner.elsewhere(), owner.elsewhere()
    for browser in (phone, thief):
        browser.log_in()
        browser.log_out()
    for _ in range(4):
        thief.post("/forgot-key", {"email": owner.email})
    for number in range(7):
        ask(crowded, owner.email, f"203.0.113.{number}")
    assert phone.use_code(*phone.ask_for_code(), NEW).status_code == 303


def test_RL3_a_user_who_is_logged_in_is_known_when_asking_for_a_code(
    crowded: Flask, owner: Person
) -> None:
    owner.client.delete_cookie("mu_browser")
    for number in range(7):
        ask(crowded, owner.email, f"203.0.113.{number}")
    assert owner.post("/forgot-key", {"email": owner.email}).status_code == 303
    assert owner.post("/forgot-key", {"email": "ben@example.org"}).status_code == 303
    for number in range(7):
        ask(crowded, "ben@example.org", f"203.0.113.{number}")
    assert owner.post("/forgot-key", {"email": "ben@example.org"}).status_code == 429


@pytest.mark.parametrize("scope", ["network", "site"])
def test_RL3_a_crowd_does_not_lock_known_browsers_out_of_forgot_and_code_but_is_an_alarm(
    crowded: Flask, owner: Person, scope: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, laptop = owner.elsewhere(), owner.elsewhere()
    phone.log_in()
    phone.log_out()
    laptop.client.environ_base["REMOTE_ADDR"] = phone.client.environ_base["REMOTE_ADDR"]
    for action in ("forgot-key", "code"):
        monkeypatch.setitem(rules.limits, action, {scope: ((1, HOUR),)})
    laptop.ask_for_code("somebody@example.org")
    assert laptop.post("/forgot-key", {"email": owner.email}).status_code == 429
    said: list[tuple[int, Any]] = []
    monkeypatch.setattr(audit, "note", lambda _, level=0, **more: said.append((level, more)))
    flow = phone.ask_for_code()
    alarm = (logging.ERROR if scope == "site" else logging.WARNING, "forgot-key")
    assert alarm in [(level, more.get("action")) for level, more in said]
    assert phone.use_code(flow[0], "000000", NEW).status_code == 422
    assert phone.use_code(*flow, NEW).status_code == 303


def test_RL3_limits_of_the_whole_site_are_alarms_at_log_in_and_forgot_key_and_lock_nobody_out(
    crowded: Flask, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crowd of strangers, and then an owner with an unknown browser."""
    for action in ("forgot-key", "log-in"):
        assert "alarm" in rules.limits[action]
        assert "site" not in rules.limits[action]
        monkeypatch.setitem(rules.limits, action, {"alarm": ((2, HOUR),)})
    for number in range(3):
        ask(crowded, f"nobody-{number}@example.org", f"203.0.113.{number}")
        wrong = {"email": f"nobody-{number}@example.org", "key": "wrong"}
        Person(crowded, "x@example.org").post("/login", wrong)
    said: list[tuple[int, Any]] = []
    monkeypatch.setattr(audit, "note", lambda _, level=0, **more: said.append((level, more)))
    owner.elsewhere().reset_key(NEW)
    assert owner.elsewhere().log_in(NEW).status_code == 303
    alarms = {more["action"] for level, more in said if level == logging.ERROR}
    assert alarms == {"forgot-key", "log-in"}


def test_EM5_a_thief_who_changes_the_key_is_undone_by_the_link_in_the_notice(
    app: Flask, owner: Person
) -> None:
    thief = owner.elsewhere()
    thief.log_in()
    thief.choose_key("the thief chose this one")
    assert not owner.is_logged_in
    assert owner.post(owner.link("/email/undo/")).status_code == 303
    assert not thief.is_logged_in
    assert thief.log_in().status_code == 422
    owner.reset_key()
    assert owner.log_in().status_code == 303


def test_RL3_after_an_undo_the_owner_has_all_codes_even_if_a_thief_used_them_up(
    crowded: Flask, owner: Person
) -> None:
    for _ in range(2):
        thief = owner.elsewhere()
        thief.log_in()
        for _ in range(4):
            thief.post("/forgot-key", {"email": owner.email})
    thief.ask_to_move("thief@evil.example")
    thief.post(thief.link("/email/confirm/", "thief@evil.example"))
    assert owner.post(owner.link("/email/undo/")).status_code == 303
    owner.reset_key()
    assert owner.log_in().status_code == 303


def test_RL1_forged_links_from_a_network_do_not_block_valid_ones(
    crowded: Flask, owner: Person
) -> None:
    owner.ask_to_move("owner@new.example")
    neighbour = owner.elsewhere()
    neighbour.client.environ_base["REMOTE_ADDR"] = owner.client.environ_base["REMOTE_ADDR"]
    token = neighbour.token()
    answers = [
        neighbour.post("/email/undo/AAAA.BBBB.CCCC", token=token).status_code for _ in range(32)
    ]
    assert (answers[0], answers[-1]) == (400, 429)
    assert owner.post(owner.link("/email/undo/")).status_code == 303


def test_RL3_every_limit_of_the_whole_site_is_known_here() -> None:
    """If you add one, say how known browsers get past it."""
    known_get_past = {
        "code": "see above",
        "sign-up": "is for nobody who is known",
    }
    assert {name for name, scopes in rules.limits.items() if "site" in scopes} == {*known_get_past}


# --- What a thief does with the key


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
    assert phone.use_code(*phone.ask_for_code(), NEW).status_code == 303
    assert phone.log_in(NEW).status_code == 303
    classes = {row.mail_class for row in rows_of(crowded, OutboxItem)}
    assert classes >= {"code", "undo", "proof"}


def test_RL3_log_ins_of_a_thief_do_not_lock_out_the_owners_browser(
    crowded: Flask, owner: Person
) -> None:
    phone = owner.elsewhere()
    phone.log_in()
    phone.log_out()
    for number in range(31):
        last = at(owner.elsewhere(), f"203.0.113.{number}").log_in().status_code
    assert last == 429
    assert phone.log_in().status_code == 303


def test_RL1_a_known_browser_logs_in_thirty_times_an_hour(
    crowded: Flask, owner: Person, clock: time_machine.Traveller
) -> None:
    phone = owner.elsewhere()
    phone.log_in()
    answers = []
    for _ in range(31):
        phone.log_out()
        answers.append(phone.log_in().status_code)
    assert answers == [303] * 30 + [429]
    clock.shift(HOUR)
    assert phone.log_in().status_code == 303


def test_RL5_right_keys_above_the_limit_do_not_count_as_wrong_ones(
    crowded: Flask, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rules.limits, "log-in-done", {"account": ((1, MINUTE),)})
    monkeypatch.setitem(rules.limits, "wrong-keys", {"account": ((3, DAY),)})
    phone = owner.elsewhere()
    for _ in range(9):
        phone.elsewhere().log_in()
    assert phone.log_in("not the key").status_code == 422


def test_RL1_the_key_is_changed_five_times_an_hour(
    crowded: Flask, owner: Person, clock: time_machine.Traveller
) -> None:
    for number in range(4):  # the fifth was when Ann came
        owner.choose_key(f"{NEW} {number}")
    before = snapshot(crowded)
    form = {"current_key": owner.key, "new_key": NEW, "confirm_key": NEW}
    for htmx in (False, True):
        answer = owner.post("/profile/key", form, htmx=htmx)
        assert answer.status_code == 429
        assert "That was too often." in answer.text
    assert snapshot(crowded)["users"] == before["users"]
    clock.shift(HOUR)
    owner.log_in()
    owner.choose_key(NEW)


def test_RL1_key_changes_without_end_do_not_fill_the_mailbox_of_an_unconfirmed_address(
    crowded: Flask, site: Site, clock: time_machine.Traveller
) -> None:
    ben = site.person(crowded, "ben")
    before = len(ben.mails())
    for hour in range(12):
        for number in range(5):
            key = f"{NEW} {hour} {number}"
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


# --- No page says that a mail was sent when none was


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


# --- Crowds of other accounts, and a thief who tries everything


def test_RL3_a_former_key_holder_cannot_lock_out_an_owner_who_uses_the_new_device_link(
    crowded: Flask, owner: Person
) -> None:
    phone, laptop = owner.elsewhere(), at(owner.elsewhere(), "192.0.2.9")
    phone.log_in()
    phone.log_out()
    thieves = [at(owner.elsewhere(), f"203.0.113.{number}") for number in range(3)]
    for thief in thieves:
        thief.log_in()
        thief.log_out()
    for browser in thieves * 5:
        browser.post("/forgot-key", {"email": owner.email})
        browser.log_in("not the key")
    for number in range(12):
        stranger = at(Person(crowded, owner.email), f"198.51.100.{number}")
        stranger.post("/forgot-key", {"email": owner.email})
        stranger.log_in("not the key")
    assert [phone.log_in().status_code, laptop.log_in().status_code] == [429, 429]
    assert phone.post("/forgot-key", {"email": owner.email}).status_code == 429
    assert number_of(owner, "A new device") >= 1
    assert laptop.post(owner.link("/email/undo/")).status_code == 303
    assert laptop.use_code(*laptop.ask_for_code(), NEW).status_code == 303
    assert laptop.log_in(NEW).status_code == 303
    assert thieves[0].log_in().status_code != 303


def test_RL1_right_key_entries_and_exports_are_limited(crowded: Flask, owner: Person) -> None:
    entries = [owner.post("/key-entry", {"current_key": owner.key}).status_code for _ in range(31)]
    assert entries == [303] * 30 + [429]
    exports = [owner.get("/profile/export").status_code for _ in range(11)]
    assert exports == [200] * 10 + [429]
