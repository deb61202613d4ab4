"""Forms as they are after somebody has sent them, and everything that can be wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import current_app, g
from wtforms.fields.core import UnboundField

from minimaluser.forms import Form
from minimaluser.rules import rules

WRONG = {"email": "ann@", "nickname": "Ann", "code": "12"}
RIGHT = {"email": "ann@example.org", "nickname": "Ann of the otters", "code": "012345"}
# What is typed into every field to see what is said about it.
TRIED = ("", "A", "ann@", "ann@gmail.con", "12", "two\nlines", "password-password", "W" * 130)
UNSEEN = {"HiddenField", "CSRFTokenField", "BooleanField", "SubmitField"}


def classes() -> dict[str, type[Form]]:
    """Return the classes of all forms by their names."""
    found, some = {}, Form.__subclasses__()
    while some:
        each = some.pop()
        found[each.__name__] = each
        some += each.__subclasses__()
    return found


def fields(form_class: type[Form]) -> list[str]:
    """Return the names of the fields of a form."""
    named = ((name, getattr(form_class, name)) for name in dir(form_class))
    return [name for name, it in named if isinstance(it, UnboundField)]


def form(form_class: Callable[..., Form], typed: Mapping[str, str], **made: Any) -> Form:
    """Return a form that was sent.

    Args:
        form_class: the class, or a function that makes the form.
        typed: what was typed into which field.
        made: what the class is given besides.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.app_context(), app.test_request_context(method="POST", data=dict(typed)):
        g.csrf_valid = True
        sent = form_class(**made)
        sent.validate()
    return sent


def refused(form_class: Callable[..., Form]) -> Form:
    """Return a form that was sent with mistakes everywhere."""
    return form(form_class, WRONG)


def under_way(form_class: Callable[..., Form]) -> Form:
    """Return a form that was filled in well."""
    return without_errors(form(form_class, RIGHT))


def refused_as_a_whole(form_class: Callable[..., Form], message: str) -> Form:
    """Return a form that was refused for no single field."""
    sent = under_way(form_class)
    sent.form_errors.append(message)
    return sent


def refused_at(form_class: Callable[..., Form], name: str, typed: str, message: str) -> Form:
    """Return a form of which one field was refused."""
    sent = without_errors(form(form_class, {**RIGHT, name: typed}))
    sent[name].errors = [message]
    return sent


def without_errors(sent: Form) -> Form:
    """Return the form as if nothing had been wrong."""
    for each in sent:
        each.errors = ()
    sent.form_errors.clear()
    return sent


def errors(form_class: Callable[..., Form]) -> Iterator[tuple[str, str, str, str]]:
    """Yield what its validators may say: name and label of the field, what was typed, the words.

    Everything in `TRIED` is typed into each field, while the others are empty.
    """
    for name in fields_of(form_class):
        seen = set()
        for typed in (*TRIED, "W" * (rules.field_longest + 1)):
            field = form(form_class, {name: typed})[name]
            message = str(field.errors[0]) if field.errors else ""
            if message and message not in seen:
                seen.add(message)
                yield name, field.label.text, typed, message


def fields_of(form_class: Callable[..., Form]) -> list[str]:
    """Return the names of the fields that one can type into."""
    return [each.name for each in form_class() if type(each).__name__ not in UNSEEN]
