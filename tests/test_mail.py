"""Every mail: whom it goes to, what it says, and what it must not say."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask

from minimaluser import mail, outbox
from minimaluser.database import db
from minimaluser.lib import clock as now
from minimaluser.lib import environment
from minimaluser.mailer import contract
from minimaluser.mailer import settings as mailer_settings
from minimaluser.models import Hit, OutboxItem, User
from minimaluser.rules import rules
from minimaluser.security import mails
from minimaluser.settings import ROOT, SITE_NAME
from minimaluser.testing.client import Person
from minimaluser.testing.database import rows_of, user_of
from minimaluser.testing.patterns import KEY_TEXT

pytestmark = pytest.mark.once

KEY, CODE = "abcde-fghij-kmnpq-rstuv", "012345"
LINK = "http://localhost/confirm/" + "eyJhbGciOiJIUzI1NiJ9." * 12
NEW, OLD = "new@example.org", "old@example.org"
EVIL = "Ann <b>&\"'</b> {{7*191*191}}"

Sender = Callable[[User], None]
MAILS: dict[str, tuple[Sender, str, str]] = {
    "confirmation": (lambda u: mail.send_confirmation(u, KEY, LINK), "", "Confirm your email"),
    "confirmation, own key": (
        lambda u: mail.send_confirmation(u, None, LINK),
        "",
        "Confirm your email",
    ),
    "key_reset_code": (lambda u: mail.send_key_reset_code(u, CODE, LINK), "", "Your code"),
    "key_reset_done": (mail.send_key_reset_done, "", "access key was reset"),
    "key_changed": (lambda u: mail.send_key_changed(u, LINK), "", "access key was changed"),
    "email_change": (
        lambda u: mail.send_email_change(u, NEW, KEY, LINK),
        NEW,
        "Confirm your new email",
    ),
    "email_change_notice": (
        lambda u: mail.send_email_change_notice(u, NEW, LINK),
        "",
        "Somebody asked to change",
    ),
    "email_changed": (lambda u: mail.send_email_changed(u, OLD, LINK), OLD, "email was changed"),
    "email_undone": (mail.send_email_undone, "", "was undone"),
    "email_returned": (lambda u: mail.send_email_returned(u, NEW), NEW, "went back"),
    "email_taken": (mail.send_email_taken, "", "Somebody tried to use your email"),
    "account_deleted": (
        lambda u: mail.send_account_deleted(u.email, u.nickname, LINK, is_proved=True),
        "",
        "account was deleted",
    ),
    "account_restored": (mail.send_account_restored, "", "account is back"),
    "wrong_keys": (mail.send_wrong_keys, "", "wrong access key"),
    "new_device": (
        lambda u: mail.send_new_device(u, "Firefox on Linux", "192.0.2.0", lambda: LINK),
        "",
        "A new device",
    ),
}
STANDS_ALONE = {
    "confirmation": (KEY, LINK),
    "confirmation, own key": (LINK,),
    "key_reset_code": (CODE, LINK),
    "email_change": (KEY, LINK),
    "email_change_notice": (LINK,),
    "email_changed": (LINK,),
    "key_changed": (LINK,),
    "new_device": (LINK,),
    "account_deleted": (LINK,),
}
NOTICES = [
    "key_reset_done",
    "key_changed",
    "email_change_notice",
    "email_changed",
    "email_undone",
    "email_returned",
    "email_taken",
    "account_deleted",
    "account_restored",
    "wrong_keys",
    "new_device",
]


class Tags(HTMLParser):
    """The tags of a page, in order, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def sent(app: Flask, name: str, **user: Any) -> dict[str, Any]:
    with app.app_context():
        ann = db.session.scalar(db.select(User).where(User.email == "ann@example.org"))
        for column, value in user.items():
            setattr(ann, column, value)
        MAILS[name][0](ann)
        db.session.commit()
        return outbox.mailbox()[0]


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_goes_to_the_right_address_under_a_subject_of_one_line(
    app: Flask, name: str
) -> None:
    found = sent(app, name)
    assert found["to"] == (MAILS[name][1] or "ann@example.org")
    assert MAILS[name][2] in found["subject"]
    assert "\n" not in found["subject"]
    assert SITE_NAME in found["subject"]
    assert len(found["subject"]) <= 78


@pytest.mark.parametrize("name", STANDS_ALONE)
def test_key_code_and_link_stand_alone_on_a_line_of_the_text(app: Flask, name: str) -> None:
    lines = sent(app, name)["text"].splitlines()
    for secret in STANDS_ALONE[name]:
        assert lines.count(secret) == 1


@pytest.mark.parametrize("name", STANDS_ALONE)
def test_the_html_says_the_same(app: Flask, name: str) -> None:
    html = sent(app, name)["html"]
    hrefs = [attributes.get("href") for tag, attributes in Tags(html).found if tag == "a"]
    for secret in STANDS_ALONE[name]:
        assert secret in html
        if secret == LINK:
            assert LINK in hrefs


@pytest.mark.parametrize("name", MAILS)
def test_every_link_in_the_list_leads_to_this_site(app: Flask, name: str) -> None:
    found = sent(app, name)
    assert all(link.startswith("http://localhost/") for link in found["links"])
    assert (LINK in found["links"]) == (LINK in STANDS_ALONE.get(name, ()))


@pytest.mark.parametrize("name", NOTICES)
def test_EM2_no_notice_holds_a_key_or_a_code(app: Flask, name: str) -> None:
    found = sent(app, name)
    for part in (found["text"], found["html"], found["subject"]):
        assert not re.search(KEY_TEXT, part)
        assert not re.search(r"^\s*\d{6}\s*$", part, re.MULTILINE)


@pytest.mark.parametrize("name", MAILS)
def test_ML7_the_html_loads_nothing_and_runs_nothing(app: Flask, name: str) -> None:
    for tag, attributes in Tags(sent(app, name)["html"]).found:
        assert tag not in {"img", "script", "link", "iframe", "object", "form", "style", "video"}
        assert not any(attribute.startswith("on") for attribute in attributes)
        assert "url(" not in (attributes.get("style") or "")


@pytest.mark.parametrize("name", MAILS)
def test_ML7_a_nickname_is_text_and_never_markup(app: Flask, no_limits: None, name: str) -> None:
    usual = Tags(sent(app, name, nickname="plain name")["html"]).found
    evil = sent(app, name, nickname=EVIL)
    assert Tags(evil["html"]).found == usual
    assert str(7 * 191 * 191) not in evil["text"]
    assert "&lt;" not in evil["text"]


@pytest.mark.parametrize("name", MAILS)
def test_the_nickname_of_an_unconfirmed_address_is_not_mailed_since_anybody_may_have_written_it(
    app: Flask, name: str
) -> None:
    if name == "account_deleted":  # see accounts/test_closing.py
        return
    found = sent(app, name, nickname="Buy cheap pills", confirmed_at=None)
    assert "pills" not in found["text"] + found["html"] + found["subject"]


@pytest.mark.parametrize("name", ["email_change", "confirmation"])
def test_a_person_who_only_asks_cannot_write_into_a_mail_to_a_stranger(
    app: Flask, name: str
) -> None:
    """The owner of a new address may never have heard of this site."""
    if name == "confirmation":
        found = sent(app, name, nickname="http://evil.example", confirmed_at=None)
    else:
        found = sent(app, name, nickname="http://evil.example")
    assert "evil" not in found["text"] + found["html"]


@pytest.mark.parametrize("name", MAILS)
def test_no_line_of_the_text_is_longer_than_a_link(app: Flask, name: str) -> None:
    for line in sent(app, name)["text"].splitlines():
        assert len(line) <= 76 or line == LINK
        assert line == line.rstrip() or line == "-- "


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_says_why_one_gets_it_and_what_to_do_if_it_was_not_oneself(
    app: Flask, name: str
) -> None:
    text = " ".join(sent(app, name)["text"].split())
    assert "You get this mail because" in text
    assert "not you" in text or "do nothing" in text


LIVES: dict[str, timedelta] = {
    "confirmation": rules.confirm,
    "key_reset_code": rules.code,
    "email_change": rules.change_email,
    "email_change_notice": rules.undo_email,
    "email_changed": rules.undo_email,
    "account_deleted": rules.undo_closing,
    "key_changed": rules.undo_email,
    "key_reset_done": rules.mail_waits,
}


@pytest.mark.parametrize("name", LIVES)
def test_ML4_a_mail_lives_as_long_as_the_link_in_it(app: Flask, name: str) -> None:
    sent(app, name)
    row = rows_of(app, OutboxItem)[-1]
    assert abs(row.expires_at - now.now() - LIVES[name]) < timedelta(seconds=30)


def test_a_mail_belongs_to_its_user_except_goodbye(app: Flask) -> None:
    identity = user_of(app, "ann@example.org").id
    sent(app, "key_changed")
    assert rows_of(app, OutboxItem)[-1].user_id == identity
    sent(app, "account_deleted")
    assert rows_of(app, OutboxItem)[-1].user_id is None


def test_every_mail_has_three_parts_its_states_and_a_function(app: Flask) -> None:
    folder = ROOT / "templates" / "email"
    names = {path.parent.name for path in folder.glob("*/*.txt")}  # what parts send lies deeper
    for name in names:
        files = {path.name for path in (folder / name).iterdir()}
        assert files == {"subject.txt", "body.txt", "body.html", "body.toml"}
        assert callable(getattr(mail, f"send_{name}"))
    assert names == {name.partition(",")[0] for name in MAILS}
    assert names == mails.KINDS.keys() - {contract.BULLETIN}  # or it could not be sent


@pytest.mark.parametrize("name", MAILS)
def test_RL1_every_mail_has_a_class_and_is_counted_for_its_recipient(
    app: Flask, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = mails.KINDS[name.partition(",")[0]]
    assert kind.mail_class in contract.CLASSES
    for budget in kind.budgets:
        monkeypatch.setitem(rules.limits, budget, {"account": ((1, timedelta(hours=1)),)})
    with app.app_context():  # Ann's own sign-up
        db.session.execute(db.delete(Hit))
        db.session.commit()
    sent(app, name)
    assert rows_of(app, OutboxItem)[-1].mail_class == kind.mail_class
    before = len(rows_of(app, OutboxItem))
    refused = pytest.raises(mails.NoMail, match="again in")
    with nullcontext() if kind.courtesy else refused:
        for _ in range(2):  # a second code goes as one of the hourly ones
            sent(app, name)
    assert len(rows_of(app, OutboxItem)) <= before + (kind.mail_class == contract.CODE)


@pytest.mark.parametrize("mail_class", contract.CLASSES)
def test_RL1_the_mailer_holds_nothing_back_that_the_site_lets_go(mail_class: str) -> None:
    usual = {each.name: each.default for each in environment.table(mailer_settings.Settings)}
    held_back_at = int(usual["MAILER_RECIPIENT_A_DAY"]) * contract.CLASSES[mail_class]
    assert 0 < mails.most_a_day(mail_class) <= held_back_at


def test_EM3_no_notice_goes_to_an_address_that_is_not_confirmed(app: Flask, ben: Person) -> None:
    """It may be a stranger's, whose mail somebody else would fill."""
    before = len(rows_of(app, OutboxItem))
    ben.choose_key("seven green trains at noon")
    new = rows_of(app, OutboxItem)[before:]
    assert [row.mail_class for row in new] == [contract.PROOF]
