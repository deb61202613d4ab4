"""The site as an app: what browsers cache, offline, new versions, and nothing private in it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, expect

from e2e.pages.club_page import ClubPage
from e2e.pages.login_page import LoginPage
from e2e.pages.profile_page import ProfilePage
from e2e.pages.site_page import SitePage
from minimaluser.testing.browser.browsers import ARGUMENTS, PATIENCE
from minimaluser.testing.browser.people import SESSION, People, Person
from minimaluser.testing.browser.watch import Watch
from minimaluser.testing.processes import until
from minimaluser.testing.settled import settled
from tests.club import FIRST

WHOLE = shutil.which("chromium") or shutil.which("google-chrome")
READY = """() => navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller
    || new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done)))
    .then(() => true)"""
KEPT = """async () => {
    const found = [];
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            const body = await (await cache.match(request)).text();
            found.push([name, new URL(request.url).pathname, body]);
        }
    }
    return found;
}"""
STORED = """async () => [
    Object.entries(localStorage), Object.entries(sessionStorage), await indexedDB.databases(),
].flat().length"""
TELL = """addEventListener("pageshow", ({ persisted }) =>
    console.info(`shown ${location.pathname} ${persisted} ${document.documentElement.hidden}`))"""
BACK = "() => setTimeout(() => history.back(), 0)"
FORWARD = "() => setTimeout(() => history.forward(), 0)"

whole = pytest.mark.skipif(not WHOLE, reason="needs a whole Chromium, not only its headless shell")
allowed = pytest.mark.browser_context_args(service_workers="allow")


def cookie(page: Page, base_url: str, value: str) -> None:
    page.context.add_cookies([{"name": "worker", "value": value, "url": base_url}])


def listed(page: Page) -> set[str]:
    """The files that the service worker keeps."""
    text = page.request.get("/sw.js").text()
    files = re.search(r"const FILES = (\[.*?\]);", text, re.DOTALL)
    assert files
    return {"/offline", *json.loads(files[1])}


@pytest.mark.chromium("Playwright cannot take the service worker of Firefox offline")
@allowed
def test_offline_there_is_a_page_with_pictures_that_goes_on_by_itself(
    page: Page, watch: Watch
) -> None:
    watch.allow_no_network()
    page.goto("/about")
    page.evaluate(READY)
    page.context.set_offline(True)
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.goto("/terms-of-service")
    expect(SitePage(page).heading).to_have_text("No connection")
    for image in page.get_by_role("img").all():
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    assert page.get_by_role("main").get_by_role("img").count() >= 2
    assert page.evaluate("() => getComputedStyle(document.body).getPropertyValue('--paper')")
    assert [url for url in failed if not url.endswith("/terms-of-service")] == []
    page.context.set_offline(False)

    expect(SitePage(page).heading).to_have_text("Terms of service")


@pytest.mark.own_site("it has a next release")
@allowed
def test_CA4_a_new_version_takes_over_within_one_reload_and_old_pages_are_told(
    page: Page, base_url: str
) -> None:
    page.goto("/about")
    page.evaluate(READY)
    old = page.evaluate("() => caches.keys()")
    old_page = page.context.new_page()
    old_page.goto("/privacy-notice")
    cookie(page, base_url, "next")
    page.reload()

    expect(SitePage(old_page).announcements).to_contain_text("A new version is ready")
    new = page.evaluate("() => caches.keys()")
    assert len(old) == len(new) == 1
    assert new == [f"next-{old[0]}"]
    with old_page.expect_navigation():
        old_page.get_by_role("link", name="Reload").click()


@pytest.mark.own_site("it can be switched off")
@allowed
def test_CA4_switched_off_the_worker_goes_and_leaves_nothing(page: Page, base_url: str) -> None:
    page.goto("/about")
    page.evaluate(READY)
    cookie(page, base_url, "off")
    page.reload()
    gone = "() => navigator.serviceWorker.getRegistration().then((found) => !found)"
    assert until(lambda: page.evaluate(gone), PATIENCE / 1000)
    page.reload()
    assert page.evaluate(gone)
    assert page.evaluate("() => caches.keys()") == []


def test_the_browsers_offer_to_install_stands_in_the_menu(page: Page) -> None:
    page.goto("/about")
    install = SitePage(page).button("Install the app")
    expect(install).to_be_hidden()
    page.evaluate(
        """() => {
            const offer = new Event("beforeinstallprompt", { cancelable: true });
            offer.prompt = () => { window.asked = offer.defaultPrevented };
            dispatchEvent(offer);
        }"""
    )
    install.click()
    assert page.evaluate("() => window.asked")
    expect(install).to_be_hidden()


@whole
@pytest.mark.chromium("it is asked of Chromium itself")
def test_chromium_finds_nothing_that_keeps_the_site_from_being_installed(
    playwright: Playwright, base_url: str, tmp_path: Path
) -> None:
    context = playwright.chromium.launch_persistent_context(
        tmp_path / "profile", executable_path=WHOLE, args=ARGUMENTS, base_url=base_url
    )
    page = context.pages[0]
    page.goto("/")
    session = context.new_cdp_session(page)
    assert session.send("Page.getAppManifest")["errors"] == []
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    assert session.send("Page.getAppId")["appId"] == f"{base_url}/"
    context.close()


def test_CA3_a_log_out_reaches_every_tab(page: Page, ann: Person) -> None:
    profile, other = ProfilePage(page), ProfilePage(page.context.new_page())
    profile.open()
    other.open()
    other.button("Change nickname").click()
    nickname = other.field("Nickname").input_value()
    profile.log_out(nickname)

    expect(other.page).to_have_url("/")
    other.expect_guest()
    expect(profile.announcements).to_contain_text("You are logged out")
    expect(profile.page.get_by_text(nickname)).to_have_count(0)


def test_a_tab_of_somebody_else_leaves_too(page: Page, ann: Person, bob: Person) -> None:
    profile, other = ProfilePage(page), ProfilePage(page.context.new_page())
    profile.open()
    page.context.clear_cookies(name=SESSION)
    bob.at(page).log_in()
    other.open()

    expect(page).to_have_url("/")
    expect(other.main.get_by_text(bob.email)).to_be_visible()


# --- Nothing private is left


@pytest.fixture
def living_room(playwright: Playwright, base_url: str, watch: Watch) -> Iterator[BrowserContext]:
    """A browser as people use it, with a service worker and a back/forward cache."""
    browser: Browser = playwright.chromium.launch(
        executable_path=WHOLE,
        args=ARGUMENTS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    context = browser.new_context(base_url=base_url, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    context.add_init_script(TELL)
    watch.over(context)
    yield context
    browser.close()


@pytest.mark.own_site("the club is a part for tests")
@whole
@pytest.mark.chromium("it is asked of Chromium itself")
def test_CA2_CA3_and_CA5_nothing_private_is_left_on_the_device(
    living_room: BrowserContext, people: People, bob: Person, watch: Watch
) -> None:
    watch.allow_no_network()
    page, shown = living_room.new_page(), []
    page.on("console", lambda message: shown.append(message.text))
    ann = people.at(living_room).confirmed("ann")
    profile, club = ProfilePage(page), ClubPage(page)
    nickname = _walk(page, profile, club)

    def back_shows(heading: str, go: str = BACK) -> None:
        page.evaluate(go)
        expect(profile.heading).to_have_text(heading)
        _expect_nothing_of(page, ann.email, nickname)

    # The positive control: this browser does bring pages back whole. Between them a page without
    # JavaScript, for a page of the same user tells the others about itself and so frees them.
    page.goto("/nothing-of-this-name")
    page.evaluate(BACK)
    expect(profile.heading).to_have_text("Profile")
    expect(profile.button("Change nickname")).to_be_visible()
    assert "shown /profile true true" in shown, shown  # hidden until it is reloaded
    page.wait_for_function("() => performance.getEntriesByType('navigation')[0].type === 'reload'")

    second = ProfilePage(living_room.new_page())
    second.open()
    profile.log_out(nickname)
    expect(profile.announcements).to_contain_text("You are logged out")
    expect(second.page).to_have_url("/")
    _expect_nothing_of(second.page, ann.email, nickname)

    back_shows("Log in")
    back_shows("Log in")
    page.evaluate(FORWARD)
    _expect_nothing_of(page, ann.email, nickname)
    kept = page.evaluate(KEPT)
    assert {path for _, path, _ in kept} == listed(page)
    assert len({name for name, _, _ in kept}) == 1
    assert [path for _, path, body in kept if ann.email in body or nickname in body] == []
    assert page.evaluate(STORED) == 0

    living_room.set_offline(True)
    back_shows("No connection")
    page.goto("/profile")
    expect(profile.heading).to_have_text("No connection")
    living_room.set_offline(False)
    expect(profile.heading).to_have_text("Log in")
    LoginPage(page).log_in_as(bob)
    expect(profile.main.get_by_text(bob.email)).to_be_visible()
    _expect_nothing_of(page, ann.email, nickname)


def _walk(page: Page, profile: ProfilePage, club: ClubPage) -> str:
    """Visit everything that an account has, and return its nickname."""
    page.goto("/")
    page.evaluate(READY)
    club.open()
    club.open_badge(FIRST)
    expect(club.dialog).to_be_visible()
    profile.open()
    profile.button("Change nickname").click()
    nickname = profile.field("Nickname").input_value()
    profile.cancel()
    profile.draw_a_new_tile()
    profile.cancel()
    profile.open()
    return nickname


def _expect_nothing_of(page: Page, *private: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert [words for words in private if words in _content(page)] == []


def _content(page: Page) -> str:
    """Return the text of the page once it has finished loading."""
    try:
        return page.content()
    except Error:  # Back and Forward reload some pages
        return settled(page).content()


@whole
@pytest.mark.chromium("it is asked of Chromium itself")
def test_a_page_that_back_brings_as_it_was_is_at_rest(living_room: BrowserContext) -> None:
    page, shown = living_room.new_page(), []
    page.on("console", lambda message: shown.append(message.text))
    page.goto("/about")
    page.evaluate(READY)  # a worker that comes later frees what is kept for Back
    settled(page).get_by_role("contentinfo").get_by_role("link", name="Terms").click()
    settled(page).evaluate(BACK)
    expect(page).to_have_url("/about")

    expect(page.locator("html[data-busy]")).to_have_count(0)  # it has loaded nothing
    assert "shown /about true false" in shown, "the page was loaded anew"
