"""The album, broken on purpose."""

from __future__ import annotations

from flask import Flask

from minimaluser.album import views
from minimaluser.security import access
from tests.abuse.broken import declare_anew, hole
from tests.digging import put


@hole(
    "access.nobody_comes_where_they_may_not",
    "access.a_change_counts_at_once_everywhere",
    "album.pictures_are_shown_to_whom_they_are_for",
)
def album_without_a_rule(app: Flask) -> None:
    """The rule of the album's list was forgotten."""
    declare_anew(app, "album.index", who=access.EVERYBODY)


@hole("album.pictures_are_shown_to_whom_they_are_for")
def files_without_a_rule(app: Flask) -> None:
    """Anybody who knows the address of a picture's file gets it in any size."""
    put(views, "LARGEST_THUMBNAIL", 10**6)
