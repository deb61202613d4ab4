"""What a part brings, piece by piece: entries of the menu, slots, rows of the profile, samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from flask import render_template
from markupsafe import Markup


class Entry(NamedTuple):
    """An entry of the menu: its words, and the view that it leads to."""

    label: str
    endpoint: str
    rank: int = 50  # smaller ones come first
    is_public: bool = False


class Slot(NamedTuple):
    """What a part puts into a place that a page keeps open."""

    template: str
    arguments: Callable[[], Mapping[str, Any]] = dict

    def render(self) -> Markup:
        return Markup(render_template(self.template, **self.arguments()))  # noqa: S704


class Row(NamedTuple):
    """A row of the profile: the partial `<name>.html`, and `<name>_form.html` while it is edited.

    Both are in the gallery without a further word.

    Attributes:
        name: of the partial, the row and the form.
        form: its class, for a row that can be edited.
        rank: rows with a smaller one come first.
        arguments: what the partial needs besides `user`, of whom it is handed.
        sample: what partial and form need besides `user` and `form`, for the gallery.
    """

    name: str
    form: type[Any] | None = None
    rank: int = 50
    arguments: Callable[[Any], Mapping[str, Any]] = lambda _user: {}
    sample: Callable[[], Mapping[str, Any]] = dict

    def render(self, user: Any, **more: Any) -> Markup:
        """Render the row as it is, or, with a `form`, while it is edited."""
        name = f"partials/{self.name}{'_form' if more.get('form') else ''}.html"
        return Markup(render_template(name, user=user, **more))  # noqa: S704


class Sample(NamedTuple):
    """A partial or a page in a state, for the gallery."""

    template: str
    state: str
    arguments: Mapping[str, Any]
