"""Logging in and out."""

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.club_page import ClubPage
from e2e.pages.login_page import LoginPage
from e2e.pages.site_page import SitePage
from minimaluser.testing.browser.people import SESSION, Person


@pytest.mark.own_site("the club is a part for tests")
@pytest.mark.both_ways
def test_logging_in_leads_back_to_the_page_asked_for_and_logging_out_ends_it(
    page: Page, bob: Person
) -> None:
    login, club = LoginPage(page), ClubPage(page)
    club.open()
    expect(page).to_have_url("/login?next=/club/")
    login.log_in_as(bob)

    expect(club.heading).to_have_text("Club")
    expect(page).to_have_url("/club/")
    expect(club.announcements).to_contain_text("Welcome back")
    nickname = club.navbar.get_by_role("button").last.inner_text()
    club.log_out(nickname)

    expect(page).to_have_url("/")
    expect(club.announcements).to_contain_text("You are logged out")
    club.expect_guest()
    page.go_back()
    expect(page).to_have_url("/login?next=/club/")


@pytest.mark.both_ways
def test_a_wrong_key_and_an_unknown_address_are_refused_alike(
    page: Page, bob: Person, eve: Person
) -> None:
    login = LoginPage(page).open()
    for email in (bob.email, eve.email):
        login.log_in(email, "not the key at all", keep=True)

        login.expect_error_at("Access key", "We do not know this email and access key together")
        expect(login.field("Email")).to_have_value(email)
        expect(login.field("Access key")).to_have_value("")
        expect(login.field("Keep me logged in")).to_be_checked()
    login.expect_guest()


@pytest.mark.both_ways
def test_empty_fields_are_reported_at_each_field(page: Page) -> None:
    login = LoginPage(page).open()
    login.log_in("", "")

    login.expect_error_at("Email", "Please enter your email address")
    login.expect_error_at("Access key", "Please enter your access key")
    expect(login.field("Email")).to_be_focused()


@pytest.mark.both_ways
@pytest.mark.parametrize("keep", [True, False], ids=["kept", "brief"])
def test_the_session_outlives_the_browser_only_when_asked(
    page: Page, bob: Person, keep: bool
) -> None:
    login = LoginPage(page).open()
    login.log_in_as(bob, keep=keep)
    expect(SitePage(page).announcements).to_contain_text("Welcome back")

    (kept,) = (cookie for cookie in page.context.cookies() if SESSION.match(cookie["name"]))

    assert (kept["expires"] > 0) is keep
    assert kept["httpOnly"]


def test_a_foreign_address_to_come_back_to_is_not_followed(page: Page, bob: Person) -> None:
    login = LoginPage(page)
    page.goto("/login?next=//example.org/")
    login.log_in_as(bob)

    expect(login.announcements).to_contain_text("Welcome back")
    expect(page).to_have_url("/")
