"""A form says one thing about a try, the true one (B8), and takes what is pasted into it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.login_page import LoginPage
from minimaluser.testing.browser.people import Person

TRIES = 10  # of log-ins for an account in five minutes
WRONG = "We do not know this email and access key together"


@pytest.mark.both_ways
def test_at_the_limit_of_log_ins_nothing_is_said_of_the_key(page: Page, bob: Person) -> None:
    login = LoginPage(page)
    bob.at(page)
    for number in range(TRIES - 1):
        bob.log_in(f"a wrong key, number {number}")
    login.open()
    login.log_in(bob.email, "a wrong key at last")
    login.expect_error_at("Access key", WRONG)
    login.log_in(bob.email, bob.key)

    expect(page.get_by_text("That was too often. Please try again in").first).to_be_visible()
    expect(page.get_by_text(WRONG)).to_be_hidden()
    if login.field("Access key").count():
        login.expect_no_error_at("Access key")
        expect(login.field("Access key")).to_have_accessible_description("")


@pytest.mark.both_ways
@pytest.mark.parametrize("copied", ["{}\u200b ", "\u202a{}\u202c", "{}\n"])
def test_the_first_key_is_pasted_with_what_was_around_it(
    page: Page, bob: Person, copied: str
) -> None:
    login = LoginPage(page)
    login.open()
    login.log_in(copied.format(bob.email), copied.format(bob.key.upper().replace("-", " ")))

    expect(login.announcements).to_contain_text("Welcome back")
