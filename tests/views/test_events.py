"""The page with the latest events."""

from __future__ import annotations

from minimaluser.testing.client import Person

PATH = "/profile/events"


def test_LG4_the_page_is_in_plain_words_and_links_back_to_the_profile(ann: Person) -> None:
    page = ann.get(PATH).text
    assert "<strong>Access key changed</strong>" in page
    assert "<strong>You signed up</strong>" in page
    assert 'href="/profile"' in page


def test_LG4_the_profile_links_to_it(ann: Person) -> None:
    assert f'href="{PATH}"' in ann.get("/profile").text
