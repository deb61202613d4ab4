"""htmx comes when somebody begins to do something, and the next page when one points at it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.pages.cookies_page import CookiesPage
from e2e.pages.signup_page import SignupPage
from e2e.pages.site_page import SitePage
from minimaluser.testing.browser.watch import Watch, no_full_load

HTMX = re.compile(r"/static/htmx\.\w+\.js$")
FETCHED_AHEAD = "() => performance.getEntriesByType('navigation')[0].deliveryType"


@pytest.fixture
def held(page: Page) -> Callable[[], None]:
    """Hold htmx back until this is called."""
    waiting: list[Route] = []
    page.route(HTMX, lambda route: waiting.append(route))  # append itself has no signature

    def let_go() -> None:
        for _ in range(100):
            if waiting:
                break
            page.wait_for_timeout(100)
        assert waiting
        for route in waiting:
            route.continue_()

    return let_go


def test_who_only_reads_loads_no_htmx(page: Page) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    SitePage(page).open()
    page.wait_for_load_state("networkidle")
    assert any("/static/site." in address for address in loaded)
    assert not any(map(HTMX.search, loaded))
    with page.expect_request(HTMX):
        page.keyboard.press("Tab")


def test_what_is_pressed_before_htmx_is_there_waits_for_it(
    page: Page, held: Callable[[], None]
) -> None:
    cookies = CookiesPage(page)
    page.goto("/")
    with no_full_load(page):
        cookies.reopen()
        expect(cookies.dialog).to_be_hidden()
        held()
        expect(cookies.dialog).to_be_visible()
        expect(cookies.analysis).to_be_visible()


def test_what_is_typed_before_htmx_is_there_is_checked_when_it_is(
    page: Page, held: Callable[[], None]
) -> None:
    signup = SignupPage(page)
    signup.open()
    with no_full_load(page):
        signup.fill("Email", "ann@@example.org")
        page.keyboard.press("Tab")
        held()
        signup.expect_error_at("Email", "does not look like an email address")


def test_pressed_twice_before_htmx_is_there_it_is_sent_once(
    page: Page, held: Callable[[], None]
) -> None:
    sent: list[str] = []
    page.on("request", lambda it: sent.append(it.url) if it.method == "POST" else None)
    cookies = CookiesPage(page)
    page.goto("/")
    with no_full_load(page):
        cookies.button("Necessary only").dblclick()
        held()
        expect(cookies.announcements).to_contain_text("Your cookie choice is saved")
    assert len(sent) == 1


def test_without_htmx_everything_is_a_page(page: Page, watch: Watch) -> None:
    watch.allow("Failed to load resource: net::ERR_FAILED")
    page.route(HTMX, lambda route: route.abort())
    cookies = CookiesPage(page)
    page.goto("/")
    cookies.let_me_choose()
    expect(cookies.heading).to_have_text("Cookies")
    cookies.save(analysis=True)
    expect(cookies.announcements).to_contain_text("Your cookie choice is saved")


def test_without_a_network_the_page_stays_and_says_so(page: Page, watch: Watch) -> None:
    watch.allow_no_network()
    cookies = CookiesPage(page)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    with no_full_load(page):
        cookies.reopen()
        expect(cookies.announcements).to_contain_text("No answer")
        page.context.set_offline(False)
        cookies.reopen()
        expect(cookies.analysis).to_be_visible()


@pytest.mark.chromium("speculation rules are Chromium's")
def test_a_page_is_fetched_when_a_settled_guest_points_at_its_link(page: Page) -> None:
    cookies = CookiesPage(page)
    about = cookies.footer.get_by_role("link", name="About this site")

    def ahead() -> object:
        page.goto("/")
        about.hover()
        page.wait_for_timeout(500)
        about.click()
        expect(cookies.heading).to_have_text("About")
        return page.evaluate(FETCHED_AHEAD)

    assert ahead() == ""  # the choice would change the page
    cookies.necessary_only()
    expect(cookies.cookie_banner).to_be_hidden()
    assert ahead() == "navigational-prefetch"
