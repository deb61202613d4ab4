"""The site, with what only development has, broken on purpose: `HOLES=one,another`, or not at all.

Holes are dug in the process that this starts and nowhere else. They stand in `holes/`.
"""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flask import Flask, Response

from minimaluser.security import access
from minimaluser.testing import backstage
from tests import club, stock
from tests.digging import put_in


@dataclass(frozen=True)
class Hole:
    """Something classic that is wrong, and the ids of the attacks that must find it."""

    name: str
    attacks: tuple[str, ...]
    dig: Callable[[Flask], Any]


HOLES: dict[str, Hole] = {}


def hole(*attacks: str) -> Callable[[Callable[[Flask], Any]], Callable[[Flask], Any]]:
    """Register a function that breaks a site, with the attacks that must see it."""

    def register(dig: Callable[[Flask], Any]) -> Callable[[Flask], Any]:
        HOLES[dig.__name__] = Hole(dig.__name__, attacks, dig)
        return dig

    return register


def holes(dig: Callable[..., Any], rows: dict[str, tuple[Any, ...]]) -> None:
    """Register holes that are dug alike: by name the arguments and then the attacks."""
    for name, (arguments, *attacks) in rows.items():
        HOLES[name] = Hole(name, tuple(attacks), partial(_called, dig, arguments))


def _called(dig: Callable[..., Any], arguments: tuple[Any, ...], _app: Flask) -> None:
    dig(*arguments)


def every_hole() -> dict[str, Hole]:
    """Return all holes, in `holes/` and in `tests/<part>/broken.py`."""
    from tests.abuse import holes as folder

    for module in pkgutil.iter_modules(folder.__path__):
        importlib.import_module(f"{folder.__name__}.{module.name}")
    stock.brought("broken")
    return HOLES


def create_app() -> Flask:
    """Make the site and break it as HOLES says."""
    app = backstage.opened(club.create_app())
    for name in filter(None, os.environ["HOLES"].split(",")):
        every_hole()[name].dig(app)
    return app


def last(app: Flask, function: Callable[[Response], Response]) -> None:
    """Have a function look at each answer after everybody else."""
    app.after_request_funcs.setdefault(None, []).insert(0, function)


def open_route(app: Flask, rule: str, name: str, view: Callable[..., Any]) -> None:
    """Add an address for everybody."""
    declare = access.Access(access.EVERYBODY, example={"rest": "x"})
    app.add_url_rule(rule, name, declare(view), methods=["GET"])


def replace_view(app: Flask, endpoint: str, view: Callable[..., Any], **changes: Any) -> None:
    """Have another view at an address, for the same people."""
    declared = access.of(app, endpoint)
    put_in(app.view_functions, endpoint, replace(declared, **changes)(view))


def declare_anew(app: Flask, endpoint: str, **changes: Any) -> None:
    """Have a view declare something else."""
    view = inspect.unwrap(app.view_functions[endpoint])
    replace_view(app, endpoint, view, **changes)
