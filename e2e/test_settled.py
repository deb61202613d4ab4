"""`<html data-busy>`: there as long as anything is under way, and gone when the page is at rest.

Nothing here waits but `settled`: what is looked at afterwards must be there.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.pages.login_page import LoginPage
from e2e.pages.profile_page import ProfilePage
from e2e.pages.signup_page import SignupPage
from e2e.pages.site_page import SitePage
from minimaluser.testing.browser.holding import held
from minimaluser.testing.browser.people import GOOD_KEY, SESSION, Person
from minimaluser.testing.browser.watch import Watch, no_full_load
from minimaluser.testing.processes import until
from minimaluser.testing.settled import PATIENCE, settled

CALM = """() => new Promise((done) => {
  const html = document.documentElement;
  new MutationObserver(() => done(false)).observe(html, { attributeFilter: ["data-busy"] });
  setTimeout(() => done(!("busy" in html.dataset)), 300);
})"""


TELL = """new MutationObserver(() =>
    console.info(`pulse ${"busy" in document.documentElement.dataset}`))
  .observe(document, { attributeFilter: ["data-busy"], subtree: true })"""


MOVING = """() => {
  window.moving = [];
  const { documentElement: html } = document, box = document.querySelector("#dialog");
  new MutationObserver(() => "busy" in html.dataset || moving.push(box.getAnimations().length))
    .observe(html, { attributeFilter: ["data-busy"] });
}"""  # how much moves whenever the page says that it is at rest
ONLINE = """() => {
  dispatchEvent(new Event("online"));
  return "busy" in document.documentElement.dataset;
}"""
KEPT = """() => {
  setTimeout(() => location.assign("/about"));
  setTimeout(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })), 1000);
}"""
FORM = """() => setTimeout(() => {
  const form = Object.assign(document.createElement("form"), { action: "/about" });
  document.body.append(form);
  form.requestSubmit();
})"""


class Pulse:
    """What a page says of itself, also while it is being left: then it answers no questions."""

    def __init__(self, page: Page) -> None:
        self._page, self._said = page, ["pulse false"]
        page.add_init_script(TELL)
        page.on("console", lambda message: self._said.append(message.text))

    def is_busy(self) -> bool:
        self._page.wait_for_timeout(100)
        return [words for words in self._said if words.startswith("pulse")][-1] == "pulse true"


@pytest.fixture
def pulse(page: Page) -> Pulse:
    """The pulse of the page of the test."""
    return Pulse(page)


def is_busy(page: Page) -> bool:
    return bool(page.evaluate("() => 'busy' in document.documentElement.dataset"))


def test_a_page_at_rest_stays_so(page: Page, ann: Person) -> None:
    for address in ("/", "/profile", "/about", "/offline", "/nothing-of-this-name"):
        page.goto(address)
        assert settled(page).evaluate(CALM), address


def test_a_form_is_under_way_until_the_page_it_leads_to_is_there(
    page: Page, pulse: Pulse, bob: Person
) -> None:
    login = LoginPage(page).open()
    with held(page, "**/") as home:
        with held(page, "**/login"):
            login.log_in_as(bob)
            assert pulse.is_busy()
        until(lambda: pulse.is_busy() and home, PATIENCE)
        assert pulse.is_busy()
        assert home
    settled(page)
    assert login.announcements.inner_text().startswith("Welcome back")


def test_after_a_form_that_leads_elsewhere_a_page_can_be_opened_at_once(
    page: Page, bob: Person
) -> None:
    login, profile = LoginPage(page), ProfilePage(page)
    for _ in range(3):
        page.goto("/login")
        login.log_in_as(bob)
        settled(page).goto("/profile")
        assert profile.says(bob.email).count()
        page.context.clear_cookies(name=SESSION)


def test_a_check_is_under_way_from_the_first_letter_on(page: Page) -> None:
    signup = SignupPage(page).open()
    signup.field("Email").press_sequentially("eve")
    assert is_busy(page)
    settled(page)
    assert signup.field("Email").get_attribute("aria-invalid") == "true"
    signup.field("Email").fill("eve@example.org")
    settled(page)
    assert signup.field("Email").get_attribute("aria-invalid") is None


@pytest.mark.motion
def test_a_dialog_is_open_and_at_rest(page: Page, ann: Person) -> None:
    profile = ProfilePage(page).open()
    page.evaluate(MOVING)
    profile.ask_to_delete()
    settled(page)
    assert page.evaluate("() => window.moving.at(-1)") == 0
    assert page.evaluate("() => document.activeElement.id") == "dialog-title"


def test_what_is_sent_once_more_is_waited_for(page: Page, ann: Person) -> None:
    profile, nickname = ProfilePage(page), f"Twice {ann.email[:20]}"
    profile.open()
    profile.button("Change nickname").click()
    profile.fill("Nickname", nickname)
    page.context.clear_cookies(name=SESSION)
    ann.at(page).log_in()
    settled(page).evaluate(MOVING)
    with no_full_load(page):
        profile.field("Nickname").press("Enter")
        settled(page)
        assert profile.user_menu(nickname).count()
    assert page.evaluate("() => window.moving") == [0], "it was not at rest in between"


@pytest.mark.parametrize("way", ["link", "script", "form"])
def test_a_page_that_is_being_left_is_busy(page: Page, pulse: Pulse, way: str) -> None:
    site = SitePage(page).open()
    with held(page, "**/about*") as asked:
        if way == "link":
            site.footer.get_by_role("link", name="About").click(no_wait_after=True)
        elif way == "script":
            page.evaluate("() => setTimeout(() => location.replace('/about'))")
        else:
            page.evaluate(FORM)
        until(lambda: pulse.is_busy() and asked, PATIENCE)
        assert pulse.is_busy()
        assert asked
    settled(page)
    assert site.heading.inner_text() == "About"


def test_errors_and_aborts_end_in_a_page_at_rest(page: Page, ann: Person, watch: Watch) -> None:
    watch.allow("net::ERR_")
    watch.allow("Failed to fetch")
    watch.allow("NetworkError")
    watch.allow("500 from")
    watch.allow("status of 500")
    profile = ProfilePage(page).open()
    profile.button("Change nickname").click()
    ways = (
        lambda route: route.abort(),
        lambda route: route.fulfill(status=500),
        lambda route: route.fulfill(status=404),
        lambda route: page.evaluate("""() => document.querySelector("#nickname-form")
            .dispatchEvent(new Event("htmx:abort"))"""),
    )
    routes: list[Route] = []
    for way in ways:
        profile.fill("Nickname", f"Still {ann.email[:20]}")
        settled(page)
        page.route("**/profile/nickname", lambda route: routes.append(route))
        with page.expect_request("**/profile/nickname"):
            profile.save()
        assert is_busy(page)
        assert not profile.field("Nickname").is_editable()
        way(routes.pop())
        settled(page)
        assert profile.field("Nickname").is_editable()
        page.unroute("**/profile/nickname")
    page.context.set_offline(True)
    watch.allow_no_network()
    profile.save()
    assert settled(page).evaluate(ONLINE), "what waits is sent now"
    settled(page)
    page.context.set_offline(False)
    expect(profile.user_menu(f"Still {ann.email[:20]}")).to_be_visible()


@pytest.mark.chromium("Firefox does not say that a page is left no longer")
def test_a_page_that_is_left_no_longer_is_at_rest(page: Page, pulse: Pulse) -> None:
    site = SitePage(page).open()
    with held(page, "**/about"):
        page.evaluate("() => setTimeout(() => window.stop(), 500)")
        site.footer.get_by_role("link", name="About").click(no_wait_after=True)
        assert pulse.is_busy()
        settled(page, 3)
        assert page.url.endswith("/")


def test_a_page_that_back_has_kept_as_it_was_is_at_rest(page: Page, pulse: Pulse) -> None:
    """Browsers under test keep no pages, so the page is told what a kept one is told."""
    SitePage(page).open()
    with held(page, "**/about"):
        page.evaluate(KEPT)
        assert until(pulse.is_busy, PATIENCE)
        assert until(lambda: not pulse.is_busy(), PATIENCE)
    settled(page)


def test_a_page_that_offers_a_file_is_at_rest_and_offers_it_again(page: Page, ann: Person) -> None:
    profile = ProfilePage(page).open()
    offers = (profile.button("Download my data"), page.get_by_role("link", name="download your"))
    with no_full_load(page):
        for offer in offers:
            for _ in range(2):
                with page.expect_download() as started:
                    offer.click()
                assert ann.email in started.value.path().read_text()
                settled(page, 2)
            if offer is offers[0]:
                profile.ask_to_delete()


def test_a_key_that_is_asked_for_first_is_waited_for(
    page: Page, ann: Person, another_page: Page
) -> None:
    profile, login = ProfilePage(page), LoginPage(page)
    profile.open()
    profile.button("Change nickname").click()
    profile.fill("Nickname", f"Asked {ann.email[:20]}")
    ann.at(another_page).log_in()
    ann.choose_key(GOOD_KEY)
    profile.save()
    settled(page)
    assert login.dialog.count()
    login.log_in_in_dialog(ann.email, ann.key)
    settled(page)
    assert profile.user_menu(f"Asked {ann.email[:20]}").count()


def test_a_tab_that_a_log_out_elsewhere_sends_away_is_waited_for(page: Page, ann: Person) -> None:
    profile, other = ProfilePage(page), ProfilePage(page.context.new_page())
    pulse = Pulse(other.page)
    profile.open()
    other.open()
    other.button("Change nickname").click()
    nickname = settled(other.page).get_by_label("Nickname").input_value()
    with held(other.page, "**/") as home:
        profile.log_out(nickname)
        until(lambda: pulse.is_busy() and home, PATIENCE)
        assert pulse.is_busy()
    settled(other.page)
    other.expect_guest()
