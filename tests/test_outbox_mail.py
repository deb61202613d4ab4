"""Mails and files in the outbox: sealed, late, given up, wiped, in the mailbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from minimaluser import accounts, files, mail, outbox
from minimaluser.database import db
from minimaluser.lib import sealing
from minimaluser.mailer import contract
from minimaluser.models import OutboxItem, people
from minimaluser.outbox import delivery
from minimaluser.rules import DAY, rules
from minimaluser.security import mails
from minimaluser.settings import settings_of
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.database import rows_of, user_of, work
from tests.queued import item, put, refuse, send, work_once


def test_codes_and_undo_links_leave_before_what_can_wait(
    empty: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, int]] = []
    for kind in ("mail", "tile_remove"):
        monkeypatch.setitem(
            delivery.DOERS, kind, lambda row: done.append((row.mail_class, row.urgency))
        )
    put(empty)
    with empty.app_context():
        ann = people.by_email("ann@example.org")
        mail.send_email_taken(ann)
        mail.send_key_reset_done(ann)
        mail.send_email_change(ann, "ann@new.example", "key", "https://x")
        for _ in range(2):
            mail.send_email_changed(ann, ann.email, "https://x")
            db.session.flush()
        ben = people.by_email("ben@example.org")  # never confirmed
        mail.send_key_reset_code(ben, "2", "https://x")
        for again in (1, 0):
            mail.send_key_reset_code(ann, f"{again}", "https://x", again=again)
        db.session.commit()
    work(empty)
    assert done == [
        ("undo", 0),
        ("code", 1),
        ("undo", 2),  # nobody waits for somebody's second one
        ("code", 3),
        ("code", 18),  # a stranger can sign up with as many addresses as they like
        ("proof", 26),
        ("notice", 34),
        ("news", 42),
        ("", 50),  # a store that is away keeps no mail waiting
    ]


def test_ML4_a_mail_with_an_undo_link_is_tried_as_long_as_the_link_is_good(
    empty: Flask, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: OutboxItem) -> None:
        raise ConnectionError("the mailer is away")

    with empty.app_context():
        ann = people.by_email("ann@example.org")
        mail.send_email_changed(ann, ann.email, "https://x")
        mail.send_account_deleted(ann.email, ann.nickname, "https://x", is_proved=True)
        db.session.commit()
    with monkeypatch.context() as trouble:
        trouble.setitem(delivery.DOERS, "mail", away)
        for hours in (0, 25, 46):
            clock.shift(hours * 3600)
            work(empty)
    clock.shift(600)
    work(empty)
    assert {row.state for row in rows_of(empty, OutboxItem)} == {outbox.DONE}


def test_ML5_a_mail_is_sealed_in_its_row(empty: Flask) -> None:
    row = send(empty)
    assert b"012345" not in row.sealed
    assert b"ann@example.org" not in row.sealed
    assert "012345" in sealing.unseal(settings_of(empty).session_secret, row.sealed)


def test_ML4_a_mail_that_is_too_late_is_never_sent(
    empty: Flask, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setitem(delivery.DOERS, "mail", lambda row: sent.append(row.id))
    row = send(empty)
    clock.shift(rules.code)
    work(empty)
    assert sent == []
    dead = item(empty, row.id)
    assert (dead.state, dead.problem, dead.sealed) == (outbox.DEAD, "expired", None)


def test_a_mail_given_up_is_not_tried_again(
    empty: Flask, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(delivery.DOERS, "mail", refuse)
    row = send(empty)
    work(empty)
    clock.shift(timedelta(seconds=1))
    assert work_once(empty) is False
    dead = item(empty, row.id)
    assert (dead.state, dead.problem) == (outbox.DEAD, "no such mailbox")


def test_a_mail_given_up_can_be_sent_again_by_hand(
    empty: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = send(empty)
    with monkeypatch.context() as trouble:
        trouble.setitem(delivery.DOERS, "mail", refuse)
        work(empty)
    with empty.app_context():
        assert [found.id for found in outbox.unfinished()] == [row.id]
        assert outbox.retry(row.id) is True
        assert outbox.retry(row.id) is False
    work(empty)
    assert item(empty, row.id).state == outbox.DONE


def test_ML5_a_mail_that_was_too_late_cannot_be_sent_again(
    empty: Flask, clock: time_machine.Traveller
) -> None:
    row = send(empty)
    clock.shift(DAY)
    work(empty)
    with empty.app_context():
        assert outbox.retry(row.id) is False


def test_ML5_a_dead_mail_past_its_time_is_wiped_by_the_purge(
    empty: Flask, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(delivery.DOERS, "mail", refuse)
    row = send(empty)
    work(empty)
    clock.shift(rules.code + timedelta(seconds=1))
    with empty.app_context():
        accounts.purge()
    assert item(empty, row.id).sealed is None


def test_the_mailbox_keeps_what_was_sent(empty: Flask, ann: Person) -> None:
    send(empty)
    assert len(ann.mails()) == 1  # also before the worker comes
    work(empty)
    assert len(ann.mails()) == 1


def test_ML5_with_a_mailer_the_content_is_wiped_once_it_is_sent(
    empty: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_settings(empty, mailer_url="http://127.0.0.1:9")
    monkeypatch.setitem(delivery.DOERS, "mail", lambda _: None)
    row = send(empty)
    work(empty)
    assert item(empty, row.id).state == outbox.DONE
    assert item(empty, row.id).sealed is None


def test_the_mailbox_shows_the_newest_mail_first(empty: Flask) -> None:
    send(empty)
    send(empty, "ben@example.org")
    with empty.app_context():
        assert [found["to"] for found in outbox.mailbox()] == ["ben@example.org", "ann@example.org"]


def test_OP1_after_a_rotation_old_mail_can_still_be_read(empty: Flask) -> None:
    send(empty)
    change_settings(empty, session_secret=["n" * 48, *settings_of(empty).session_secret])
    with empty.app_context():
        assert len(outbox.mailbox()) == 1


def test_a_tile_is_kept_by_the_storage_and_no_longer_by_the_database(
    empty: Flask, ann: Person
) -> None:
    ann.post("/profile/tile", {"seed": "0123456789abcdef"})
    user = user_of(empty, ann.email)
    work(empty)
    with empty.app_context():
        kept = files.storage().read(files.tile_path(user.tile_name))
    assert kept == user.tile_svg.encode()
    assert user_of(empty, ann.email).tile_svg is None


def test_a_tile_that_was_replaced_meanwhile_is_not_stored(empty: Flask, ann: Person) -> None:
    ann.post("/profile/tile", {"seed": "0123456789abcdef"})
    old = user_of(empty, ann.email).tile_name
    ann.post("/profile/tile", {"seed": "fedcba9876543210"})
    work(empty)
    with empty.app_context():
        assert not files.storage().exists(files.tile_path(old))
    assert user_of(empty, ann.email).tile_svg is None


def test_a_tile_changed_while_it_is_stored_stays_in_the_database(
    empty: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.post("/profile/tile", {"seed": "0123456789abcdef"})
    with empty.app_context():
        store = files.storage()
    write: Callable[..., None] = store.write

    def slowly(*arguments: object) -> None:
        write(*arguments)
        monkeypatch.undo()
        ann.post("/profile/tile", {"seed": "fedcba9876543210"})

    monkeypatch.setattr(store, "write", slowly)
    assert work_once(empty)
    while user_of(empty, ann.email).tile_seed != "fedcba9876543210":
        assert work_once(empty)
    user = user_of(empty, ann.email)
    assert user.tile_svg is not None
    assert ann.get(f"/tiles/{user.tile_name}.svg").text == user.tile_svg


@pytest.mark.parametrize("mail_class", contract.CLASSES)
@pytest.mark.parametrize("is_proved", [True, False])
def test_every_mail_goes_before_every_file(mail_class: str, is_proved: bool) -> None:
    """A store that is away keeps no mail waiting, however many of somebody's there are."""
    ours = [mails.urgency(mail_class, again, is_proved=is_proved) for again in (0, 1, 99)]
    assert ours == sorted(ours)
    assert max(ours) < OutboxItem.__table__.c.urgency.default.arg
    essential = is_proved and mail_class in contract.ESSENTIALS
    assert [mails.is_essential(one) for one in ours] == [essential] * 3
