"""For development only: every partial, page and mail in every state."""

from __future__ import annotations

import re
from collections import Counter
from posixpath import normpath

import pytest
from flask import Flask

from minimaluser.testing.client import Person


@pytest.fixture
def gallery(stocked: Flask, eve: Person) -> str:
    """The gallery of a site whose parts have something to show."""
    return eve.get("/dev/gallery").text


def ids(html: str) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', html)


def test_every_page_that_it_links_to_works(eve: Person, gallery: str) -> None:
    addresses = set(re.findall(r'"(/dev/gallery/[^"]+)"', gallery))
    assert len(addresses) > 40
    for address in sorted(addresses):
        answer = eve.get(address)
        assert answer.status_code == 200, address
    assert eve.get("/dev/gallery/page/login/no-such-state").status_code == 404


def test_a_refused_form_shows_what_was_typed(gallery: str) -> None:
    assert gallery.count('value="ann@"') == 5  # wherever an address is asked for
    assert gallery.count('aria-invalid="true"') > 10


def test_ids_are_unique_and_all_references_exist(gallery: str) -> None:
    assert repeated(gallery) == []
    wanted = re.findall(r'\s(?:for|form|aria-describedby|popovertarget)="([^"]+)"', gallery)
    assert {each for words in wanted for each in words.split()} - set(ids(gallery)) == set()


def test_the_tiles_of_the_samples_are_drawn(eve: Person, gallery: str) -> None:
    found = set(re.findall(r'"(/[^"]*tiles/[0-9a-f]{16}[^"]*)"', gallery))
    assert len(found) == 2  # the tile of the sample person, and its preview
    for address in found:
        assert eve.get(normpath(address)).mimetype == "image/svg+xml"


@pytest.mark.parametrize("name", ["0123456789abcdef-teal", "x-x", "x-00808"])
def test_IN4_a_tile_that_cannot_be_drawn_is_a_404(eve: Person, name: str) -> None:
    assert eve.get(f"/dev/gallery/tiles/{name}.svg").status_code == 404


def repeated(html: str) -> list[str]:
    return [name for name, times in Counter(ids(html)).items() if times > 1]
