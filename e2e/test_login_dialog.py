"""A session that has ended is opened again over the page, and nothing typed is lost."""

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.club_page import ClubPage
from e2e.pages.login_page import LoginPage
from e2e.pages.profile_page import ProfilePage
from minimaluser.testing.browser.people import GOOD_KEY, SESSION, Person
from minimaluser.testing.browser.watch import no_full_load
from tests.club import FIRST

pytestmark = pytest.mark.motion


def test_an_ended_session_is_opened_again_over_the_page_and_the_edit_goes_on(
    page: Page, ann: Person, another_page: Page
) -> None:
    profile, login, nickname = ProfilePage(page), LoginPage(page), f"Late {ann.email[:20]}"
    profile.open()
    profile.button("Change nickname").click()
    profile.field("Nickname").fill(nickname)
    ann.at(another_page).log_in()
    ann.choose_key(GOOD_KEY)
    with no_full_load(page):
        profile.save()
        expect(login.dialog).to_have_accessible_name("Log in to go on")
        login.log_in_in_dialog(ann.email, "not the key at all")
        login.expect_error_at("Access key", "We do not know this email and access key together")
        login.log_in_in_dialog(ann.email, ann.key)

        expect(profile.announcements).to_contain_text("Your nickname is changed")
        expect(login.dialog).to_be_hidden()
        expect(profile.user_menu(nickname)).to_be_visible()
        expect(profile.button("Change nickname")).to_be_focused()


@pytest.mark.own_site("the club is a part for tests")
def test_the_target_of_a_link_opens_after_the_log_in_over_the_page(
    page: Page, ann: Person, another_page: Page
) -> None:
    club, login = ClubPage(page), LoginPage(page)
    club.open()
    ann.at(another_page).log_in()
    ann.choose_key(GOOD_KEY)
    club.open_badge(FIRST)
    login.log_in_in_dialog(ann.email, ann.key)

    expect(club.dialog).to_have_accessible_name(FIRST)


def test_a_cancelled_log_in_keeps_the_input(page: Page, ann: Person, another_page: Page) -> None:
    profile = ProfilePage(page).open()
    profile.button("Change nickname").click()
    profile.field("Nickname").fill("Not saved yet")
    ann.at(another_page).log_in()
    ann.choose_key(GOOD_KEY)
    profile.save()
    expect(profile.dialog).to_be_visible()
    page.keyboard.press("Escape")

    expect(profile.announcements).to_contain_text("What you typed is still here")
    expect(profile.field("Nickname")).to_have_value("Not saved yet")
    expect(profile.field("Nickname")).to_be_focused()


@pytest.mark.parametrize("where", ["in the dialog", "in another tab"])
def test_input_of_one_user_is_never_sent_as_another(
    page: Page, ann: Person, bob: Person, where: str
) -> None:
    profile = ProfilePage(page).open()
    profile.button("Change nickname").click()
    with page.expect_response("**/check/nickname/nickname"):
        profile.field("Nickname").fill("Only Ann's words")
    page.context.clear_cookies(name=SESSION)
    if where == "in another tab":
        bob.at(page).log_in()
    profile.save()
    if where == "in the dialog":
        LoginPage(page).log_in_in_dialog(bob.email, bob.key)

    expect(profile.announcements).to_contain_text("was not sent")
    expect(profile.main.get_by_text(bob.email)).to_be_visible()
    expect(page.get_by_text("Only Ann's words")).to_have_count(0)


def test_the_word_that_it_was_not_done_goes_when_it_is_done(
    page: Page, ann: Person, another_page: Page
) -> None:
    profile, login = ProfilePage(page).open(), LoginPage(page)
    ann.at(another_page).log_in()
    ann.choose_key(GOOD_KEY)
    profile.button("Change nickname").click()
    expect(profile.dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(profile.announcements).to_contain_text("Not done")
    profile.button("Change nickname").click()
    login.log_in_in_dialog(ann.email, ann.key)

    expect(profile.field("Nickname")).to_be_visible()
    expect(profile.announcements).not_to_contain_text("Not done")


@pytest.mark.parametrize("typed", ["", "half@"])
def test_a_guests_tab_notices_a_log_in_in_another_one(page: Page, bob: Person, typed: str) -> None:
    guest, other = LoginPage(page).open(), LoginPage(page.context.new_page()).open()
    if typed:
        guest.fill("Email", typed)
    other.log_in_as(bob)
    expect(other.announcements).to_contain_text("Welcome back")

    if typed:
        expect(guest.field("Email")).to_have_value(typed)
    else:
        expect(page).to_have_url("/profile")
