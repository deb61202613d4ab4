"""For development only: the built-in mailbox."""

from __future__ import annotations

import pytest
from flask import Flask

from minimaluser.testing.client import Person

FIELDS = {"id", "to", "subject", "text", "html", "links", "headers", "created_at"}
PATHS = [
    "/dev/mailbox",
    "/dev/mailbox.json",
    "/dev/gallery",
    "/dev/reload",
    "/dev/reload.js",
    "/dev/mailbox/x",
    "/dev/gallery/states.json",
    "/dev/gallery/state/login/refused/guest",
    "/dev/gallery/gallery.js",
    "/dev/test/clock",
    "/dev/test/people",
    "/dev/test/faults",
]


def test_the_mailbox_shows_the_newest_mail_first(eve: Person, ann: Person) -> None:
    mails = eve.get("/dev/mailbox.json").json
    assert all(set(mail) == FIELDS for mail in mails)
    times = [mail["created_at"] for mail in mails]
    assert times == sorted(times, reverse=True)
    assert mails[0]["to"] == ann.email
    page = eve.get("/dev/mailbox").text
    assert page.index(mails[0]["subject"]) < page.rindex(mails[-1]["subject"])


def test_a_link_in_the_list_works(eve: Person, ben: Person) -> None:
    mail = next(m for m in eve.get("/dev/mailbox.json").json if m["to"] == ben.email)
    link = next(link for link in mail["links"] if "/confirm/" in link)
    assert eve.open(link.removeprefix("http://localhost")).status_code == 200


def test_the_html_of_a_mail_is_shown_under_the_rules_of_a_mail_program(eve: Person) -> None:
    mail = eve.get("/dev/mailbox.json").json[0]
    answer = eve.get(f"/dev/mailbox/{mail['id']}")
    assert answer.text == mail["html"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert eve.get("/dev/mailbox/unknown").status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_AZ1_in_production_none_of_this_exists(production: Flask, path: str) -> None:
    answer = production.test_client().get(path, base_url="https://mu.example")
    assert answer.status_code == 404
    assert not [rule for rule in production.url_map.iter_rules() if rule.rule.startswith("/dev")]
