"""Times are told in the visitor's own zone; without JavaScript in UTC, and they say so."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.profile_page import ProfilePage
from minimaluser.testing.browser.people import Person

IN_TOKYO = pytest.mark.browser_context_args(timezone_id="Asia/Tokyo")
NINE_HOURS = timedelta(hours=9)


def event(page: Page, moment: datetime) -> str:
    """What the page with the events says about the moment of the newest one, if it is this."""
    answer = page.request.get("/profile/events").text()
    told = f'<time datetime="{moment.isoformat()}">{moment:%-d %B %Y, %H:%M} UTC</time>'
    page.route(
        "**/profile/events",
        lambda route: route.fulfill(
            body=re.sub("<time.*?</time>", told, answer, count=1), content_type="text/html"
        ),
    )
    ProfilePage(page).open("/profile/events")
    page.unroute("**/profile/events")
    return page.get_by_role("listitem").get_by_role("time").first.inner_text()


@IN_TOKYO
def test_a_time_is_told_in_the_zone_of_the_browser(page: Page, ann: Person) -> None:
    told = event(page, datetime(2026, 1, 31, 23, 30, tzinfo=UTC))
    assert told == "1 February 2026 at 08:30"
    first = page.get_by_role("listitem").get_by_role("time").first
    expect(first).to_have_attribute("title", "31 January 2026, 23:30 UTC")


@IN_TOKYO
@pytest.mark.parametrize(("days", "name"), [(-1, "yesterday"), (0, "today"), (1, "tomorrow")])
def test_a_near_day_is_told_by_its_name(page: Page, ann: Person, days: int, name: str) -> None:
    there = datetime.now(UTC) + NINE_HOURS
    early = there.replace(hour=0, minute=5, second=0, microsecond=0) + timedelta(days=days)
    assert event(page, early - NINE_HOURS) == f"{name} at 00:05"


@IN_TOKYO
def test_what_comes_later_is_told_so_too(page: Page, ann: Person) -> None:
    elsewhere = ann.elsewhere()
    for _ in range(2):
        ann.must(elsewhere.elsewhere().log_in())
    profile = ProfilePage(page).open()
    expect(profile.sessions).to_have_count(3)
    ann.at(page).enter_key()
    page.get_by_role("button", name=re.compile("Log out there")).first.click()
    expect(profile.sessions).to_have_count(2)
    seen = profile.sessions.filter(has_text="last seen").get_by_role("time").last
    expect(seen).to_have_attribute("title", re.compile("UTC$"))  # it has been told anew


@pytest.mark.parametrize("script", [False], indirect=True)
def test_without_javascript_a_time_says_that_it_is_utc(page: Page, ann: Person) -> None:
    told = event(page, datetime(2026, 1, 31, 23, 30, tzinfo=UTC))
    assert told == "31 January 2026, 23:30 UTC"
