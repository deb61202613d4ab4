"""Mail that is not about the account: who gets it, what the profile says, and the data."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask

from minimaluser import mail, outbox, parts
from minimaluser.database import transaction
from minimaluser.models import OutboxItem, people
from minimaluser.rules import rules
from minimaluser.security.bulletins import Bulletin
from minimaluser.services import services_of
from minimaluser.testing.client import Person
from minimaluser.testing.database import count, rows_of, user_of
from tests import club
from tests.test_mail import Tags
from tests.views.bulletins import NEWS, STOP, click, link, news, stopped


def test_the_text_and_the_html_of_the_mail_have_a_link_that_stops_it(
    app: Flask, ann: Person
) -> None:
    address = "http://localhost" + link(app, ann)
    sent = ann.mails()[0]
    assert sent.subject.startswith("A new badge")
    assert address in sent.text.splitlines()
    hrefs = [attributes.get("href") for tag, attributes in Tags(sent.html).found if tag == "a"]
    assert address in hrefs


def test_the_mailbox_of_development_shows_the_headers_that_stop_it(
    app: Flask, ann: Person, eve: Person
) -> None:
    address = "http://localhost" + link(app, ann)
    news_mail, *others = eve.get("/dev/mailbox.json").json
    assert news_mail["headers"] == {
        "List-Unsubscribe": f"<{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert not any(mail["headers"] for mail in others)
    page = eve.get("/dev/mailbox").text
    assert page.count("List-Unsubscribe-Post: List-Unsubscribe=One-Click") == 1
    assert page.count(f'List-Unsubscribe: &lt;<a href="{address}"') == 1


def test_other_mail_has_no_such_link(app: Flask, ann: Person) -> None:
    ann.ask_for_code()
    sent = ann.mails()[0]
    assert "Stop mail" not in sent.text + sent.html
    assert "//localhost/mail/" not in sent.text + sent.html


def test_EM3_it_goes_to_confirmed_addresses_only(app: Flask, ann: Person, ben: Person) -> None:
    assert news(app, ann.email, ben.email) == 1


def test_RL1_what_is_too_much_of_it_is_left_out(app: Flask, ann: Person) -> None:
    ((most, _),) = rules.limits["bulletin-mail"]["account"]
    assert news(app, *[ann.email] * (most + 2)) == most


def test_all_other_mail_goes_first(app: Flask, ann: Person, eve: Person) -> None:
    news(app, ann.email)
    eve.sign_up()
    waiting = rows_of(app, OutboxItem, OutboxItem.kind == "mail", OutboxItem.state == "waiting")
    first = min(waiting, key=lambda row: (row.urgency, row.id))
    last = max(waiting, key=lambda row: (row.urgency, row.id))
    assert (first.mail_class, last.mail_class) != ("bulletin", "proof")
    assert last.mail_class == "bulletin"


def test_what_waits_to_be_sent_goes_when_it_is_stopped(
    app: Flask, ann: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben.confirm()
    other = Bulletin("club/other", "Other news")
    with app.app_context(), transaction(), monkeypatch.context() as patched:
        patched.setattr(mail, "render_strictly", lambda name, **_: name)
        mail.send_bulletin(other, people.by_email(ann.email))
    news(app, ben.email)
    click(app, link(app, ann))
    left = [row for row in rows_of(app, OutboxItem, *NEWS) if row.state == outbox.WAITING]
    with app.app_context():
        names = [json.loads(outbox.delivery.unsealed(row))["name"] for row in left]
    assert sorted(names) == ["club/news", "club/other"]
    assert {row.user_id for row in left} == {user_of(app, p.email).id for p in (ann, ben)}


def test_the_profile_has_a_row_for_it(app: Flask, ann: Person) -> None:
    services_of(app).parts = tuple(p for p in parts.load() if not p.bulletins or p is club.part)
    page = ann.get("/profile").text
    assert "<h2>News of the club</h2>" in page
    (action,) = re.findall(r'action="(/mail/[^"]+/stop)"', page)
    assert ann.post(action).location == "/profile"
    page = ann.get("/profile").text
    assert "You have stopped it." in page
    (action,) = re.findall(r'action="(/mail/[^"]+/again)"', page)
    assert STOP in ann.post(action, htmx=True).text
    assert stopped(app) == []


def test_the_profile_has_no_row_while_no_part_brings_such_mail(app: Flask, ann: Person) -> None:
    services_of(app).parts = tuple(p for p in parts.load() if not p.bulletins)
    page = ann.get("/profile").text
    assert "/mail/" not in page
    assert STOP not in page


def test_DL1_what_is_stopped_is_exported_erased_and_comes_back(app: Flask, ann: Person) -> None:
    click(app, link(app, ann))
    exported = json.loads(ann.get("/profile/export").text)
    assert [row["name"] for row in exported["mail_stop"]] == ["club/news"]
    ann.leave()
    assert stopped(app) == []
    ann.post(ann.link("/closing/undo/"))
    assert stopped(app) == ["club/news"]
    before = count(app, OutboxItem, *NEWS)
    assert news(app, ann.email) == before


def test_a_bulletin_that_nothing_would_commit_is_an_error(app: Flask, ann: Person) -> None:
    with app.app_context():
        user = people.by_email(ann.email)
        with pytest.raises(RuntimeError, match="inside `transaction"):
            club.send_news(user)
