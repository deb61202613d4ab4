"""Which parts the product has, and what a part may bring.

A part is one noun that a product may want or not. It has a name, and its files lie in folders of
that name or begin with it:

    minimaluser/<part>/                               its model, verbs and views, `samples.py`
    templates/<part>/, templates/partials/<part>/     its pages, and their states (`.toml`)
    static/src/css/parts/<part>.css, static/<part>/   its style sheet, its other files
    migrations/versions/<part>_*                      its branch of the migrations
    tests/<part>/, e2e/<part>/, docs/screens/<part>/  its tests and photographs
    docs/<part>.md                                    what is to say about it

Its line in `PARTS` puts it in. No other file names it, except lines of the README; code that needs
something of the parts asks this module. So `make remove PART=<part>` can take it out and `make add`
can put it back, and a test does that to each part. Choose a name that is no common word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import click
from flask import Blueprint, Flask
from markupsafe import Markup, escape
from sqlalchemy.exc import SQLAlchemyError

from minimaluser.database import db
from minimaluser.jobs import Job, by_name
from minimaluser.lib.commands import together
from minimaluser.pieces import Entry as Entry
from minimaluser.pieces import Row as Row
from minimaluser.pieces import Slot as Slot
from minimaluser.security.bulletins import Bulletin
from minimaluser.security.credentials import Kind
from minimaluser.services import services, services_of

SEED = "Fill the site with what its parts start from. Safe to repeat."
PARTS = [
    "minimaluser.views",
    "minimaluser.album",
]


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a part brings; each package in `PARTS` has one, called `part`.

    Attributes:
        blueprints: its views.
        menu: its entries in the menu of every page.
        rows: its rows of the profile.
        slots: name of a place to what the part puts there, or to plain words. Places are "home"
            (sections of the home page), "offline" (sections of the page for when there is no
            connection; browsers keep the pictures in them), "about" (paragraphs of that page),
            "brings" (", a …" in the site's description), "app" (" and a …" in that of the app),
            "guest" and "unconfirmed" (" and …", what they may do), "confirmed" ("; …") and "next"
            (a button that leads those who are confirmed to what the part offers).
        optional_cookies: names of cookies that it sets once the visitor has agreed. Views with
            `@access(…, choice=True)` have the choice made first while a part brings one.
        commands: its commands, for `flask`.
        seed: the command that fills it with what it starts from; `flask seed` runs those of all.
        jobs: what the worker does by itself, made by `jobs.hourly` and `jobs.nightly`.
        bulletins: mail that is not about the account; the profile has a row for each.
        credentials: what else lets somebody in, and when it ends.
    """

    blueprints: tuple[Blueprint, ...] = ()
    menu: tuple[Entry, ...] = ()
    rows: tuple[Row, ...] = ()
    slots: Mapping[str, Slot | str] = field(default_factory=dict)
    optional_cookies: tuple[str, ...] = ()
    commands: tuple[click.Command, ...] = ()
    seed: click.Command | None = None
    jobs: tuple[Job[Any], ...] = ()
    bulletins: tuple[Bulletin, ...] = ()
    credentials: tuple[Kind, ...] = ()


def load() -> tuple[Part, ...]:
    """Import the parts that are in, and with them their tables."""
    return tuple(import_module(name).part for name in PARTS)


def names() -> list[str]:
    """Return the names of the parts, as their folders have them."""
    return [name.rpartition(".")[2] for name in PARTS]


def register(app: Flask) -> None:
    """Bind the views and commands of the parts, and what templates ask of them."""
    found = services_of(app).parts
    by_name(job for part in found for job in part.jobs)  # two of one name stop the start
    for part in found:
        for blueprint in part.blueprints:
            app.register_blueprint(blueprint)
        for command in part.commands:
            app.cli.add_command(command)
    app.cli.add_command(together("seed", [part.seed for part in found if part.seed], SEED))
    app.jinja_env.globals.update(menu=menu(found), slot=slot)


def jobs() -> dict[str, Job[Any]]:
    """Return the jobs of all parts by their names."""
    return by_name(job for part in services().parts for job in part.jobs)


def bulletins() -> list[Bulletin]:
    """Return the mail of all parts that is not about the account."""
    return [each for part in services().parts for each in part.bulletins]


def menu(found: tuple[Part, ...]) -> list[Entry]:
    """Return the entries of the menu in their sequence."""
    return sorted((entry for part in found for entry in part.menu), key=lambda entry: entry.rank)


def has_optional_cookies() -> bool:
    """Tell whether a part brings a cookie that the site could do without."""
    return any(part.optional_cookies for part in services().parts)


def rows() -> list[Row]:
    """Return the rows of the profile in their sequence."""
    found = (row for part in services().parts for row in part.rows)
    return sorted(found, key=lambda row: row.rank)


def slot(name: str, *, spare: bool = False) -> Markup:
    """Render what the parts put into a place.

    Args:
        name: of the place; see `Part`.
        spare: go without what needs the database while that is away.
    """
    return Markup("").join(_filled(name, spare))


def _filled(name: str, spare: bool) -> Iterator[Markup]:
    for part in services().parts:
        brought = part.slots.get(name, "")
        try:
            yield escape(brought) if isinstance(brought, str) else brought.render()
        except SQLAlchemyError:
            if not spare:
                raise
            db.session.rollback()
