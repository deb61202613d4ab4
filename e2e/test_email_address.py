"""Moving to another e-mail address, with the notice and the way back."""

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.confirm_page import ConfirmPage
from e2e.pages.forgot_key_page import ForgotKeyPage
from e2e.pages.login_page import LoginPage
from e2e.pages.profile_page import ProfilePage
from e2e.pages.undo_page import UndoPage
from minimaluser.testing.browser.people import ANOTHER_KEY, GOOD_KEY, Person, new_address
from minimaluser.testing.browser.watch import no_full_load
from minimaluser.testing.mailbox import Mailbox


@pytest.mark.both_ways
def test_the_new_address_and_the_key_mailed_to_it_count_once_its_link_is_confirmed(
    page: Page, ann: Person, mailbox: Mailbox, another_page: Page
) -> None:
    profile, confirm, login = ProfilePage(page), ConfirmPage(page), LoginPage(another_page)
    email = new_address("ann.new")
    profile.open()
    profile.change_email(email)
    expect(profile.announcements).to_contain_text(f"We have sent a mail to {email}")
    expect(profile.says(ann.email)).to_be_visible()
    expect(profile.says(email)).to_be_visible()
    assert "/email/undo/" in mailbox.link_to(ann.email, "Somebody asked to change")
    login.open()
    login.log_in_as(ann)
    expect(login.announcements).to_contain_text("Welcome back")

    confirm.open_link(mailbox.link_to(email, "Confirm your new email"))
    confirm.confirm()

    expect(page).to_have_url("/profile")
    expect(profile.announcements).to_contain_text("Your new email is confirmed")
    expect(profile.says(email)).to_be_visible()
    expect(profile.says(ann.email)).to_be_hidden()
    another_page.goto("/profile")
    login.log_in(email, ann.key)
    login.expect_error_at("Access key", "We do not know this")
    login.log_in(email, mailbox.key_to(email))
    expect(ProfilePage(another_page).says(email)).to_be_visible()


@pytest.mark.both_ways
def test_the_old_address_can_undo_the_move_even_after_it(
    page: Page, ann: Person, mailbox: Mailbox, another_page: Page
) -> None:
    profile, confirm, undo = ProfilePage(page), ConfirmPage(page), UndoPage(another_page)
    email = new_address("ann.new")
    profile.open()
    profile.change_email(email)
    expect(profile.says(email)).to_be_visible()
    confirm.open_link(mailbox.link_to(email))
    confirm.confirm()
    expect(profile.announcements).to_contain_text("Your new email is confirmed")

    link = mailbox.link_to(ann.email, "email was changed")
    undo.open_link(link)
    expect(undo.button("Undo the change")).to_be_visible()
    page.reload()
    expect(profile.says(email)).to_be_visible()
    undo.undo()

    login = LoginPage(another_page)
    expect(login.heading).to_have_text("Choose a new access key")
    expect(login.announcements).to_contain_text("The change is undone")
    page.reload()
    expect(page).to_have_url("/login?next=/profile")
    ForgotKeyPage(another_page).choose_anew(ann.email, ANOTHER_KEY, mailbox)
    login.log_in(ann.email, ANOTHER_KEY)
    expect(login.announcements).to_contain_text("Welcome back")
    undo.open_link(link)
    expect(undo.heading).to_have_text("This link no longer works")


@pytest.mark.both_ways
def test_the_old_address_can_stop_the_move_before_it(
    page: Page, ann: Person, mailbox: Mailbox
) -> None:
    profile, undo = ProfilePage(page), UndoPage(page)
    email = new_address("ann.new")
    profile.open()
    profile.change_email(email)
    expect(profile.says(email)).to_be_visible()

    undo.open_link(mailbox.link_to(ann.email, "Somebody asked to change"))
    undo.undo()
    expect(undo.announcements).to_contain_text("The change is undone")

    undo.open_link(mailbox.link_to(email))
    expect(undo.heading).to_have_text("This link no longer works")


def test_with_javascript_it_is_asked_in_place(page: Page, ann: Person) -> None:
    profile, email = ProfilePage(page), new_address("ann.new")
    profile.open()
    with no_full_load(page):
        profile.button("Change email").click()
        expect(profile.field("Email")).to_be_focused()
        profile.field("Email").fill(email)
        profile.save()

        expect(profile.announcements).to_contain_text(f"We have sent a mail to {email}")
        expect(profile.says(email)).to_be_visible()
        expect(profile.button("Change email")).to_be_focused()


@pytest.mark.both_ways
def test_an_invalid_address_and_the_present_one_are_reported_at_the_field(
    page: Page, ann: Person
) -> None:
    profile = ProfilePage(page).open()
    profile.change_email("nobody@nowhere")
    profile.expect_error_at("Email", "does not look like an email address")
    expect(profile.field("Email")).to_have_value("nobody@nowhere")

    profile.field("Email").clear()
    profile.field("Email").fill(ann.email)
    profile.save()

    profile.expect_error_at("Email", "This is your email address already")


@pytest.mark.both_ways
def test_only_the_owner_is_told_that_an_address_is_taken(
    page: Page, ann: Person, bob: Person, mailbox: Mailbox
) -> None:
    profile = ProfilePage(page).open()
    profile.change_email(bob.email)

    expect(profile.announcements).to_contain_text(f"We have sent a mail to {bob.email}")
    assert mailbox.newest_to(bob.email, "Somebody tried to use your email")
    assert not [mail for mail in mailbox.to(bob.email) if "/email/confirm/" in mail.text]


def test_the_link_opened_in_another_browser_asks_to_log_in_there(
    page: Page, ann: Person, mailbox: Mailbox, another_page: Page
) -> None:
    profile, confirm, login = ProfilePage(page), ConfirmPage(another_page), LoginPage(another_page)
    email = new_address("ann.new")
    profile.open()
    profile.change_email(email)
    expect(profile.says(email)).to_be_visible()

    confirm.open_link(mailbox.link_to(email))
    confirm.confirm()

    expect(login.heading).to_have_text("Log in")
    login.log_in(email, mailbox.key_to(email))
    expect(login.announcements).to_contain_text("Welcome back")


def test_a_newer_request_voids_the_older_link(page: Page, ann: Person, mailbox: Mailbox) -> None:
    profile = ProfilePage(page)
    first, second = new_address("ann.one"), new_address("ann.two")
    profile.open()
    for email in (first, second):
        profile.change_email(email)
        expect(profile.says(email)).to_be_visible()

    profile.open_link(mailbox.link_to(first))
    expect(profile.heading).to_have_text("This link no longer works")
    profile.open_link(mailbox.link_to(second))
    expect(profile.button("Confirm my email")).to_be_visible()
    ann.at(page).choose_key(GOOD_KEY)
    profile.open_link(mailbox.link_to(second))
    expect(profile.heading).to_have_text("This link no longer works")


@pytest.mark.both_ways
def test_a_link_on_its_way_can_be_sent_again_and_the_change_cancelled(
    page: Page, ann: Person, mailbox: Mailbox
) -> None:
    profile, email = ProfilePage(page), new_address("ann.new")
    profile.open()
    profile.change_email(email)
    expect(profile.says(email)).to_be_visible()
    earlier = mailbox.link_to(email)

    profile.press("Send the link again")
    expect(profile.announcements).to_contain_text("The link in the earlier one is void")
    expect(profile.says(email)).to_be_visible()
    profile.open_link(earlier)
    expect(profile.heading).to_have_text("This link no longer works")

    newer = mailbox.link_to(email)
    profile.open()
    profile.press("Cancel the change")
    expect(profile.announcements).to_contain_text("The change is cancelled")
    expect(profile.says(email)).to_be_hidden()
    expect(profile.says(ann.email)).to_be_visible()
    profile.open_link(newer)
    expect(profile.heading).to_have_text("This link no longer works")
