"""Confirming an address."""

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.club_page import ClubPage
from e2e.pages.confirm_page import ConfirmPage
from e2e.pages.profile_page import ProfilePage
from minimaluser.testing.browser.people import ANOTHER_KEY, GOOD_KEY, Person
from minimaluser.testing.mailbox import Mailbox


@pytest.mark.both_ways
def test_the_button_behind_the_link_confirms_and_opening_the_link_does_not(
    page: Page, ben: Person, mailbox: Mailbox
) -> None:
    confirm, profile = ConfirmPage(page), ProfilePage(page)
    link = mailbox.link_to(ben.email, "Confirm")
    confirm.open_link(link)
    expect(confirm.button("Confirm my email")).to_be_visible()
    profile.open()
    expect(profile.button("Send the mail again")).to_be_visible()

    confirm.open_link(link)
    confirm.confirm()

    expect(page).to_have_url("/profile")
    expect(profile.announcements).to_contain_text("Your email is confirmed")
    expect(profile.button("Send the mail again")).to_be_hidden()


@pytest.mark.both_ways
def test_confirming_in_another_browser_logs_in_there_and_ends_the_first_session(
    page: Page, ben: Person, mailbox: Mailbox, another_page: Page
) -> None:
    confirm, profile = ConfirmPage(another_page), ProfilePage(another_page)
    confirm.open_link(mailbox.link_to(ben.email, "Confirm"))
    confirm.confirm()
    expect(profile.heading).to_have_text("Profile")
    expect(profile.sessions).to_have_count(1)

    ProfilePage(page).open()

    expect(page).to_have_url("/login?next=/profile")


@pytest.mark.both_ways
def test_elsewhere_a_key_of_ones_own_is_asked_for_and_stays(
    ben: Person, mailbox: Mailbox, another_page: Page
) -> None:
    confirm, profile = ConfirmPage(another_page), ProfilePage(another_page)
    ben.choose_key(GOOD_KEY)
    confirm.open_link(mailbox.link_to(ben.email, "Confirm"))
    confirm.fill("Access key", ANOTHER_KEY)
    confirm.confirm()
    confirm.expect_error_at("Access key", "not the access key that was chosen")
    confirm.fill("Access key", GOOD_KEY)
    confirm.confirm()

    expect(profile.announcements).to_contain_text("Your email is confirmed")
    expect(profile.says("Your own")).to_be_visible()


@pytest.mark.both_ways
def test_the_mail_is_sent_again_and_only_its_newest_link_works(
    page: Page, ben: Person, mailbox: Mailbox
) -> None:
    confirm, profile = ConfirmPage(page), ProfilePage(page)
    older = mailbox.link_to(ben.email, "Confirm")
    profile.open()
    profile.send_the_mail_again()
    expect(profile.announcements).to_contain_text("sent the mail again")
    assert len(mailbox.to(ben.email)) == 2

    confirm.open_link(older)
    expect(confirm.heading).to_have_text("This link no longer works")
    confirm.open_link(mailbox.link_to(ben.email, "Confirm"))
    confirm.confirm()

    expect(profile.announcements).to_contain_text("Your email is confirmed")


@pytest.mark.own_site("the club is a part for tests")
@pytest.mark.both_ways
def test_an_unconfirmed_user_at_a_page_for_confirmed_ones_is_told_to_confirm(
    page: Page, ben: Person
) -> None:
    ClubPage(page).open()

    profile = ProfilePage(page)
    expect(page).to_have_url("/profile")
    expect(profile.announcements).to_contain_text("confirm your email")
    expect(profile.button("Send the mail again")).to_be_visible()
