"""What the plugin gives a test: people in a state, and what goes wrong, as long as it is asked."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.profile_page import ProfilePage
from minimaluser.testing.browser.faults import Faults
from minimaluser.testing.browser.people import SESSIONS, People, Person
from minimaluser.testing.browser.visitor import Visitor
from minimaluser.testing.mailbox import Mailbox


def can_log_in(person: Person) -> bool:
    return person.elsewhere().log_in().status_code == 303


def test_a_person_is_moving_or_has_left_in_one_line(visitor: Visitor, people: People) -> None:
    ann = people.moving()
    visitor.open("/profile")
    expect(visitor.main.get_by_text(f"Waiting for {ann.pending}")).to_be_visible()
    bob = people.left("bob")
    visitor.open(bob.link("/closing/undo/"))
    expect(visitor.button("Bring my account back")).to_be_visible()
    assert can_log_in(ann)
    assert not can_log_in(bob)


def test_a_person_has_as_many_sessions_as_there_can_be(visitor: Visitor, people: People) -> None:
    people.with_sessions(SESSIONS)
    visitor.open("/profile")
    expect(ProfilePage(visitor.page).sessions).to_have_count(SESSIONS)


def test_a_known_browser_is_no_news(people: People, mailbox: Mailbox) -> None:
    ann = people.known()
    ann.must(ann.log_in())
    assert mailbox.to(ann.email, "A new device") == []
    assert can_log_in(ann)
    assert mailbox.newest_to(ann.email, "A new device")


def test_a_person_is_disabled_or_has_a_key_that_ran_out(visitor: Visitor, people: People) -> None:
    assert not can_log_in(people.disabled())
    visitor.open("/profile")
    expect(visitor.heading).to_have_text("Log in")
    assert not can_log_in(people.with_expired_key())
    visitor.open("/profile")
    expect(visitor.heading).to_have_text("Profile")


@pytest.mark.own_site("others would get no mail")
def test_a_mail_waits_while_the_mailer_is_down(
    visitor: Visitor, people: People, mailbox: Mailbox, faults: Faults
) -> None:
    ann = people.known()
    with faults.mailer_down():
        visitor.open("/forgot-key").write("Email", ann.email).press("Send code")
        expect(visitor.heading).to_have_text("Choose a new access key")
        assert mailbox.to(ann.email, "Your code") == []
    assert mailbox.newest_to(ann.email, "Your code").code


@pytest.mark.own_site("others would see it, too")
def test_pages_are_whole_while_the_store_is_down(
    visitor: Visitor, people: People, faults: Faults
) -> None:
    people.confirmed()
    visitor.open("/profile")
    tile = ProfilePage(visitor.page).tile.get_attribute("src") or ""
    with faults.store_down():
        assert visitor.page.request.get(tile).ok


@pytest.mark.both_ways
def test_a_slow_site_is_waited_for(visitor: Visitor, people: People, faults: Faults) -> None:
    ann = people.settled()
    with faults.slow(0.5):
        began = time.monotonic()
        visitor.open("/profile").press("Change nickname")
        visitor.write("Nickname", f"Slow {ann.email[4:20]}").press("Save")
        visitor.expect_news("Your nickname is changed")
        assert time.monotonic() - began > 1.5


def test_the_browser_asks_for_the_language_of_the_run(
    page: Page, pytestconfig: pytest.Config
) -> None:
    asked = pytestconfig.getoption("language")
    assert page.evaluate("() => navigator.language") == asked
