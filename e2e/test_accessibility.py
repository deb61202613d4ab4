"""Every page and state, checked by axe in both modes; narrow, enlarged, and in forced colours."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.club_page import ClubPage
from e2e.pages.cookies_page import CookiesPage
from e2e.pages.forgot_key_page import ForgotKeyPage
from e2e.pages.login_page import LoginPage
from e2e.pages.profile_page import ProfilePage
from e2e.pages.reset_key_page import ResetKeyPage
from e2e.pages.signup_page import SignupPage
from minimaluser.testing.browser.accessibility import NARROW, RULES, TOO_WIDE, problems
from minimaluser.testing.browser.people import GOOD_KEY, SESSION, Person
from minimaluser.testing.browser.watch import Watch
from minimaluser.testing.mailbox import Mailbox
from tests.club import SECOND

OTHERS = ("/appearance", "/offline", "/nothing-of-this-name", "/confirm/garbage")
# What is pressed or filled in has an edge, or is underlined like a link; the footer is all links.
WITHOUT_EDGE = """() => [...document.querySelectorAll("button:not(footer *), input")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }))
  .map((each) => [each, getComputedStyle(each)])
  .filter(([, { textDecorationLine }]) => textDecorationLine !== "underline")
  .filter(([, { borderTopWidth, borderTopColor, backgroundColor }]) =>
    parseFloat(borderTopWidth) < 1 || borderTopColor === backgroundColor)
  .map(([each]) => each.outerHTML.slice(0, 90))"""
# Puts what other documents show below what this one shows; ids, and what names them, stay apart.
GATHER = """async (addresses) => {
  const main = document.querySelector("main > .container");
  const names = ["id", "for", "form", "fill", "href", "popovertarget"].concat(
    ["aria-describedby", "aria-labelledby"]);
  const shown = ".skip-link, #network, #install, dialog, #toasts, template, script";
  for (const [number, address] of addresses.entries()) {
    const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
    for (const extra of page.body.querySelectorAll(`:scope > :is(${shown})`)) extra.remove();
    const ids = new Set([...page.querySelectorAll("[id]")].map(({ id }) => id));
    const apart = (word) => (ids.has(word) ? `${word}-${number}` : word);
    for (const each of page.body.querySelectorAll("*"))
      for (const name of names)
        if (each.hasAttribute(name))
          each.setAttribute(name, each.getAttribute(name).replace(/[\\w-]+/g, apart));
    const around = [...page.body.children].filter((each) => !each.matches("main"));
    main.append(...around, ...page.querySelector("main > .container").children);
  }
}"""
LISTEN = """() => {
  window.said = [];
  const toasts = document.querySelector("[role=status]");
  new MutationObserver((changes) => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes]))
      if (node.nodeType === Node.ELEMENT_NODE) window.said.push(node.querySelector("p").innerText);
  }).observe(toasts, { childList: true });
}"""
ACTIVE = "() => document.activeElement.outerHTML.slice(0, 90)"
OUTLINE = """() => {
  const active = document.activeElement;
  const shown = [getComputedStyle(active), getComputedStyle(active, "::after")];
  return shown.find((style) => style.outlineStyle !== "none")?.outlineWidth ?? "none";
}"""


def test_pages_for_guests_are_accessible(page: Page, mailbox: Mailbox, eve: Person) -> None:
    signup, login, cookies = SignupPage(page), LoginPage(page), CookiesPage(page)
    forgot, reset = ForgotKeyPage(page), ResetKeyPage(page)
    page.goto("/")
    found = problems(page)  # with the cookie banner
    cookies.let_me_choose()
    expect(cookies.dialog).to_be_visible()
    found += problems(page)
    cookies.save(analysis=False)
    expect(cookies.announcements).to_contain_text("saved")
    found += problems(page)  # with a toast
    assert "/signup" in signup.public_addresses()
    for address in (*signup.public_addresses(), *OTHERS):
        page.goto(address)
        found += problems(page)
    signup.open()
    signup.sign_up_as("eve@")
    signup.expect_error_at("Email", "email address")
    found += problems(page)
    login.open()
    login.log_in("eve@example.org", "not the key at all")
    login.expect_error_at("Access key", "We do not know this")
    page.set_viewport_size(NARROW)
    login.button("Menu").click()
    found += problems(page)
    forgot.open()
    found += problems(page)
    forgot.ask_for_code("nobody@example.org")
    expect(reset.heading).to_have_text("Choose a new access key")
    reset.reset("12", GOOD_KEY, "another")
    reset.expect_error_at("Code", "6 digits")
    found += problems(page)

    assert found == [], "\n".join(found)


def test_pages_for_unconfirmed_users_are_accessible(
    page: Page, ben: Person, mailbox: Mailbox
) -> None:
    profile = ProfilePage(page).open()
    profile.send_the_mail_again()
    expect(profile.announcements).to_contain_text("sent the mail again")
    found = problems(page)
    profile.open_link(mailbox.link_to(ben.email, "onfirm"))
    found += problems(page)

    assert found == [], "\n".join(found)


@pytest.mark.own_site("the club is a part for tests")
def test_pages_for_members_are_accessible(page: Page, ann: Person, mailbox: Mailbox) -> None:
    profile, club = ProfilePage(page), ClubPage(page)
    profile.open()
    profile.change_email(f"new-{ann.email}")
    expect(profile.main.get_by_text("Waiting for")).to_be_visible()
    profile.button("Draw a new tile").click()
    expect(profile.new_tile).to_be_visible()
    profile.button("Change email").click()
    expect(profile.field("Email")).to_be_visible()
    profile.button("Change nickname").click()
    profile.field("Nickname").fill("Ann")
    profile.expect_error_at("Nickname", "at least 4")
    profile.button("Change access key").click()
    profile.fill_keys("wrong", GOOD_KEY, "another")
    profile.field("New access key").press("Enter")
    expect(profile.field("Confirm new access key")).to_have_attribute("aria-invalid", "true")
    found = problems(page)  # four rows open, two of them with errors
    profile.open()
    profile.ask_to_delete()
    profile.delete_with("not my key at all")
    expect(profile.dialog.get_by_role("alert")).to_be_visible()
    found += problems(page)
    for address in ("/profile/delete", "/profile/events", "/key-entry", "/profile/first-key"):
        page.goto(address)
        found += problems(page)
    profile.button("Show me a new key once").click()
    expect(profile.button("Show me a new key once")).to_be_hidden()
    found += problems(page)
    page.goto("/")
    profile.navbar.get_by_role("button").last.click()
    expect(profile.button("Log out")).to_be_visible()
    found += problems(page)
    club.open()
    found += problems(page)
    club.open_badge(SECOND)
    expect(club.dialog).to_be_visible()
    found += problems(page)
    page.goto(club.badge(SECOND).get_attribute("href") or "")
    found += problems(page)
    for email in (f"new-{ann.email}", ann.email):
        page.goto(mailbox.link_to(email))  # confirm the new address; undo it from the old one
        found += problems(page)

    assert found == [], "\n".join(found)


def test_interruptions_of_an_edit_are_accessible(page: Page, ann: Person, watch: Watch) -> None:
    watch.allow_no_network()
    profile = ProfilePage(page).open()
    profile.button("Change nickname").click()
    expect(profile.field("Nickname")).to_be_visible()
    page.context.set_offline(True)
    profile.save()
    expect(profile.announcements).to_contain_text("is sent when the connection is back")
    found = problems(page)
    profile.field("Nickname").fill("Ann")
    page.context.set_offline(False)
    page.context.clear_cookies(name=SESSION)
    profile.save()
    expect(profile.dialog).to_have_accessible_name("Log in to go on")
    found += problems(page)

    assert found == [], "\n".join(found)


def test_every_partial_in_every_state_is_accessible(page: Page) -> None:
    """All on one page, so without the rules about whole pages."""
    states = page.request.get("/dev/gallery/states.json").json()
    partials = [each["address"] for each in states if each["kind"] == "partial"]
    page.goto(partials[0])
    page.evaluate(GATHER, partials[1:])
    found = problems(page, *RULES)

    assert found == [], "\n".join(found)


def test_results_are_announced_once_and_what_was_swapped_has_its_name_and_state(
    page: Page, ben: Person
) -> None:
    profile, nickname = ProfilePage(page), f"Once {ben.email[4:20]}"
    profile.open()
    page.evaluate(LISTEN)
    profile.send_the_mail_again()
    expect(profile.announcements).to_contain_text("sent the mail again")
    profile.change_nickname("A")
    profile.expect_error_at("Nickname", "at least 4")
    expect(profile.field("Nickname")).to_be_focused()
    expect(profile.main.get_by_role("alert")).to_have_count(1)
    profile.field("Nickname").fill(nickname)
    profile.expect_no_error_at("Nickname")
    profile.save()
    expect(profile.user_menu(nickname)).to_be_visible()
    profile.button("Change access key").click()
    show = profile.main.get_by_role("button", name="Show")
    expect(show.nth(1)).to_have_accessible_description("New access key")

    said = page.evaluate("() => window.said")
    sent = "We have sent the mail again. Only the access key and the link in it work now."
    assert said == [sent, "Your nickname is changed."]


@pytest.mark.own_site("the club is a part for tests")
def test_letters_of_twice_the_size_fit(page: Page, ann: Person) -> None:
    page.set_viewport_size({"width": 640, "height": 800})
    for address in ("/", "/profile", "/profile/key", "/club/", "/privacy-notice", "/cookies"):
        page.goto(address)
        page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
        assert page.evaluate(TOO_WIDE) == [], address


@pytest.mark.chromium("Playwright cannot force colours on Firefox")
def test_in_forced_colours_everything_still_has_an_edge_and_the_focus_shows(
    page: Page, ann: Person
) -> None:
    page.emulate_media(forced_colors="active")
    profile = ProfilePage(page)
    page.goto("/profile/nickname")
    profile.field("Nickname").fill("Ann")
    profile.expect_error_at("Nickname", "at least 4")
    faint = page.evaluate(WITHOUT_EDGE)
    assert faint == []
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate(OUTLINE) not in ("none", "0px"), page.evaluate(ACTIVE)
