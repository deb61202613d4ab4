"""The tile: drawn again, with a preview."""

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.profile_page import ProfilePage
from e2e.pages.site_page import SitePage
from minimaluser.testing.browser.people import Person
from minimaluser.testing.browser.watch import no_full_load


def drawing(page: Page, address: str) -> str:
    """Return the SVG behind an address."""
    answer = page.request.get(address)
    assert answer.ok, f"{address} answered {answer.status}"
    return answer.text()


@pytest.mark.both_ways
def test_the_tile_of_the_preview_is_the_one_that_is_kept(page: Page, ann: Person) -> None:
    profile, home = ProfilePage(page), SitePage(page)
    profile.open()
    old = profile.tile.get_attribute("src") or ""
    first = profile.draw_a_new_tile()
    second = profile.draw_a_new_tile()
    assert drawing(page, first) != drawing(page, second)
    wanted = drawing(page, second)
    profile.save()

    expect(profile.announcements).to_contain_text("Your new tile is in place")
    expect(profile.tile).to_be_visible()
    expect(profile.tile).not_to_have_attribute("src", old)
    new = profile.tile.get_attribute("src") or ""
    assert drawing(page, new) == wanted
    home.open()
    expect(home.navbar.get_by_role("button").last.get_by_role("presentation")).to_have_attribute(
        "src", new
    )


@pytest.mark.both_ways
def test_a_tile_that_cannot_be_drawn_is_refused_and_another_one_is_offered(
    page: Page, ann: Person
) -> None:
    profile = ProfilePage(page).open()
    offered = profile.draw_a_new_tile()
    page.evaluate("() => document.querySelector('[name=seed]').value = 'something else'")
    profile.save()

    expect(profile.new_tile).to_be_visible()
    expect(profile.new_tile).not_to_have_attribute("src", offered)


@pytest.mark.both_ways
def test_cancelling_keeps_the_tile(page: Page, ann: Person) -> None:
    profile = ProfilePage(page).open()
    old = profile.tile.get_attribute("src") or ""
    profile.draw_a_new_tile()
    profile.cancel()

    expect(profile.new_tile).to_be_hidden()
    expect(profile.tile).to_have_attribute("src", old)


def test_with_javascript_it_is_drawn_in_place_everywhere_on_the_page(
    page: Page, ann: Person
) -> None:
    profile = ProfilePage(page).open()
    with no_full_load(page):
        profile.draw_a_new_tile()
        profile.draw_a_new_tile()
        profile.save()
        expect(profile.announcements).to_contain_text("Your new tile is in place")
        expect(profile.button("Draw a new tile")).to_be_focused()
        new = profile.tile.get_attribute("src") or ""
        menu = profile.navbar.get_by_role("button").last.get_by_role("presentation")
        expect(menu).to_have_attribute("src", new)
