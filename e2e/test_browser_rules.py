"""Rules that the browser enforces: one origin (HD2), inert tiles (ST5), no secret kept (CA5)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.club_page import ClubPage
from e2e.pages.forgot_key_page import ForgotKeyPage
from e2e.pages.login_page import LoginPage
from e2e.pages.profile_page import ProfilePage
from e2e.pages.reset_key_page import ResetKeyPage
from e2e.pages.signup_page import SignupPage
from minimaluser.testing.browser.people import ANOTHER_KEY, GOOD_KEY, SESSION, Person, new_address
from minimaluser.testing.browser.watch import Watch
from minimaluser.testing.mailbox import Mailbox
from minimaluser.testing.settled import settled
from tests.club import FIRST

TELL = """addEventListener("securitypolicyviolation", (event) => {
    console.error(`policy broken: ${event.violatedDirective} ${event.blockedURI}`);
    window.broken = (window.broken ?? 0) + 1;
})"""
KEPT = """async () => JSON.stringify([
    Object.entries(localStorage), Object.entries(sessionStorage), await indexedDB.databases(),
])"""
NOTHING = "[[],[],[]]"
INLINE = """() => [...document.querySelectorAll("*")].flatMap((element) => [
    ...(element.matches("style, script:not([src])") ? [element.outerHTML] : []),
    ...element.getAttributeNames().filter((name) => /^(on|hx-on)/.test(name)),
])"""
PROFILE = ("/profile", *(f"/profile/{part}" for part in ("nickname", "key", "email", "events")))
PLANTED = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="ran('onload')">
<script>document.documentElement.setAttribute("data-ran", "script")</script>
<image href="/static/none.png"/><rect width="9" height="9" fill="#1a8a8a"/></svg>"""


@pytest.mark.own_site("the club is a part for tests")
@pytest.mark.motion
def test_HD2_and_CS5_a_whole_walk_uses_only_this_origin_breaks_no_policy_and_keeps_no_history(
    page: Page, base_url: str, bob: Person
) -> None:
    """A violation of the policy is an error in the console, for which `watch` fails every test."""
    nickname = f'"><img src=x>{bob.email[:20]}'
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    page.add_init_script(TELL)

    def look(*addresses: str) -> None:
        for address in addresses:
            page.goto(address)
            assert page.evaluate(INLINE) == [], address
            assert page.evaluate(KEPT) == NOTHING, address

    login, profile, club = LoginPage(page), ProfilePage(page), ClubPage(page)
    walk = [*login.public_addresses(), "/nothing-of-this-name"]
    assert "/signup" in walk
    look(*walk)
    login.open()
    login.log_in_as(bob)
    expect(login.announcements).to_contain_text("Welcome back")
    look(*walk, "/club/", *PROFILE)
    profile.open()
    for row in ("Change email", "Change access key"):
        profile.button(row).click()
        profile.cancel()
    profile.draw_a_new_tile()
    profile.save()
    expect(profile.announcements).to_contain_text("Your new tile is in place")
    profile.change_nickname(nickname)
    expect(profile.user_menu(nickname)).to_be_visible()
    profile.button("Delete account…").click()
    expect(profile.dialog).to_be_visible()
    club.open()
    club.open_badge(FIRST)
    expect(club.dialog).to_be_visible()
    assert page.evaluate(KEPT) == NOTHING
    page.go_back()
    page.go_back()
    expect(profile.heading).to_have_text("Profile")
    assert page.evaluate(KEPT) == NOTHING

    assert len(asked) > 20
    assert [address for address in asked if not address.startswith(f"{base_url}/")] == []


def test_HD2_the_browser_does_report_what_breaks_the_policy(page: Page, watch: Watch) -> None:
    """The positive control of the test above."""
    page.add_init_script(TELL)
    page.goto("/about")
    page.evaluate(
        """() => {
            document.body.insertAdjacentHTML("beforeend", "<p style='color: red'>x</p>");
            document.body.append(Object.assign(new Image(), { src: "https://evil.example/x.png" }));
        }"""
    )
    page.wait_for_function("() => window.broken === 2")
    said = " ".join(watch.problems)
    assert "policy broken: style-src" in said
    assert "policy broken: img-src https://evil.example" in said
    watch.problems.clear()


def test_ST5_a_script_planted_in_a_tile_does_not_run(
    page: Page, ann: Person, site_folder: Path, watch: Watch
) -> None:
    watch.allow_broken_policy()
    with closing(sqlite3.connect(site_folder / "instance" / "site.db", timeout=10)) as rows:
        change = "UPDATE users SET tile_svg = ? WHERE email = ? RETURNING tile_name"
        ((name,),) = rows.execute(change, (PLANTED, ann.email)).fetchall()
        rows.commit()
    came: list[str] = []
    page.on("response", lambda answer: came.append(urlsplit(answer.url).path))
    page.goto(f"/tiles/{name}.svg")
    settled(page)
    assert f"/tiles/{name}.svg" in came
    assert "/static/none.png" not in came
    assert page.evaluate("() => document.documentElement.dataset.ran ?? ''") == ""
    assert "<script>" in page.request.get(f"/tiles/{name}.svg").text()


def test_CA5_no_secret_and_no_name_is_stored_where_scripts_can_read_it(
    page: Page, mailbox: Mailbox
) -> None:
    signup, profile, login = SignupPage(page), ProfilePage(page), LoginPage(page)
    forgot, reset = ForgotKeyPage(page), ResetKeyPage(page)
    email = new_address()

    def nothing_kept() -> None:
        assert page.evaluate(KEPT) == NOTHING
        cookies = page.evaluate("() => document.cookie")
        assert cookies == "", "every cookie is for the server alone"

    signup.open()
    signup.sign_up_as(email)
    expect(signup.page.get_by_text(email).first).to_be_visible()
    nothing_kept()
    key = mailbox.key_to(email)
    page.goto(mailbox.link_to(email, "Confirm"))
    nothing_kept()
    profile.button("Confirm my email").click()
    expect(profile.announcements).to_contain_text("Your email is confirmed")
    profile.change_key(key, GOOD_KEY)
    expect(profile.announcements).to_contain_text("Your access key is changed")
    nothing_kept()
    profile.button("Change nickname").click()
    profile.fill("Nickname", "Half a nickname")
    nothing_kept()
    page.context.clear_cookies(name=SESSION)
    forgot.open()
    forgot.ask_for_code(email)
    expect(reset.heading).to_have_text("Choose a new access key")
    nothing_kept()
    reset.reset(mailbox.code_to(email), ANOTHER_KEY)
    expect(login.heading).to_have_text("Log in")
    nothing_kept()
