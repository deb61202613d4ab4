"""Fragments by htmx: checks during typing, focus, one action per double click, whole pages."""

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.pages.club_page import ClubPage
from e2e.pages.forgot_key_page import ForgotKeyPage
from e2e.pages.login_page import LoginPage
from e2e.pages.profile_page import ProfilePage
from e2e.pages.reset_key_page import ResetKeyPage
from e2e.pages.signup_page import SignupPage
from minimaluser.testing.browser.holding import held
from minimaluser.testing.browser.people import GOOD_KEY, SESSION, Person, new_address
from minimaluser.testing.browser.watch import Watch, no_full_load
from minimaluser.testing.mailbox import Mailbox
from minimaluser.testing.settled import settled
from tests.club import FIRST


def test_a_nickname_is_checked_while_it_is_typed_and_no_letter_is_lost(
    page: Page, ann: Person, bob: Person, another_page: Page
) -> None:
    theirs = ProfilePage(another_page).open()
    taken = theirs.navbar.get_by_role("button").last.inner_text()
    profile = ProfilePage(page).open()
    profile.button("Change nickname").click()
    field = profile.field("Nickname")
    field.fill("")
    field.press_sequentially("abc")
    profile.expect_error_at("Nickname", "at least 4 characters")
    with held(page, "**/check/nickname/nickname") as checks:
        with page.expect_request("**/check/nickname/nickname"):
            field.press_sequentially("defg")
        field.press_sequentially("hij")
    assert checks
    profile.expect_no_error_at("Nickname")
    expect(field).to_have_value("abcdefghij")
    expect(field).to_be_focused()
    assert field.evaluate("field => field.selectionStart") == len("abcdefghij")

    field.fill(taken.upper())
    profile.expect_error_at("Nickname", "Somebody has this nickname already")
    expect(field).to_have_value(taken.upper())
    expect(field).to_be_focused()


@pytest.mark.parametrize("page_object", [SignupPage, ForgotKeyPage])
def test_the_form_of_an_address_is_checked_before_anything_is_sent(
    page: Page, page_object: type[SignupPage]
) -> None:
    form = page_object(page)
    form.open()
    with no_full_load(page):
        form.field("Email").press_sequentially("eve")
        form.expect_error_at("Email", "does not look like an email address")
        form.field("Email").press_sequentially("@example.org")
        form.expect_no_error_at("Email")
    expect(form.field("Email")).to_have_value("eve@example.org")


def test_the_strength_of_a_key_is_shown_while_it_is_typed(page: Page, ann: Person) -> None:
    profile = ProfilePage(page).open()
    profile.button("Change access key").click()
    field = profile.field("New access key")
    field.press_sequentially("abcabcabcabcabc")
    profile.expect_error_at("New access key", "repeats itself")
    field.fill(GOOD_KEY)
    profile.expect_no_error_at("New access key")
    expect(field).to_have_value(GOOD_KEY)
    expect(field).to_be_focused()


def test_a_double_click_sends_once(page: Page, ann: Person, mailbox: Mailbox) -> None:
    profile, email = ProfilePage(page), new_address("ann.new")
    profile.open()
    profile.button("Change email").click()
    profile.field("Email").fill(email)
    with held(page, "**/profile/email") as sent:
        profile.button("Save").dblclick()
        expect(profile.button("Save")).to_be_disabled()
        profile.field("Email").press("Enter")
    expect(profile.says(email)).to_be_visible()

    assert len(sent) == 1
    assert len(mailbox.to(email)) == 1


def test_a_double_click_sends_the_mail_again_once(
    page: Page, ben: Person, mailbox: Mailbox
) -> None:
    profile = ProfilePage(page).open()
    with held(page, "**/confirm") as sent:
        profile.button("Send the mail again").dblclick()
        expect(profile.button("Send the mail again")).to_be_disabled()
    expect(profile.announcements).to_contain_text("sent the mail again")

    assert len(sent) == 1
    assert len(mailbox.to(ben.email)) == 2


@pytest.mark.own_site("the club is a part for tests")
def test_CS4_back_and_reload_always_show_a_whole_page(page: Page, ann: Person) -> None:
    profile, club = ProfilePage(page), ClubPage(page)
    profile.open()
    profile.change_nickname(f"Back {ann.email[:20]}")
    expect(profile.announcements).to_contain_text("Your nickname is changed")
    profile.button("Change email").click()
    expect(profile.field("Email")).to_be_visible()
    club.open()
    page.go_back()
    expect(profile.heading).to_have_text("Profile")
    expect(profile.user_menu(f"Back {ann.email[:20]}")).to_be_visible()
    expect(profile.footer).to_be_visible()

    club.open()
    address = club.badge(FIRST).get_attribute("href") or ""
    club.open_badge(FIRST)
    expect(club.dialog).to_be_visible()
    page.goto(address)
    expect(club.navbar).to_be_visible()
    page.reload()
    expect(club.navbar).to_be_visible()
    page.go_back()
    expect(club.heading).to_have_text("Club")
    expect(club.footer).to_be_visible()
    for row in ("nickname", "email", "key", "tile", "delete"):
        page.goto(f"/profile/{row}")
        expect(profile.navbar).to_be_visible()
        expect(profile.button("Cancel")).to_be_visible()


def test_the_delete_dialog_is_native_and_esc_closes_it(page: Page, ann: Person) -> None:
    profile = ProfilePage(page).open()
    with no_full_load(page):
        profile.button("Delete account…").press("Enter")
        expect(profile.dialog).to_have_accessible_name("Delete your account?")
        assert page.evaluate("() => document.querySelector('dialog').matches(':modal')")
        profile.delete_with("not my key at all")
        profile.expect_error_at("Current access key", "not your current access key")
        expect(profile.field("Current access key")).to_be_focused()
        page.keyboard.press("Escape")

        expect(profile.dialog).to_be_hidden()
        expect(profile.button("Delete account…")).to_be_focused()
        profile.button("Delete account…").click()
        expect(profile.dialog).to_be_visible()
        profile.cancel()
        expect(profile.dialog).to_be_hidden()
        expect(profile.button("Delete account…")).to_be_focused()


def test_a_lost_connection_is_reported_and_loses_nothing(
    page: Page, ann: Person, watch: Watch
) -> None:
    profile, nickname = ProfilePage(page), f"Again {ann.email[:20]}"
    profile.open()
    profile.button("Change nickname").click()
    profile.field("Nickname").fill(nickname)
    page.route("**/profile/nickname", lambda route: route.abort())
    watch.allow("net::ERR_FAILED")
    watch.allow("Failed to fetch")
    watch.allow("NetworkError when attempting to fetch")  # Firefox
    profile.save()
    expect(profile.announcements).to_contain_text("Please check your connection")
    expect(profile.field("Nickname")).to_have_value(nickname)
    page.unroute("**/profile/nickname")
    profile.save()
    expect(profile.user_menu(nickname)).to_be_visible()


def test_a_page_with_a_stale_token_gets_another_and_sends_again(page: Page, bob: Person) -> None:
    login = LoginPage(page).open()
    page.context.clear_cookies(name=SESSION)
    login.log_in_as(bob)

    expect(login.announcements).to_contain_text("Welcome back")


def test_a_toast_can_be_dismissed(page: Page, ben: Person) -> None:
    profile = ProfilePage(page).open()
    profile.send_the_mail_again()
    expect(profile.announcements).to_contain_text("sent the mail again")
    profile.button("Dismiss").click()

    expect(profile.announcements).to_be_empty()


def test_the_code_form_goes_on_in_place_after_an_error(
    page: Page, bob: Person, mailbox: Mailbox
) -> None:
    forgot, reset = ForgotKeyPage(page), ResetKeyPage(page)
    forgot.open()
    forgot.ask_for_code(bob.email)
    expect(reset.heading).to_have_text("Choose a new access key")
    with no_full_load(page):
        reset.reset("12", GOOD_KEY)
        reset.expect_error_at("Code", "The code has 6 digits")
        expect(reset.field("Code")).to_be_focused()
    reset.reset(mailbox.code_to(bob.email), GOOD_KEY)
    expect(reset.announcements).to_contain_text("Please log in with it")


def test_the_result_of_a_check_does_not_move_a_button_that_is_being_pressed(
    page: Page, ann: Person
) -> None:
    profile, held = ProfilePage(page), list[Route]()
    profile.open()
    profile.button("Change nickname").click()
    page.route("**/check/nickname/nickname", lambda route: held.append(route))
    with page.expect_request("**/check/nickname/nickname"):
        profile.field("Nickname").fill("ab")
    profile.button("Save").hover()
    page.mouse.down()
    with page.expect_response("**/check/nickname/nickname"):
        for route in held:
            route.continue_()
    settled(page)  # it would have been put in
    with page.expect_response("**/profile/nickname"):
        page.mouse.up()

    profile.expect_error_at("Nickname", "at least 4 characters")
    expect(profile.field("Nickname")).to_be_focused()
