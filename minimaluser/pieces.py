"""What a part brings, piece by piece: entries of the menu, slots, rows of the profile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup

from minimaluser.lib.templating import render_part


class Entry(NamedTuple):
    """An entry of the menu: its words, and the view that it leads to."""

    label: str
    endpoint: str
    rank: int = 50  # smaller ones come first
    is_public: bool = False


class Slot(NamedTuple):
    """Content of a part for a place that a page leaves open."""

    template: str
    arguments: Callable[[], Mapping[str, Any]] = dict

    def render(self) -> Markup:
        return render_part(self.template, **self.arguments())


class Row(NamedTuple):
    """A row of the profile: the partial `<name>.html`, and `<name>_form.html` while it is edited.

    The gallery shows both by itself.

    Attributes:
        name: name of the partial, the row and the form.
        form: class of the form, if the row can be edited.
        rank: rows with smaller ranks come first.
        arguments: returns the arguments of the partial other than `user`, for that user.
    """

    name: str
    form: type[Any] | None = None
    rank: int = 50
    arguments: Callable[[Any], Mapping[str, Any]] = lambda _user: {}

    def render(self, user: Any, **more: Any) -> Markup:
        """Render the row as it is, or, with a `form`, while it is edited."""
        name = f"partials/{self.name}{'_form' if more.get('form') else ''}.html"
        return render_part(name, user=user, **more)
