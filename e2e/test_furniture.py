"""The elements around the pages: navbar, footer, breadcrumbs, titles, errors."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.site_page import SitePage
from minimaluser.settings import SITE_NAME
from minimaluser.testing.browser.people import Person
from minimaluser.testing.browser.watch import Watch

TOO_WIDE = "() => document.body.scrollWidth - document.documentElement.clientWidth"
PAGES = {
    "/about": "About",
    "/privacy-notice": "Privacy notice",
    "/terms-of-service": "Terms of service",
    "/signup": "Sign up",
    "/login": "Log in",
    "/forgot-key": "Forgotten access key",
}


@pytest.mark.both_ways
def test_each_public_page_has_its_own_heading_title_description_and_canonical_link(
    page: Page, base_url: str
) -> None:
    site, descriptions = SitePage(page), set()
    for address, name in PAGES.items():
        page.goto(address)
        expect(site.heading).to_have_text(name)
        expect(page).to_have_title(f"{name} – {SITE_NAME}")
        head = {
            kind: page.locator(kind).get_attribute(attribute)
            for kind, attribute in (
                ("meta[name=description]", "content"),
                ("link[rel=canonical]", "href"),
                ("meta[property='og:url']", "content"),
            )
        }
        assert head["link[rel=canonical]"] == head["meta[property='og:url']"] == base_url + address
        descriptions.add(head["meta[name=description]"])
    assert len(descriptions) == len(PAGES)


@pytest.mark.both_ways
def test_scripts_run_only_where_a_test_wants_them(page: Page, script: bool) -> None:
    SitePage(page).open()
    page.keyboard.press("Shift")  # htmx is loaded when somebody is there
    expect(page.locator("form[data-htmx-powered]").first).to_be_attached(attached=script)


@pytest.mark.both_ways
def test_the_footer_leads_to_the_institutional_pages_and_breadcrumbs_lead_home(page: Page) -> None:
    site = SitePage(page).open()
    for link, heading in (
        ("About this site", "About"),
        ("Privacy notice", "Privacy notice"),
        ("Terms of service", "Terms of service"),
    ):
        site.footer.get_by_role("link", name=link, exact=True).click()
        expect(site.heading).to_have_text(heading)
        expect(site.breadcrumbs.get_by_text(heading)).to_have_attribute("aria-current", "page")
    site.breadcrumbs.get_by_role("link", name="Home").click()
    expect(page).to_have_url("/")


@pytest.mark.own_site("the club is a part for tests")
@pytest.mark.both_ways
def test_the_navbar_marks_the_present_page_and_shows_the_user(page: Page, ann: Person) -> None:
    site = SitePage(page)
    page.goto("/club/")
    current = site.navbar.get_by_role("link", name="Club", exact=True)
    expect(current).to_have_attribute("aria-current", "page")
    expect(site.navbar.get_by_role("link", name="Home")).not_to_have_attribute(
        "aria-current", "page"
    )
    expect(site.navbar.get_by_role("link", name="Sign up")).to_be_hidden()
    nickname = site.navbar.get_by_role("button").last.inner_text()
    site.user_menu(nickname).click()
    expect(site.button("Log out")).to_be_visible()
    site.navbar.get_by_role("link", name="Profile").click()

    expect(site.heading).to_have_text("Profile")


@pytest.mark.own_site("the club is a part for tests")
@pytest.mark.both_ways
def test_on_a_phone_the_menu_opens_and_nothing_is_wider_than_the_screen(
    page: Page, ann: Person
) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    site = SitePage(page)
    for address in ("/", "/profile", "/club/", "/about", "/cookies", "/profile/key"):
        page.goto(address)
        assert page.evaluate(TOO_WIDE) == 0, address
    site.button("Menu").click()
    site.navbar.get_by_role("link", name="About", exact=True).click()
    expect(site.heading).to_have_text("About")


@pytest.mark.parametrize("width", [320, 360, 390, 430, 480])
def test_a_guest_has_every_button_of_the_navbar_on_a_phone(page: Page, width: int) -> None:
    site = SitePage(page)
    page.set_viewport_size({"width": width, "height": 700})
    for address in ("/", "/login"):
        page.goto(address)
        assert page.evaluate(TOO_WIDE) == 0, address
        sign_up = site.navbar.get_by_role("link", name="Sign up").bounding_box()
        menu = site.navbar.get_by_role("button", name="Menu").bounding_box()
        mark = page.get_by_role("banner").get_by_role("link").first.bounding_box()
        assert sign_up["height"] < 44, address  # in one line
        assert menu["width"] >= 44, address
        assert menu["x"] + menu["width"] <= width, address
        assert abs(mark["y"] + mark["height"] / 2 - menu["y"] - menu["height"] / 2) <= 1, address


def test_the_footer_docks_at_the_bottom_of_a_short_page_and_the_navbar_stays_in_sight(
    page: Page, ann: Person
) -> None:
    site = SitePage(page)
    page.set_viewport_size({"width": 1280, "height": 1600})
    page.goto("/nothing-of-this-name")
    box = site.footer.bounding_box()
    assert box
    assert round(box["y"] + box["height"]) == 1600
    page.set_viewport_size({"width": 1280, "height": 600})
    page.goto("/privacy-notice")
    site.footer.scroll_into_view_if_needed()
    expect(site.navbar).to_be_in_viewport()


@pytest.mark.both_ways
def test_an_unknown_address_and_a_wrong_form_get_a_page_that_leads_on(page: Page) -> None:
    site = SitePage(page)
    answer = page.goto("/nothing-of-this-name")
    assert answer is not None
    assert answer.status == 404
    expect(site.heading).to_have_text("Nothing here")
    page.get_by_role("link", name="Go to the home page").click()
    expect(page).to_have_url("/")
    for address, status in (("/login", 403), ("/logout", 403), ("/club/x", 404)):
        answer_ = (
            page.request.post(address, form={"email": "x"})
            if status == 403
            else (page.request.get(address))
        )
        assert (address, answer_.status) == (address, status)
        assert "Go to the home page" in answer_.text()
    too_large = page.request.post("/login", form={"email": "x" * 70_000})
    assert too_large.status == 413


def test_the_skip_link_is_first_and_leads_to_the_content(page: Page) -> None:
    page.goto("/about")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_be_focused()


def test_the_files_that_robots_and_browsers_request_exist(page: Page, base_url: str) -> None:
    requests = page.request
    assert f"Sitemap: {base_url}/sitemap.xml" in requests.get("/robots.txt").text()
    for address in re.findall(r"<loc>([^<]+)</loc>", requests.get("/sitemap.xml").text()):
        assert requests.get(address).ok, address
    manifest = requests.get("/manifest.webmanifest").json()
    assert manifest["name"] == SITE_NAME
    for icon in manifest["icons"]:
        assert requests.get(icon["src"]).ok, icon
    for address in ("/favicon.ico", "/sw.js", "/offline", "/healthz", "/readyz"):
        assert requests.get(address).ok, address


@pytest.mark.chromium("Playwright cannot take the service worker of Firefox offline")
@pytest.mark.browser_context_args(service_workers="allow")
def test_without_a_connection_the_installed_site_says_so(page: Page, watch: Watch) -> None:
    watch.allow_no_network()
    page.goto("/about")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.context.set_offline(True)
    page.goto("/terms-of-service")
    expect(SitePage(page).heading).to_have_text("No connection")
    page.context.set_offline(False)
    page.reload()

    expect(SitePage(page).heading).to_have_text("Terms of service")


@pytest.mark.both_ways
def test_the_mailbox_of_development_shows_the_mail(page: Page, bob: Person) -> None:
    page.goto("/dev/mailbox")
    mail = page.get_by_role("article").filter(has_text=bob.email).first
    mail.get_by_role("link").filter(has_text="/confirm/").click()

    expect(SitePage(page).heading).to_have_text("This link no longer works")
