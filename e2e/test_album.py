"""The album: at home, the list, a picture as a dialog and as a page."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e import pictures
from e2e.pages.album_page import AlbumPage, HomePage
from e2e.pages.login_page import LoginPage
from e2e.pages.photo_page import PhotoPage
from e2e.people import Person
from e2e.watch import no_full_load

NOT_FOUND = "Nothing here"


@pytest.mark.both_ways
def test_home_shows_its_pictures_to_anybody_and_asks_to_log_in_for_one(
    page: Page, bob: Person
) -> None:
    home, login, photo = HomePage(page), LoginPage(page), PhotoPage(page)
    home.open()
    expect(home.names).to_have_text([pictures.FIRST, pictures.SECOND])
    red = page.get_by_role("img", name="Nothing but red")
    expect(red).not_to_have_js_property("naturalWidth", 0)
    home.open_picture(pictures.FIRST)

    expect(login.heading).to_have_text("Log in")
    login.log_in_as(bob)

    expect(login.announcements).to_contain_text("Welcome back")
    expect(page).to_have_url("/album/1-a-red-square")
    expect(photo.heading).to_have_text(pictures.FIRST)


@pytest.mark.both_ways
def test_the_album_lists_all_on_air_in_sequence_and_leads_from_one_to_the_next(
    page: Page, ann: Person
) -> None:
    album, photo = AlbumPage(page), PhotoPage(page)
    album.open()
    expect(album.names).to_have_text([pictures.FIRST, pictures.SECOND, pictures.MEMBERS_ONLY])
    album.open_picture(pictures.SECOND)
    expect(page.get_by_role("heading", name=pictures.SECOND).last).to_be_visible()
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
    album = AlbumPage(page)
    album.open()
    with no_full_load(page):
        album.picture(pictures.FIRST).press("Enter")
        expect(album.dialog).to_have_accessible_name(pictures.FIRST)
        expect(album.dialog.get_by_role("heading")).to_be_focused()
        page.keyboard.press("ArrowRight")
        expect(album.dialog).to_have_accessible_name(pictures.SECOND)
        page.keyboard.press("Escape")

        expect(album.dialog).to_be_hidden()
        expect(album.picture(pictures.FIRST)).to_be_focused()
        album.picture(pictures.SECOND).click()
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
        for name in (pictures.FIRST, pictures.SECOND):
            album.picture(name).click()
            expect(album.dialog).to_be_visible()
            page.keyboard.press("ArrowRight")
            expect(album.dialog).not_to_have_accessible_name(name)
            page.go_back()
            expect(album.dialog).to_be_hidden()
            expect(album.picture(name)).to_be_focused()
            expect(page).to_have_url("/album/")
        album.picture(pictures.FIRST).click()
        expect(album.dialog).to_be_visible()
        page.keyboard.press("Escape")
        expect(album.dialog).to_be_hidden()
    page.go_back()

    expect(page).to_have_url("/")


@pytest.mark.both_ways
def test_a_picture_has_a_whole_page_with_breadcrumbs_of_its_own(page: Page, ann: Person) -> None:
    album, photo = AlbumPage(page), PhotoPage(page)
    album.open()
    page.goto(album.picture(pictures.MEMBERS_ONLY).get_attribute("href") or "")

    expect(photo.navbar).to_be_visible()
    expect(photo.heading).to_have_text(pictures.MEMBERS_ONLY)
    expect(page).to_have_title(re.compile(pictures.MEMBERS_ONLY))
    photo.breadcrumbs.get_by_role("link", name="Album").click()
    expect(album.heading).to_have_text("Album")


def test_an_unconfirmed_user_sees_single_pictures(page: Page, ben: Person) -> None:
    home, photo = HomePage(page), PhotoPage(page)
    home.open()
    home.open_picture(pictures.SECOND)

    expect(photo.dialog).to_have_accessible_name(pictures.SECOND)


def test_off_air_and_unknown_pictures_are_the_same_404(page: Page, ann: Person) -> None:
    photo, texts = PhotoPage(page), set()
    for identity in (4, 4711):
        for part in ("", "/480.webp"):
            answer = page.goto(f"/album/{identity}-a-grey-one{part}")
            assert answer is not None
            assert answer.status == 404
            expect(photo.heading).to_have_text(NOT_FOUND)
            texts.add(photo.main.inner_text())
    assert len(texts) == 1


def test_large_files_and_pictures_off_the_home_page_need_a_log_in(page: Page) -> None:
    for file, status in (
        ("1-a-red-square/960.avif", 200),
        ("1-a-red-square/1600.avif", 303),
        ("3-a-blue-one/480.avif", 303),
    ):
        answer = page.request.get(f"/album/{file}", max_redirects=0)
        assert (file, answer.status) == (file, status)
