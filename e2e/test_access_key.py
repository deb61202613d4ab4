"""Changing the access key in place."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.login_page import LoginPage
from e2e.pages.profile_page import ProfilePage
from minimaluser.testing.browser.people import ANOTHER_KEY, GOOD_KEY, Person
from minimaluser.testing.browser.watch import no_full_load
from minimaluser.testing.mailbox import Mailbox


@pytest.mark.both_ways
def test_a_new_key_ends_the_other_sessions_and_is_the_one_that_works(
    page: Page, ann: Person, another_page: Page, mailbox: Mailbox
) -> None:
    profile = ProfilePage(page)
    elsewhere, login = ProfilePage(another_page), LoginPage(another_page)
    ann.at(another_page).log_in()
    elsewhere.open()
    expect(elsewhere.sessions).to_have_count(2)
    profile.open()
    expect(profile.says("Still the one from our mail")).to_be_visible()

    profile.change_key(ann.key, GOOD_KEY)

    expect(profile.announcements).to_contain_text("Your access key is changed")
    expect(profile.says("Still the one from our mail")).to_be_hidden()
    expect(profile.sessions).to_have_count(1)  # in place: the ended ones are gone from the page
    assert mailbox.newest_to(ann.email, "access key was changed")
    elsewhere.open()
    login.log_in(ann.email, ann.key)
    login.expect_error_at("Access key", "We do not know this")
    login.log_in(ann.email, GOOD_KEY)
    expect(elsewhere.heading).to_have_text("Profile")


def test_with_javascript_it_is_changed_in_place_and_the_page_goes_on_working(
    page: Page, ann: Person
) -> None:
    profile = ProfilePage(page).open()
    with no_full_load(page):
        profile.change_key(ann.key, GOOD_KEY)
        expect(profile.announcements).to_contain_text("Your access key is changed")
        expect(profile.button("Change access key")).to_be_focused()
        profile.change_key(GOOD_KEY, ANOTHER_KEY)
        expect(profile.says("Your own")).to_be_visible()
        profile.change_nickname(f"Key {ann.email[:20]}")
        expect(profile.announcements).to_contain_text("Your nickname is changed")
    nickname = f"Key {ann.email[:20]}"
    profile.log_out(nickname)
    profile.expect_guest()


@pytest.mark.both_ways
def test_wrong_keys_are_reported_at_their_fields_and_never_sent_back(
    page: Page, ann: Person, script: bool
) -> None:
    """What is right stays in the browser while JavaScript runs; a page begins anew."""
    profile = ProfilePage(page).open()
    current, new, again = (
        profile.field(name)
        for name in ("Current access key", "New access key", "Confirm new access key")
    )
    profile.change_key("not my key at all", GOOD_KEY)
    profile.expect_error_at("Current access key", "not your current access key")
    expect(profile.field("Current access key")).to_be_focused()
    expect(current).to_have_value("")
    for field in (new, again):
        expect(field).to_have_value(GOOD_KEY if script else "")

    profile.fill_keys(ann.key, "too short")
    profile.save()
    profile.expect_error_at("New access key", "at least 15 characters")
    profile.expect_no_error_at("Current access key")
    expect(current).to_have_value(ann.key if script else "")
    for field in (new, again):
        expect(field).to_have_value("")

    profile.fill_keys(ann.key, f"{ann.email}!!")
    profile.save()
    profile.expect_error_at("New access key", "built on your email address")

    profile.fill_keys(ann.key, GOOD_KEY, "something else")
    profile.save()
    profile.expect_error_at("Confirm new access key", "not the same")
    expect(current).to_have_value(ann.key if script else "")
    expect(new).to_have_value(GOOD_KEY if script else "")
    expect(again).to_have_value("")
    for field in (current, new, again):
        expect(field).not_to_have_attribute("value", re.compile("."))
        expect(field).to_have_attribute("type", "password")


def test_CR9_the_key_can_be_shown_and_hidden_while_it_is_typed(page: Page) -> None:
    login = LoginPage(page).open()
    login.field("Access key").fill("what I typed")
    login.button("Show").click()
    expect(login.field("Access key")).to_have_attribute("type", "text")
    login.button("Hide").click()

    expect(login.field("Access key")).to_have_attribute("type", "password")
    expect(login.field("Access key")).to_have_value("what I typed")


@pytest.mark.both_ways
def test_CR9_a_key_can_be_pasted(page: Page, bob: Person) -> None:
    login = LoginPage(page).open()
    login.fill("Email", bob.key)
    login.field("Email").press("ControlOrMeta+a")
    login.field("Email").press("ControlOrMeta+c")
    login.open()
    login.fill("Email", bob.email)
    login.field("Access key").press("ControlOrMeta+v")
    expect(login.field("Access key")).to_have_value(bob.key)
    login.button("Log in").click()
    expect(login.announcements).to_contain_text("Welcome back")


def test_how_strong_a_new_key_is_is_shown_while_it_is_typed(page: Page, ann: Person) -> None:
    profile = ProfilePage(page).open()
    profile.button("Change access key").click()
    field, meter = profile.field("New access key"), page.get_by_role("meter", name="Strength")
    expect(meter).to_have_count(0)
    for typed, words, strength in (
        ("train", "Too short", 1),
        ("a" * 16, "Weak", 2),
        ("seven red trains", "Good", 3),
        (GOOD_KEY, "Strong", 4),
    ):
        field.fill(typed)
        expect(page.get_by_text(words, exact=True)).to_be_visible()
        expect(meter).to_have_js_property("value", strength)
    field.fill("")
    expect(meter).to_have_count(0)


@pytest.mark.both_ways
def test_CR9_a_key_that_is_shown_once_can_be_copied_and_a_reload_says_what_to_do(
    page: Page, ann: Person, script: bool
) -> None:
    """Without JavaScript there is no button to copy it."""
    profile = ProfilePage(page)
    ann.at(page).enter_key()
    profile.open("/profile/first-key")
    profile.press("Show me a new key once")
    expect(profile.button("Copy")).to_be_visible(visible=script)
    key = page.get_by_role("code").inner_text()
    if script:
        page.evaluate(
            "() => { navigator.clipboard.writeText = async (it) => (window.copied = it) }"
        )
        profile.press("Copy")
        expect(profile.announcements).to_contain_text("Copied.")
        assert page.evaluate("window.copied") == key
    profile.open("/profile/first-key")
    expect(page.get_by_role("code")).to_be_hidden()
    profile.press("Choose a new key")
    expect(profile.heading).to_have_text("Forgotten access key")


def test_CR9_a_key_that_the_browser_does_not_copy_is_selected(page: Page, ann: Person) -> None:
    profile = ProfilePage(page)
    ann.at(page).enter_key()
    profile.open("/profile/first-key")
    profile.press("Show me a new key once")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject() }")
    profile.press("Copy")
    expect(profile.announcements).to_contain_text("copy the key by hand")
    assert page.evaluate("getSelection().toString()") == page.get_by_role("code").inner_text()
