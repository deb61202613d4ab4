"""Samples that have to do with forms: fields, refusals, and the rows of the profile."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from minimaluser import parts
from minimaluser.parts import Row
from minimaluser.views.dev import filled, named, samples


def said(by: str) -> str:
    """Return what a use case of `minimaluser.accounts` says, such as `nickname.TAKEN`."""
    module, _, name = by.partition(".")
    return str(getattr(import_module(f"minimaluser.accounts.{module}"), name))


def field(name: str = "email", typed: str = "ann@") -> Any:
    """Return a field of the form for signing up, refused."""
    return filled.form(filled.classes()["SignupForm"], {name: typed})[name]


def rows(user: Any = None, changing: str = "") -> list[Any]:
    """Return the rows of the profile, one of them being changed or none."""
    return [_row(row, user or samples.ann(), row.name == changing) for row in parts.rows()]


def _row(row: Row, user: Any, is_changed: bool) -> Any:
    form = {"form": filled.refused(row.form)} if row.form and is_changed else {}
    partial = f"partials/{row.name}{'_form' if form else ''}.html"
    return row.render(user, **named.defaults(partial, {"user", "form"}), **form)


def changeable_rows() -> list[str]:
    """Return the names of the rows that have a form."""
    return [row.name for row in parts.rows() if row.form]
