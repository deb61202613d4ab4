"""What may be sent where, read off the URL map, the views and the forms; nothing by hand."""

from __future__ import annotations

import inspect
import re
import sys
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule
from wtforms import Field

from minimaluser.forms import Form

BLANK = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")


@dataclass(frozen=True)
class Operation:
    """A method of a route: its path in pieces, and the fields of the form it reads.

    In `path` plain text alternates with blanks, (kind, name); `fields` are (name, kind).
    """

    endpoint: str
    method: str
    path: tuple[str | tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}"


def operations(app: Flask) -> list[Operation]:
    """Return what the site can be asked, in the order of its names."""
    found = [
        Operation(rule.endpoint, method, _pieces(rule.rule), fields_of(app, rule))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    return sorted(found, key=str)


def fields_of(app: Flask, rule: Rule) -> tuple[tuple[str, str], ...]:
    """Return name and kind of each field of the forms that the module of a view uses."""
    view = inspect.unwrap(app.view_functions[rule.endpoint])
    module = sys.modules[view.__module__]
    forms = [one for one in vars(module).values() if isinstance(one, type)]
    tables = [one for one in vars(module).values() if isinstance(one, dict)]
    forms += [one for table in tables for one in table.values() if isinstance(one, type)]
    ours = [form for form in forms if issubclass(form, Form) and form is not Form]
    with app.test_request_context():
        fields: list[Field] = [field for form in ours for field in form()]
    return tuple(sorted({(field.name, field.type) for field in fields}))


def _pieces(rule: str) -> tuple[str | tuple[str, str], ...]:
    pieces: list[str | tuple[str, str]] = []
    end = 0
    for blank in BLANK.finditer(rule):
        pieces += [rule[end : blank.start()], (blank["kind"] or "string", blank["name"])]
        end = blank.end()
    return (*pieces, rule[end:])
