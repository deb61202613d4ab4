"""Sessions on the profile, and the key that is asked for again before one is ended."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.pages.key_entry_page import KeyEntryPage
from e2e.pages.profile_page import ProfilePage
from minimaluser.rules import rules
from minimaluser.testing.browser.accessibility import problems
from minimaluser.testing.browser.people import Person
from minimaluser.testing.browser.site import Clock
from minimaluser.testing.browser.watch import no_full_load


@pytest.mark.both_ways
def test_all_other_sessions_are_ended_from_the_profile(
    page: Page, ann: Person, another_page: Page
) -> None:
    profile, other = ProfilePage(page), ProfilePage(another_page)
    ann.at(another_page).log_in()
    profile.open()
    expect(profile.sessions).to_have_count(2)
    profile.log_out_everywhere_else()

    expect(profile.announcements).to_contain_text("All other browsers are logged out")
    expect(profile.sessions).to_have_count(1)
    other.open()
    expect(another_page).to_have_url("/login?next=/profile")


def test_SE7_the_key_is_asked_for_in_a_dialog_and_the_action_goes_on(
    page: Page, ann: Person, another_page: Page, clock: Clock
) -> None:
    profile, entry = ProfilePage(page), KeyEntryPage(page)
    ann.at(another_page).log_in()
    profile.open()
    clock.forward(rules.recent_key)
    with no_full_load(page):
        page.get_by_role("button", name=re.compile("Log out there")).click()
        expect(entry.dialog).to_have_accessible_name(entry.title)
        entry.enter("not my key at all")
        entry.expect_error_at("Current access key", "not your current access key")
        assert problems(page) == []
        entry.enter(ann.key)

        expect(profile.announcements).to_contain_text("That browser is logged out")
        expect(entry.dialog).to_be_hidden()
        expect(profile.sessions).to_have_count(1)
        profile.change_nickname("Token Renewed")  # with the page's new token
        expect(profile.says("Token Renewed")).to_be_visible()


def test_SE7_input_is_kept_while_the_key_is_entered(page: Page, ann: Person, clock: Clock) -> None:
    profile, entry = ProfilePage(page), KeyEntryPage(page)
    profile.open()
    clock.forward(rules.recent_key)
    with no_full_load(page):
        profile.change_email("ann.later@example.org")
        expect(entry.dialog).to_have_accessible_name(entry.title)
        page.keyboard.press("Escape")
        expect(profile.field("Email")).to_have_value("ann.later@example.org")
        profile.save()
        entry.enter(ann.key)

        expect(profile.announcements).to_contain_text(
            "We have sent a mail to ann.later@example.org"
        )


@pytest.mark.parametrize("script", [False], indirect=True)
def test_SE7_without_javascript_a_page_asks_for_the_key_and_leads_back(
    page: Page, ann: Person, another_page: Page, clock: Clock
) -> None:
    profile, entry = ProfilePage(page), KeyEntryPage(page)
    ann.at(another_page).log_in()
    profile.open()
    clock.forward(rules.recent_key)
    profile.log_out_everywhere_else()
    expect(entry.heading).to_have_text(entry.title)
    entry.enter(ann.key)

    expect(profile.announcements).to_contain_text("Please press the button once more")
    profile.log_out_everywhere_else()
    expect(profile.sessions).to_have_count(1)


def test_the_focus_stays_in_the_list_when_sessions_are_ended_one_by_one(
    page: Page, ann: Person, another_page: Page
) -> None:
    profile = ProfilePage(page)
    for _ in range(3):
        another_page.context.clear_cookies()
        ann.at(another_page).log_in()
    profile.open()
    there = profile.main.get_by_role("button", name=re.compile("Log out there"))
    expect(there).to_have_count(3)
    with no_full_load(page):
        there.nth(1).press("Enter")
        expect(there).to_have_count(2)
        expect(there.nth(1)).to_be_focused()
        there.nth(0).press("Enter")
        expect(there).to_have_count(1)
        expect(there).to_be_focused()
        there.press("Enter")
        expect(there).to_have_count(0)
        expect(page.get_by_role("heading", name="Sessions", exact=True)).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Security events")).to_be_focused()


@pytest.mark.own_site("it has rows to remove")
def test_the_focus_goes_to_the_row_next_to_one_that_was_removed(page: Page) -> None:
    page.goto("/rows")
    main = page.get_by_role("main")

    def remove(row: str) -> Locator:
        return main.get_by_role("button", name=re.compile(f"Remove.*{row}"))

    with no_full_load(page):
        remove("Second").press("Enter")
        expect(remove("Second")).to_be_hidden()
        expect(remove("Third")).to_be_focused()
        page.keyboard.press("Enter")
        expect(remove("Third")).to_be_hidden()
        expect(remove("First")).to_be_focused()
        page.keyboard.press("Enter")
        expect(remove("First")).to_be_hidden()
        expect(main.get_by_role("heading", name="Rows")).to_be_focused()


@pytest.mark.both_ways
def test_DL3_the_data_is_downloaded_as_a_file(
    page: Page, ann: Person, script: bool, clock: Clock
) -> None:
    profile, entry = ProfilePage(page), KeyEntryPage(page)
    profile.open()
    clock.forward(rules.recent_key)
    profile.button("Download my data").click()
    with page.expect_download() as started:
        entry.enter(ann.key)
        if not script:
            profile.button("Download my data").click()

    assert started.value.suggested_filename == "minimaluser-data.json"
    assert ann.email in started.value.path().read_text()


@pytest.mark.both_ways
def test_CR2_a_new_key_is_shown_once(page: Page, ann: Person, another_page: Page) -> None:
    profile = ProfilePage(page).open()
    page.get_by_role("link", name="have a new one shown once").click()
    profile.button("Show me a new key once").click()
    expect(page.get_by_role("heading", name="This is your new access key")).to_be_visible()
    ann.key = page.get_by_role("code").inner_text()

    ann.at(another_page).log_in()
    other = ProfilePage(another_page).open()
    expect(other.says("Your own")).to_be_visible()
