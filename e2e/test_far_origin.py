"""A site at an http:// address that is not local: no browser sends Sec-Fetch headers there (B7)."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from e2e.pages.confirm_page import ConfirmPage
from e2e.pages.login_page import LoginPage
from e2e.pages.profile_page import ProfilePage
from e2e.pages.reset_key_page import ResetKeyPage
from minimaluser.testing.browser.browsers import FAR
from minimaluser.testing.browser.people import ANOTHER_KEY, GOOD_KEY, Person
from minimaluser.testing.browser.watch import Watch
from minimaluser.testing.mailbox import Mailbox

pytestmark = [
    pytest.mark.both_ways,
    pytest.mark.chromium("Firefox takes no name for an address from the command line."),
]


@pytest.fixture
def far(base_url: str, watch: Watch) -> str:
    """The address of the site by a name that is not local."""
    watch.allow("Cross-Origin-Opener-Policy header has been ignored")  # it is not trustworthy
    return f"http://{FAR}:{urlsplit(base_url).port}"


@pytest.fixture
def posts(another_page: Page) -> list[Request]:
    """What the browser posts."""
    seen: list[Request] = []
    another_page.on("request", lambda sent: seen.append(sent) if sent.method == "POST" else None)
    return seen


def at(far: str, link: str) -> str:
    """A link of a mail, at the other name."""
    return far + urlsplit(link).path


def expect_far(posts: list[Request], far: str) -> None:
    """Check that the browser had no Sec-Fetch headers, and said where the page was."""
    assert posts
    for sent in posts:
        headers = sent.all_headers()
        assert "sec-fetch-site" not in headers
        assert headers.get("origin", far) == far  # a check that was given up has none yet
        assert urlsplit(headers.get("referer", far)).path in {"", "/"}, "a token in the referrer"


def test_CS1_the_button_behind_a_link_works(
    another_page: Page, ben: Person, mailbox: Mailbox, far: str, posts: list[Request]
) -> None:
    confirm = ConfirmPage(another_page)
    confirm.open_link(at(far, mailbox.link_to(ben.email, "Confirm")))
    confirm.confirm()

    expect(ProfilePage(another_page).announcements).to_contain_text("Your email is confirmed")
    expect_far(posts, far)


def test_CS1_a_key_is_set_by_the_link_and_by_the_code(
    another_page: Page, ann: Person, mailbox: Mailbox, far: str, posts: list[Request]
) -> None:
    reset, login = ResetKeyPage(another_page), LoginPage(another_page)
    for key in (GOOD_KEY, ANOTHER_KEY):
        another_page.goto(f"{far}/forgot-key")
        posts.clear()
        reset.fill("Email", ann.email)
        reset.button("Send code").click()
        expect(reset.heading).to_have_text("Choose a new access key")
        posts.clear()
        if key == GOOD_KEY:
            reset.reset(mailbox.code_to(ann.email), key)
        else:
            reset.open_link(at(far, mailbox.link_to(ann.email, "Your code")))
            reset.choose(key)
        expect(login.announcements).to_contain_text("Please log in with it")
        expect_far(posts, far)


def test_CS1_every_form_of_a_page_behind_a_bad_link_works(
    another_page: Page, far: str, posts: list[Request]
) -> None:
    confirm = ConfirmPage(another_page)
    another_page.goto(f"{far}/confirm/nonsense")
    expect(confirm.heading).to_have_text("This link no longer works")
    confirm.button("Necessary only").click()

    expect(confirm.cookie_banner).to_have_count(0)
    expect_far(posts, far)
