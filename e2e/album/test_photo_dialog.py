"""A picture in the dialog: its address, and the ways to the next one and back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from e2e.album.album_page import AlbumPage, HomePage
from e2e.album.photo_page import PhotoPage
from e2e.test_toasts import are_apart, say
from minimaluser.testing.browser.accessibility import problems
from minimaluser.testing.browser.holding import held
from minimaluser.testing.browser.people import Person
from minimaluser.testing.browser.watch import no_full_load
from minimaluser.testing.settled import settled
from tests.album.stock import FIRST, SECOND, THIRD

pytestmark = pytest.mark.own_site("its album has pictures that the tests know")

ADDRESSES = {
    FIRST: "/album/1-tuesday-in-the-box",
    SECOND: "/album/2-rain-on-the-sill",
    THIRD: "/album/3-nine-o-clock",
}
LIST = "/album/"
PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
LOADED = "async (image) => { await image.decode(); return image.currentSrc }"
A_FINGER = pytest.mark.chromium("Playwright has no finger that moves; Chromium takes one by CDP")


@pytest.fixture
def album(page: Page, ann: Person) -> AlbumPage:
    """The list, with a page before it in the history."""
    HomePage(page).open()
    return AlbumPage(page).open()


def show(album: AlbumPage, name: str) -> None:
    album.picture(name).click()
    expect_shown(album, name)


def expect_shown(album: AlbumPage, name: str) -> None:
    """Check that a picture is in the dialog and its address in the address bar."""
    expect(album.dialog).to_have_accessible_name(name)
    expect(album.page).to_have_url(ADDRESSES[name])
    settled(album.page)


def expect_closed(album: AlbumPage, opener: str) -> None:
    """Check that the list is as it was, and that the focus is where it was."""
    expect(album.dialog).to_be_hidden()
    expect(album.page).to_have_url(LIST)
    expect(album.picture(opener)).to_be_focused()


def swipe(page: Page, by: tuple[int, int], fingers: int = 1) -> None:
    """Draw a finger, or two, over the middle of the dialog."""
    box = page.get_by_role("dialog").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)
    for step in range(6):
        at = (x + by[0] * step / 5, y + by[1] * step / 5)
        points = [{"x": at[0] + 40 * n, "y": at[1], "id": n} for n in range(fingers)]
        kind = "touchMove" if step else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    session.detach()
    settled(page)


@pytest.mark.both_ways
def test_a_picture_has_its_address_and_back_leads_to_the_list(page: Page, ann: Person) -> None:
    album, photo = AlbumPage(page).open(), PhotoPage(page)
    album.open_picture(SECOND)
    expect(page).to_have_url(ADDRESSES[SECOND])
    photo.next()
    expect(photo.image("Nothing but blue").last).to_be_visible()
    expect(page).to_have_url(ADDRESSES[THIRD])
    settled(page).reload()
    expect(page).to_have_url(ADDRESSES[THIRD])
    expect(photo.heading).to_have_text(THIRD)
    photo.breadcrumbs.get_by_role("link", name="Album").click()

    expect(page).to_have_url(LIST)
    expect(album.heading).to_have_text("Album")


def test_back_keeps_the_list_and_forward_opens_the_picture_again(
    page: Page, album: AlbumPage
) -> None:
    page.set_viewport_size({"width": 360, "height": 400})
    album.picture(THIRD).scroll_into_view_if_needed()
    before = page.evaluate("() => scrollY")
    assert before > 0
    with no_full_load(page):
        show(album, THIRD)
        page.keyboard.press("ArrowLeft")
        expect_shown(album, SECOND)
        page.go_back()
        expect_closed(album, THIRD)
        assert page.evaluate("() => scrollY") == before
        page.go_forward()
        expect_shown(album, SECOND)
        page.go_back()
        expect_closed(album, SECOND)
    page.go_back()

    expect(page).to_have_url("/")


@pytest.mark.parametrize("close", ["Escape", "button", "backdrop"])
def test_closed_by_hand_the_list_has_its_address_and_back_is_one_step(
    page: Page, album: AlbumPage, close: str
) -> None:
    ways: dict[str, Callable[[], object]] = {
        "Escape": lambda: page.keyboard.press("Escape"),
        "button": lambda: album.dialog.get_by_role("button", name="Close").click(),
        "backdrop": lambda: page.mouse.click(3, 3),
    }
    with no_full_load(page):
        for name in (FIRST, SECOND):
            show(album, name)
            page.keyboard.press("ArrowRight")
            expect(album.dialog).not_to_have_accessible_name(name)
            settled(page)
            ways[close]()
            expect_closed(album, name)
    page.go_back()

    expect(page).to_have_url("/")


def test_after_a_reload_back_shows_the_list_and_forward_the_picture(
    page: Page, album: AlbumPage
) -> None:
    show(album, FIRST)
    page.reload()
    photo = PhotoPage(page)
    expect(photo.heading).to_have_text(FIRST)
    photo.button("Cookie settings").click()
    expect(photo.dialog).to_be_visible()
    expect(page).to_have_url(ADDRESSES[FIRST])
    settled(page).keyboard.press("Escape")
    expect(photo.dialog).to_be_hidden()
    expect(page).to_have_url(ADDRESSES[FIRST])
    page.go_back()
    expect(page).to_have_url(LIST)
    expect(album.heading).to_have_text("Album")
    settled(page).go_forward()

    expect(page).to_have_url(ADDRESSES[FIRST])
    expect(page.get_by_role("heading", name=FIRST).first).to_be_visible()


def test_a_picture_that_is_late_stays_away_when_its_dialog_is_closed(
    page: Page, album: AlbumPage
) -> None:
    show(album, FIRST)
    with held(page, f"**{ADDRESSES[SECOND]}") as requests:
        with page.expect_request(f"**{ADDRESSES[SECOND]}"):
            page.keyboard.press("ArrowRight")
        page.go_back()
        expect(album.dialog).to_be_hidden()
        assert len(requests) == 1
    settled(page)

    expect_closed(album, FIRST)


@A_FINGER
def test_a_finger_leads_to_the_next_picture_and_back(page: Page, album: AlbumPage) -> None:
    page.set_viewport_size(PHONE)
    show(album, FIRST)
    swipe(page, (-120, 15))
    expect_shown(album, SECOND)
    for by, fingers in (((-30, 0), 1), ((-60, 90), 1), ((-120, 0), 2)):
        swipe(page, by, fingers)
        expect_shown(album, SECOND)
    swipe(page, (120, -15))
    expect_shown(album, FIRST)
    swipe(page, (120, 0))
    expect_shown(album, FIRST)


@A_FINGER
def test_a_finger_scrolls_and_moves_what_is_enlarged(page: Page, album: AlbumPage) -> None:
    page.set_viewport_size({"width": 360, "height": 300})
    show(album, FIRST)
    swipe(page, (0, -100))
    page.wait_for_function("() => document.querySelector('#dialog').scrollTop > 50")
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setPageScaleFactor", {"pageScaleFactor": 2})
    for _ in range(5):  # the last ones at the edge of what is enlarged
        swipe(page, (-120, 0))

    expect_shown(album, FIRST)


@A_FINGER
def test_right_to_left_the_next_picture_is_at_the_left(page: Page, album: AlbumPage) -> None:
    page.evaluate("() => { document.documentElement.dir = 'rtl' }")
    show(album, FIRST)
    page.keyboard.press("ArrowLeft")
    expect_shown(album, SECOND)
    swipe(page, (120, 0))
    expect_shown(album, THIRD)
    page.keyboard.press("ArrowRight")
    expect_shown(album, SECOND)


def test_keys_of_the_browser_turn_no_picture(page: Page, album: AlbumPage) -> None:
    show(album, SECOND)
    for key in ("Alt", "Control", "Meta", "Shift"):
        page.keyboard.press(f"{key}+ArrowRight")
        settled(page)
        expect_shown(album, SECOND)


def test_on_a_phone_a_picture_has_the_whole_window(page: Page, album: AlbumPage) -> None:
    page.set_viewport_size(PHONE)
    show(album, FIRST)
    image = PhotoPage(page).image("Nothing but red").last
    assert album.dialog.bounding_box() == {"x": 0, "y": 0, **PHONE}
    assert image.evaluate("(image) => image.offsetWidth") == PHONE["width"]
    assert image.evaluate(LOADED).endswith("/640.avif")
    page.set_viewport_size({"width": 360, "height": 300})
    album.dialog.evaluate("(box) => box.scrollTo(0, 1000)")

    expect(album.dialog.get_by_role("button", name="Close")).to_be_in_viewport(ratio=1)


def test_on_a_phone_a_toast_lies_above_a_picture(page: Page, album: AlbumPage) -> None:
    page.set_viewport_size(PHONE)
    show(album, FIRST)
    toast = say(page)
    assert are_apart(toast, album.dialog)
    album.dialog.get_by_role("button", name="Close").click()

    expect_closed(album, FIRST)


def test_on_a_desktop_a_picture_is_as_large_as_fits(page: Page, album: AlbumPage) -> None:
    page.set_viewport_size(DESKTOP)
    show(album, FIRST)
    image = PhotoPage(page).image("Nothing but red").last

    assert image.evaluate("(image) => image.offsetHeight") > DESKTOP["height"] * 0.75
    assert album.dialog.evaluate("(box) => box.scrollHeight <= box.clientHeight")
    assert image.evaluate(LOADED).endswith("/960.avif")


def test_a_picture_in_the_dialog_has_no_barrier(page: Page, album: AlbumPage) -> None:
    show(album, SECOND)
    found = problems(page)
    assert found == [], "\n".join(found)
