"""A forgotten access key: a code by mail, then a new key."""

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.forgot_key_page import ForgotKeyPage
from e2e.pages.login_page import LoginPage
from e2e.pages.profile_page import ProfilePage
from e2e.pages.reset_key_page import ResetKeyPage
from minimaluser.testing.browser.people import ANOTHER_KEY, GOOD_KEY, Person
from minimaluser.testing.mailbox import Mailbox

SAME_ANSWER = "If we know this address, a mail with a code is on its way"


def other(code: str) -> str:
    """Return a code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.mark.both_ways
def test_a_code_from_the_mail_sets_a_new_key_and_ends_every_session(
    page: Page, bob: Person, another_page: Page, mailbox: Mailbox
) -> None:
    forgot, reset, login = ForgotKeyPage(page), ResetKeyPage(page), LoginPage(page)
    login.open()
    page.get_by_role("link", name="Forgot your access key?").click()
    forgot.ask_for_code(bob.email)
    expect(reset.announcements).to_contain_text(SAME_ANSWER)
    expect(reset.heading).to_have_text("Choose a new access key")
    code, flow = mailbox.code_to(bob.email), page.url
    reset.reset(code, GOOD_KEY)

    expect(login.heading).to_have_text("Log in")
    expect(login.announcements).to_contain_text("Please log in with it")
    assert mailbox.newest_to(bob.email, "access key was reset")
    ProfilePage(another_page).open()
    expect(another_page).to_have_url("/login?next=/profile")
    page.goto(flow)
    reset.reset(code, ANOTHER_KEY)
    reset.expect_error_at("Code", "This code is not right, or no longer good")
    login.open()
    login.log_in(bob.email, bob.key)
    login.expect_error_at("Access key", "We do not know this")
    login.log_in(bob.email, GOOD_KEY)
    expect(login.announcements).to_contain_text("Welcome back")


@pytest.mark.both_ways
def test_TK9_the_link_in_the_mail_sets_a_new_key_on_another_device(
    page: Page, bob: Person, another_page: Page, mailbox: Mailbox
) -> None:
    forgot, here, there = ForgotKeyPage(page), ResetKeyPage(page), ResetKeyPage(another_page)
    forgot.open()
    forgot.ask_for_code(bob.email)
    expect(here.heading).to_have_text("Choose a new access key")
    code = mailbox.code_to(bob.email)

    another_page.goto(mailbox.link_to(bob.email, "Your code"))
    expect(another_page).to_have_url("/reset-key/mail/link")
    expect(there.field("Code")).to_have_count(0)
    there.choose("too short")
    there.expect_error_at("New access key", "at least 15 characters")
    there.choose(GOOD_KEY)

    login = LoginPage(another_page)
    expect(login.announcements).to_contain_text("Please log in with it")
    login.log_in(bob.email, GOOD_KEY)
    expect(login.announcements).to_contain_text("Welcome back")
    here.reset(code, ANOTHER_KEY)
    here.expect_error_at("Code", "This code is not right, or no longer good")


@pytest.mark.both_ways
def test_an_unknown_address_gets_the_same_answer_and_no_mail(
    page: Page, eve: Person, mailbox: Mailbox
) -> None:
    forgot, reset = ForgotKeyPage(page), ResetKeyPage(page)
    forgot.open()
    forgot.ask_for_code(eve.email)

    expect(reset.announcements).to_contain_text(SAME_ANSWER)
    assert eve.email not in page.url
    reset.reset("123456", GOOD_KEY)
    reset.expect_error_at("Code", "This code is not right, or no longer good")
    assert mailbox.to(eve.email) == []


@pytest.mark.both_ways
def test_wrong_input_is_reported_at_its_field_and_the_code_stays(
    page: Page, bob: Person, mailbox: Mailbox, script: bool
) -> None:
    forgot, reset = ForgotKeyPage(page), ResetKeyPage(page)
    forgot.open()
    forgot.ask_for_code(bob.email)
    expect(reset.heading).to_have_text("Choose a new access key")
    code = mailbox.code_to(bob.email)

    reset.reset("12", GOOD_KEY)
    reset.expect_error_at("Code", "The code has 6 digits")
    expect(reset.field("Code")).to_have_value("12")
    reset.reset(code, "too short")
    reset.expect_error_at("New access key", "at least 15 characters")
    expect(reset.field("Code")).to_have_value(code)
    reset.reset(code, GOOD_KEY, "something else")
    reset.expect_error_at("Confirm new access key", "not the same")
    expect(reset.field("New access key")).to_have_value(GOOD_KEY if script else "")
    reset.reset(f"{code[:3]} {code[3:]}", GOOD_KEY)

    expect(reset.announcements).to_contain_text("Please log in with it")


def test_after_five_wrong_tries_the_right_code_is_wrong_too(
    page: Page, bob: Person, mailbox: Mailbox
) -> None:
    forgot, reset = ForgotKeyPage(page), ResetKeyPage(page)
    forgot.open()
    forgot.ask_for_code(bob.email)
    expect(reset.heading).to_have_text("Choose a new access key")
    code = mailbox.code_to(bob.email)
    for _ in range(5):
        reset.reset(other(code), GOOD_KEY)
        reset.expect_error_at("Code", "This code is not right")

    reset.reset(code, GOOD_KEY)

    reset.expect_error_at("Code", "This code is not right")


def test_the_code_is_good_only_in_the_browser_that_asked(
    page: Page, bob: Person, another_page: Page, mailbox: Mailbox
) -> None:
    forgot, reset, elsewhere = ForgotKeyPage(page), ResetKeyPage(page), ResetKeyPage(another_page)
    forgot.open()
    forgot.ask_for_code(bob.email)
    expect(reset.heading).to_have_text("Choose a new access key")
    code = mailbox.code_to(bob.email)

    another_page.goto(page.url)
    elsewhere.reset(code, GOOD_KEY)
    elsewhere.expect_error_at("Code", "This code is not right")
    reset.reset(code, GOOD_KEY)
    expect(reset.announcements).to_contain_text("Please log in with it")
