"""Changing the nickname in place."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.profile_page import ProfilePage
from minimaluser.testing.browser.people import Person
from minimaluser.testing.browser.watch import no_full_load


def fresh_nickname() -> str:
    """Return a nickname that nobody has."""
    return f"Zoë of {uuid4().hex[:8]}"


@pytest.mark.both_ways
def test_a_new_nickname_shows_on_the_profile_and_in_the_navbar(page: Page, ann: Person) -> None:
    profile, nickname = ProfilePage(page), fresh_nickname()
    profile.open()
    profile.change_nickname(nickname)

    expect(profile.announcements).to_contain_text("Your nickname is changed")
    expect(profile.says(nickname)).to_be_visible()
    expect(profile.user_menu(nickname)).to_be_visible()
    expect(profile.field("Nickname")).to_be_hidden()


def test_with_javascript_it_is_changed_in_place_and_the_focus_stays_in_the_row(
    page: Page, ann: Person
) -> None:
    profile, nickname = ProfilePage(page), fresh_nickname()
    profile.open()
    with no_full_load(page):
        profile.button("Change nickname").click()
        expect(profile.field("Nickname")).to_be_focused()
        profile.cancel()
        expect(profile.button("Change nickname")).to_be_focused()
        profile.button("Change nickname").press("Enter")
        profile.field("Nickname").fill(nickname)
        profile.field("Nickname").press("Enter")

        expect(profile.announcements).to_contain_text("Your nickname is changed")
        expect(profile.user_menu(nickname)).to_be_visible()
        expect(profile.button("Change nickname")).to_be_focused()
    expect(page).to_have_url("/profile")


@pytest.mark.both_ways
def test_an_invalid_nickname_is_reported_at_the_field_and_stays_there(
    page: Page, ann: Person
) -> None:
    profile = ProfilePage(page).open()
    profile.button("Change nickname").click()
    for typed, message in (("ab", "at least 4 characters"), ("a" * 41, "at most 40 characters")):
        profile.field("Nickname").fill(typed)
        profile.save()
        profile.expect_error_at("Nickname", message)
        expect(profile.field("Nickname")).to_have_value(typed)
        expect(profile.field("Nickname")).to_be_focused()
    profile.cancel()
    expect(profile.field("Nickname")).to_be_hidden()
    expect(profile.says("ab")).to_be_hidden()


@pytest.mark.both_ways
def test_a_taken_nickname_is_refused_in_any_case(
    page: Page, ann: Person, bob: Person, another_page: Page
) -> None:
    profile, theirs, nickname = ProfilePage(page), ProfilePage(another_page), fresh_nickname()
    theirs.open()
    theirs.change_nickname(nickname)
    expect(theirs.user_menu(nickname)).to_be_visible()

    profile.open()
    profile.change_nickname(nickname.upper())

    profile.expect_error_at("Nickname", "Somebody has this nickname already")
    expect(profile.field("Nickname")).to_have_value(nickname.upper())


def test_a_nickname_with_markup_is_only_text(page: Page, ann: Person) -> None:
    profile, nickname = ProfilePage(page), f"<b>{uuid4().hex[:8]}</b>&amp;"
    profile.open()
    profile.change_nickname(nickname)

    expect(profile.user_menu(nickname)).to_be_visible()
    page.reload()
    expect(profile.says(nickname)).to_be_visible()
