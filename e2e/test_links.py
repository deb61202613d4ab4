"""Malformed, used, foreign and expired links: one clear page, and nothing happens."""

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.confirm_page import ConfirmPage
from e2e.pages.profile_page import ProfilePage
from minimaluser.testing.browser.people import Person
from minimaluser.testing.mailbox import Mailbox

NO_LONGER = "This link no longer works"
KINDS = ("/confirm/", "/email/confirm/", "/email/undo/", "/reset-key/", "/reset-key/mail/")


@pytest.mark.both_ways
def test_malformed_and_foreign_links_get_one_clear_page(
    page: Page, ben: Person, mailbox: Mailbox
) -> None:
    confirm = ConfirmPage(page)
    good = mailbox.link_to(ben.email, "Confirm")
    token = good.rpartition("/")[2]
    garbled = [f"{kind}nonsense" for kind in KINDS] + [good[:-3] + "xyz"]
    foreign = [kind + token for kind in KINDS[1:]]
    for address in garbled + foreign:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 400
        expect(confirm.heading).to_have_text(NO_LONGER)
        expect(confirm.navbar).to_be_visible()
    confirm.open_link(good)
    expect(confirm.button("Confirm my email")).to_be_visible()


@pytest.mark.both_ways
def test_TK7_the_page_behind_a_link_has_no_token_in_its_address(
    page: Page, ben: Person, mailbox: Mailbox
) -> None:
    confirm, link = ConfirmPage(page), mailbox.link_to(ben.email, "Confirm")
    confirm.open_link(link)
    expect(page).to_have_url("/confirm/link")
    assert link.rpartition("/")[2] not in page.content()
    page.reload()
    confirm.confirm()
    expect(ProfilePage(page).announcements).to_contain_text("Your email is confirmed")
    page.goto("/confirm/link")
    expect(confirm.heading).to_have_text(NO_LONGER)


@pytest.mark.both_ways
def test_a_link_works_once_and_pressing_its_button_too_late_says_so(
    page: Page, ben: Person, mailbox: Mailbox, another_page: Page
) -> None:
    confirm, elsewhere = ConfirmPage(page), ConfirmPage(another_page)
    link = mailbox.link_to(ben.email, "Confirm")
    confirm.open_link(link)
    elsewhere.open_link(link)
    elsewhere.confirm()
    expect(ProfilePage(another_page).announcements).to_contain_text("Your email is confirmed")

    confirm.confirm()

    expect(page.get_by_text(NO_LONGER).first).to_be_visible()
    expect(page.get_by_text("Something went wrong")).to_be_hidden()
    confirm.open_link(link)
    expect(confirm.heading).to_have_text(NO_LONGER)
