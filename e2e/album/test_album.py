"""The album: at home, the list, a picture as a dialog and as a page."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.album.album_page import AlbumPage, HomePage
from e2e.album.photo_page import PhotoPage
from e2e.pages.login_page import LoginPage
from e2e.test_keyboard import LOST
from minimaluser.testing.browser.accessibility import TOO_WIDE, problems
from minimaluser.testing.browser.keyboard import Keyboard
from minimaluser.testing.browser.people import Person
from minimaluser.testing.browser.watch import no_full_load
from tests.album.stock import FIRST, SECOND, THIRD

pytestmark = pytest.mark.own_site("its album has pictures that the tests know")


@pytest.mark.both_ways
def test_home_shows_its_pictures_to_anybody_and_asks_to_log_in_for_one(
    page: Page, bob: Person
) -> None:
    home, login, photo = HomePage(page), LoginPage(page), PhotoPage(page)
    home.open()
    expect(home.names).to_have_text([FIRST, THIRD])
    red = page.get_by_role("img", name="Nothing but red")
    expect(red).not_to_have_js_property("naturalWidth", 0)
    home.open_picture(FIRST)

    expect(login.heading).to_have_text("Log in")
    login.log_in_as(bob)

    expect(login.announcements).to_contain_text("Welcome back")
    expect(page).to_have_url("/album/1-tuesday-in-the-box")
    expect(photo.heading).to_have_text(FIRST)


@pytest.mark.both_ways
def test_the_album_lists_all_on_air_in_sequence_and_leads_from_one_to_the_next(
    page: Page, ann: Person
) -> None:
    album, photo = AlbumPage(page), PhotoPage(page)
    album.open()
    expect(album.names).to_have_text([FIRST, SECOND, THIRD])
    album.open_picture(SECOND)
    expect(page.get_by_role("heading", name=SECOND).last).to_be_visible()
    expect(photo.image("Nothing but green").last).not_to_have_js_property("naturalWidth", 0)
    photo.next()
    expect(photo.image("Nothing but blue").last).to_be_visible()
    expect(page.get_by_role("link", name="Next picture")).to_be_hidden()
    photo.previous()
    expect(page.get_by_role("link", name="Next picture")).to_be_visible()  # the list has pictures
    photo.previous()

    expect(page.get_by_text("It is red.").last).to_be_visible()
    expect(page.get_by_role("link", name="Previous picture")).to_be_hidden()


def test_with_javascript_a_picture_opens_over_the_list_and_esc_leads_back(
    page: Page, ann: Person
) -> None:
    album = AlbumPage(page).open()
    with no_full_load(page):
        album.picture(FIRST).press("Enter")
        expect(album.dialog).to_have_accessible_name(FIRST)
        expect(album.dialog.get_by_role("heading")).to_be_focused()
        page.keyboard.press("ArrowRight")
        expect(album.dialog).to_have_accessible_name(SECOND)
        page.keyboard.press("Escape")

        expect(album.dialog).to_be_hidden()
        expect(album.picture(FIRST)).to_be_focused()
        album.picture(SECOND).click()
        expect(album.dialog).to_be_visible()
        album.dialog.get_by_role("button", name="Close").click()
        expect(album.dialog).to_be_hidden()
    expect(page).to_have_url("/album/")


def test_back_closes_a_picture_and_a_picture_closed_by_hand_is_no_step_back(
    page: Page, ann: Person
) -> None:
    album = AlbumPage(page)
    HomePage(page).open()
    album.open()
    with no_full_load(page):
        for name in (FIRST, SECOND):
            album.picture(name).click()
            expect(album.dialog).to_be_visible()
            page.keyboard.press("ArrowRight")
            expect(album.dialog).not_to_have_accessible_name(name)
            page.go_back()
            expect(album.dialog).to_be_hidden()
            expect(album.picture(name)).to_be_focused()
            expect(page).to_have_url("/album/")
        album.picture(FIRST).click()
        expect(album.dialog).to_be_visible()
        page.keyboard.press("Escape")
        expect(album.dialog).to_be_hidden()
    page.go_back()

    expect(page).to_have_url("/")


@pytest.mark.both_ways
def test_a_picture_has_a_whole_page_with_breadcrumbs_of_its_own(page: Page, ann: Person) -> None:
    album, photo = AlbumPage(page), PhotoPage(page)
    album.open()
    page.goto(album.picture(SECOND).get_attribute("href") or "")

    expect(photo.navbar).to_be_visible()
    expect(photo.heading).to_have_text(SECOND)
    expect(page).to_have_title(re.compile(SECOND))
    photo.breadcrumbs.get_by_role("link", name="Album").click()
    expect(album.heading).to_have_text("Album")


def test_an_unconfirmed_user_sees_single_pictures(page: Page, ben: Person) -> None:
    home, photo = HomePage(page), PhotoPage(page)
    home.open()
    home.open_picture(THIRD)

    expect(photo.dialog).to_have_accessible_name(THIRD)


@pytest.mark.chromium(LOST)
def test_looking_at_the_album(page: Page, ann: Person) -> None:
    keys, album = Keyboard(page), AlbumPage(page)
    page.goto("/")
    keys.use(album.navbar.get_by_role("link", name="Album"))
    keys.use(album.picture(FIRST))
    expect(album.dialog).to_have_accessible_name(FIRST)
    keys.press("ArrowRight")
    expect(album.dialog).to_have_accessible_name(SECOND)
    keys.use(album.dialog.get_by_role("link", name="Next picture"))
    expect(album.dialog).to_have_accessible_name(THIRD)
    keys.use(album.dialog.get_by_role("button", name="Close"))
    expect(album.picture(FIRST)).to_be_focused()
    keys.reach(album.footer.get_by_role("link", name="Privacy notice"))
    keys.reach(album.breadcrumbs.get_by_role("link", name="Home"), "Shift+Tab").press("Enter")
    expect(page).to_have_url("/")


def test_the_album_has_no_barrier_and_fits_with_large_letters(page: Page, ann: Person) -> None:
    album, found = AlbumPage(page), []
    for open_it in (HomePage(page).open, album.open, lambda: album.open_picture(SECOND)):
        open_it()
        found += problems(page)
    expect(album.dialog).to_be_visible()
    page.goto(album.picture(SECOND).get_attribute("href") or "")
    found += problems(page)
    assert found == [], "\n".join(found)
    for address in ("/", "/album/"):
        page.set_viewport_size({"width": 640, "height": 800})
        page.goto(address)
        page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
        assert page.evaluate(TOO_WIDE) == [], address
