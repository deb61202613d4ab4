"""Signing up with an address and nothing else."""

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.profile_page import ProfilePage
from e2e.pages.signup_page import SignupPage
from minimaluser.testing.browser.people import Person, new_address
from minimaluser.testing.mailbox import Mailbox


@pytest.mark.both_ways
def test_an_address_is_enough_to_get_a_nickname_a_tile_and_a_key_by_mail(
    page: Page, eve: Person, mailbox: Mailbox
) -> None:
    signup, profile = SignupPage(page), ProfilePage(page)
    signup.open()
    signup.sign_up_as(eve.email)

    expect(profile.heading).to_have_text("Profile")
    expect(page).to_have_url("/profile")
    nickname = profile.navbar.get_by_role("button").last.inner_text()
    expect(profile.main.get_by_role("heading", name=nickname)).to_be_visible()
    expect(profile.tile.first).to_be_visible()
    expect(profile.says(eve.email).first).to_be_visible()
    expect(profile.button("Send the mail again")).to_be_visible()
    expect(profile.announcements).to_contain_text("We have sent you a mail")
    assert len(mailbox.to(eve.email)) == 1
    assert mailbox.key_to(eve.email)
    assert "/confirm/" in mailbox.link_to(eve.email)


@pytest.mark.both_ways
def test_an_invalid_address_is_reported_at_the_field_and_stays_there(page: Page) -> None:
    signup = SignupPage(page).open()
    signup.sign_up_as("nonsense at example")

    signup.expect_error_at("Email", "does not look like an email address")
    expect(signup.field("Email")).to_have_value("nonsense at example")
    expect(signup.field("Email")).to_be_focused()
    expect(signup.heading).to_have_text("Sign up")


@pytest.mark.both_ways
def test_an_address_with_an_account_is_refused_in_any_case(
    page: Page, bob: Person, mailbox: Mailbox
) -> None:
    signup = SignupPage(page).open()
    signup.sign_up_as(bob.email.upper())

    signup.expect_error_at("Email", "There is an account with this email already")
    expect(signup.field("Email")).to_have_value(bob.email.upper())
    assert len(mailbox.to(bob.email)) == 1


@pytest.mark.both_ways
def test_a_double_click_signs_up_once(page: Page, eve: Person, mailbox: Mailbox) -> None:
    signup, profile = SignupPage(page), ProfilePage(page)
    signup.open()
    signup.field("Email").fill(eve.email)
    signup.button("Sign up").dblclick()

    expect(profile.heading).to_have_text("Profile")
    assert len(mailbox.to(eve.email)) == 1


def test_somebody_logged_in_is_sent_to_the_profile(page: Page, ben: Person) -> None:
    SignupPage(page).open()

    expect(page).to_have_url("/profile")


@pytest.mark.both_ways
def test_an_address_with_a_slip_is_asked_about_once_and_then_taken(page: Page) -> None:
    signup, local = SignupPage(page).open(), new_address("maya").partition("@")[0]
    signup.sign_up_as(f"{local}@gmail.con")
    signup.expect_error_at("Email", f"Did you mean {local}@gmail.com? If not, press")
    expect(signup.field("Email")).to_have_value(f"{local}@gmail.con")
    signup.press("Sign up")
    expect(signup.heading).to_have_text("Profile")


def test_a_slip_is_hinted_at_while_the_address_is_typed(page: Page) -> None:
    signup = SignupPage(page).open()
    signup.field("Email").press_sequentially("maya@gmail.con")
    signup.expect_error_at("Email", "Did you mean maya@gmail.com?")
    signup.field("Email").press("Backspace")
    signup.field("Email").press("m")
    signup.expect_no_error_at("Email")
