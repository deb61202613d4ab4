"""The cookie choice (PR1 to PR3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from minimaluser.parts import Part
from minimaluser.rules import rules
from minimaluser.services import services_of
from minimaluser.settings import WHEN_NEEDED
from minimaluser.testing.answers import plain
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from tests.lib.test_text import OUTSIDE

COOKIE = "mu_consent"


def banner_is_shown(person: Person) -> bool:
    return 'id="cookie-banner"' in person.get("/").text


def test_PR1_before_a_choice_there_is_only_the_necessary_cookie(eve: Person) -> None:
    for path in ("/", "/about", "/signup", "/login", "/privacy-notice"):
        answer = eve.get(path)
        names = {c.split("=")[0] for c in answer.headers.getlist("Set-Cookie")}
        assert names <= {"mu_session"}


def test_PR1_where_there_is_nothing_to_choose_the_banner_asks_nobody(
    app: Flask, eve: Person
) -> None:
    change_settings(app, cookie_banner=WHEN_NEEDED)
    assert not banner_is_shown(eve)
    assert "Cookie settings" in eve.get("/").text
    assert "Speculation-Rules" in eve.get("/").headers
    services_of(app).parts += (Part(optional_cookies=("visits",)),)
    assert banner_is_shown(eve)
    assert "Speculation-Rules" not in eve.get("/").headers
    eve.post("/cookies", {})
    assert not banner_is_shown(eve)


def test_PR2_the_banner_offers_yes_and_no_alike(eve: Person) -> None:
    banner = eve.get("/").text.partition('id="cookie-banner"')[2].partition("</section>")[0]
    yes, no = "Agree to all</button>", "Necessary only</button>"
    assert yes in banner
    assert no in banner
    classes = [banner.partition(words)[0].rpartition('class="')[2] for words in (yes, no)]
    assert classes[0] == classes[1]


def test_PR2_nothing_is_ticked_beforehand(eve: Person) -> None:
    form = plain(eve.get("/cookies", htmx=True).text)
    box = form.partition('name="analysis"')
    around = box[0].rpartition("<")[2] + box[2].partition(">")[0]
    assert "checked" not in around


@pytest.mark.parametrize(("form", "agreed"), [({"analysis": "y"}, True), ({}, False)])
@pytest.mark.parametrize("htmx", [False, True])
def test_the_choice_is_kept_and_the_banner_disappears(
    eve: Person, form: dict[str, str], agreed: bool, htmx: bool
) -> None:
    assert banner_is_shown(eve)
    answer = eve.post("/cookies", form, htmx=htmx)
    if htmx:
        assert answer.status_code == 200
        assert "Your cookie choice is saved" in answer.text
        assert "<html" not in answer.text
    else:
        assert (answer.status_code, answer.location) == (303, "/")
        assert "Your cookie choice is saved" in eve.get("/").text
    assert not banner_is_shown(eve)
    assert ("checked" in box_of(eve)) is agreed


def box_of(person: Person) -> str:
    before, _, after = person.get("/cookies", htmx=True).text.partition('name="analysis"')
    return before.rpartition("<")[2] + after.partition(">")[0]


def test_PR2_a_choice_can_be_withdrawn_as_easily(eve: Person) -> None:
    eve.post("/cookies", {"analysis": "y"})
    assert "checked" in box_of(eve)
    eve.post("/cookies", {})
    assert "checked" not in box_of(eve)
    assert not banner_is_shown(eve)


def test_SE2_with_tls_the_choice_is_sent_only_over_tls(app: Flask, eve: Person) -> None:
    for secure, name in ((False, COOKIE), (True, f"__Host-{COOKIE}")):  # whatever the proxy says
        app.config["SESSION_COOKIE_SECURE"] = secure
        sent = eve.post("/cookies").headers.getlist("Set-Cookie")
        assert [("Secure" in line) for line in sent if line.startswith(f"{name}=")] == [secure]


def test_SE2_the_cookie_is_for_this_site_and_not_for_scripts(eve: Person) -> None:
    answer = eve.post("/cookies", {"analysis": "y"})
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert f"Max-Age={182 * 86400}" in cookie


def test_PR3_the_choice_is_asked_for_again_with_a_new_policy(
    eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    eve.post("/cookies", {"analysis": "y"})
    monkeypatch.setattr(rules, "policy_version", "2030-01")
    assert banner_is_shown(eve)
    assert "checked" not in box_of(eve)


def test_PR3_the_choice_is_asked_for_again_after_half_a_year(
    eve: Person, clock: time_machine.Traveller
) -> None:
    eve.post("/cookies", {"analysis": "y"})
    clock.shift(timedelta(days=181))
    assert not banner_is_shown(eve)
    clock.shift(timedelta(days=2))
    assert banner_is_shown(eve)


@pytest.mark.parametrize("value", ["", "yes", "e30.x.y", "é", "x" * 4000])
def test_a_forged_cookie_is_no_choice(eve: Person, value: str) -> None:
    eve.client.set_cookie(COOKIE, value)
    assert banner_is_shown(eve)


def test_the_choice_leads_back_to_the_page_before(eve: Person) -> None:
    assert 'value="/about"' in eve.get("/cookies?next=/about").text
    assert eve.post("/cookies", {"next": "/about"}).location == "/about"


@pytest.mark.parametrize("address", OUTSIDE)
def test_AZ4_next_leads_nowhere_else(eve: Person, address: str) -> None:
    assert eve.get("/cookies", query_string={"next": address}).status_code == 200
    assert eve.post("/cookies", {"next": address}).location == "/"


def test_the_choice_has_nothing_to_do_with_logging_in_or_out(app: Flask, ann: Person) -> None:
    ann.post("/cookies", {"analysis": "y"})
    ann.log_out()
    assert not banner_is_shown(ann)
