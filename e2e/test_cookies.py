"""The cookie choice: banner, settings, reopened, withdrawn."""

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.cookies_page import CookiesPage
from e2e.pages.login_page import LoginPage
from minimaluser.testing.browser.people import Person
from minimaluser.testing.browser.watch import no_full_load

NECESSARY = {"mu_session", "mu_consent"}


@pytest.mark.both_ways
@pytest.mark.parametrize("agree", [True, False], ids=["agree", "necessary"])
def test_the_banner_stays_until_a_choice_is_made_and_the_settings_show_it(
    page: Page, agree: bool
) -> None:
    cookies = CookiesPage(page)
    page.goto("/")
    expect(cookies.cookie_banner).to_be_visible()
    page.goto("/about")
    expect(cookies.cookie_banner).to_be_visible()
    if agree:
        cookies.agree_to_all()
    else:
        cookies.necessary_only()

    expect(cookies.announcements).to_contain_text("Your cookie choice is saved")
    expect(cookies.cookie_banner).to_be_hidden()
    page.reload()
    expect(cookies.heading).to_be_visible()
    expect(cookies.cookie_banner).to_be_hidden()
    cookies.reopen()
    expect(cookies.necessary).to_be_checked()
    expect(cookies.necessary).to_be_disabled()
    expect(cookies.analysis).to_be_checked(checked=agree)


@pytest.mark.both_ways
def test_PR2_consent_can_be_withdrawn_from_the_footer_as_easily_as_given(page: Page) -> None:
    cookies = CookiesPage(page)
    page.goto("/about")
    cookies.let_me_choose()
    expect(cookies.analysis).not_to_be_checked()
    cookies.save(analysis=True)
    expect(cookies.announcements).to_contain_text("Your cookie choice is saved")
    expect(cookies.cookie_banner).to_be_hidden()
    cookies.reopen()
    expect(cookies.analysis).to_be_checked()
    cookies.save(analysis=False)

    expect(cookies.analysis).to_be_hidden()
    cookies.reopen()
    expect(cookies.analysis).not_to_be_checked()


def test_PR2_yes_and_no_look_alike_and_no_comes_first(page: Page) -> None:
    cookies = CookiesPage(page)
    page.goto("/about")
    no, yes = cookies.button("Necessary only"), cookies.button("Agree to all")
    weights = [
        button.evaluate(
            """button => {
                const look = getComputedStyle(button);
                const { top, height } = button.getBoundingClientRect();
                const seen = ["color", "backgroundColor", "borderColor", "fontSize", "fontWeight",
                    "opacity", "textDecorationLine", "paddingLeft", "visibility"];
                return [top, height, ...seen.map((name) => look[name])];
            }"""
        )
        for button in (no, yes)
    ]
    assert weights[0] == weights[1]
    no.focus()
    page.keyboard.press("Tab")
    expect(yes).to_be_focused()


def test_with_javascript_it_is_chosen_in_place(page: Page) -> None:
    cookies = CookiesPage(page)
    page.goto("/terms-of-service")
    with no_full_load(page):
        cookies.let_me_choose()
        expect(cookies.dialog).to_be_visible()
        page.keyboard.press("Escape")
        expect(cookies.dialog).to_be_hidden()
        expect(cookies.button("Let me choose")).to_be_focused()
        expect(cookies.cookie_banner).to_be_visible()
        cookies.let_me_choose()
        cookies.save(analysis=True)
        expect(cookies.dialog).to_be_hidden()
        expect(cookies.announcements).to_contain_text("Your cookie choice is saved")
        cookies.reopen()
        cookies.save(analysis=False)
        expect(cookies.dialog).to_be_hidden()
        expect(cookies.button("Cookie settings")).to_be_focused()


@pytest.mark.both_ways
def test_PR1_only_necessary_cookies_and_requests_come_before_the_choice(
    page: Page, base_url: str
) -> None:
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    for address in ("/", "/about", "/signup", "/login", "/privacy-notice"):
        page.goto(address)

    names = {cookie["name"].rpartition("_")[0] for cookie in page.context.cookies()}
    assert names <= NECESSARY
    assert {address for address in asked if not address.startswith(base_url)} == set()


@pytest.mark.both_ways
def test_PR2_the_site_can_be_used_while_the_banner_is_there(page: Page, bob: Person) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    login, cookies = LoginPage(page), CookiesPage(page)
    login.open()
    login.log_in_as(bob)
    expect(login.announcements).to_contain_text("Welcome back")

    expect(cookies.cookie_banner).to_be_visible()
    cookies.necessary_only()
    expect(cookies.cookie_banner).to_be_hidden()
