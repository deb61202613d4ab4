"""Everything the site holds on a person, as one file."""

from __future__ import annotations

import pytest
from flask import Flask

from minimaluser.testing.client import Person
from minimaluser.testing.database import snapshot

PATH = "/profile/export"


def test_DL3_it_is_a_file_to_take_along(ann: Person) -> None:
    answer = ann.get(PATH)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["account"]["email"] == ann.email


def test_DL3_asked_in_place_it_is_fetched_by_the_browser(ann: Person) -> None:
    answer = ann.get(PATH, htmx=True)
    assert answer.headers["HX-Redirect"] == PATH
    assert answer.headers["HX-Trigger"] == "file"  # so the page knows that it stays
    assert answer.data == b""


def test_CS2_it_changes_nothing(app: Flask, ann: Person) -> None:
    before = snapshot(app, without=("session.seen_at",))
    ann.get(PATH)
    assert snapshot(app, without=("session.seen_at",)) == before


@pytest.mark.parametrize("path", ["/profile", "/profile/delete"])
def test_DL3_it_is_offered_on_the_profile_and_before_deleting(ann: Person, path: str) -> None:
    assert PATH in ann.get(path).text
