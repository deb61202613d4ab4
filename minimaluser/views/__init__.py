"""HTTP in, HTML out: one file and Blueprint per resource. No database, no rules of the product."""

from __future__ import annotations

from importlib import import_module
from typing import TypeVar

from flask import Blueprint, Flask

from minimaluser import accounts, parts
from minimaluser.parts import Entry, Part, Row
from minimaluser.security import access
from minimaluser.settings import settings_of
from minimaluser.views import context, errors, guard

T = TypeVar("T")

# Modules of this folder, each with its blueprint, and with its `row` if it has one on the profile.
VIEWS = (
    "pages",
    "signup",
    "confirmation",
    "login",
    "key_reset",
    "key_reset_link",
    "profile",
    "tile",
    "nickname",
    "email_address",
    "email_confirmation",
    "access_key",
    "first_key",
    "key_entry",
    "sessions",
    "events",
    "bulletins",
    "export",
    "closing",
    "undo",
    "validation",
    "cookies",
    "appearance",
    "pwa",
    "speculation",
    "seo",
    "health",
)


def _brought(kind: type[T]) -> tuple[T, ...]:
    """Return what the modules have of a kind."""
    modules = [import_module(f"{__name__}.{name}") for name in VIEWS]
    return tuple(it for one in modules for it in vars(one).values() if isinstance(it, kind))


part = Part(
    blueprints=_brought(Blueprint),
    menu=(
        Entry("Home", "pages.home", 0, is_public=True),
        Entry("About", "pages.about", 99, is_public=True),
    ),
    rows=_brought(Row),
    jobs=(accounts.purge,),
)


def register(app: Flask) -> None:
    """Register every view, the guards around them and what templates may use."""
    if not settings_of(app).in_production:
        from minimaluser.views.dev import one_host

        one_host.register(app)
    guard.register(app)
    context.register(app)
    errors.register(app)
    parts.register(app)
    if settings_of(app).metrics:
        from minimaluser.views import metrics

        metrics.watch(app)
        app.register_blueprint(metrics.bp)
    if not settings_of(app).in_production:
        from minimaluser.views.dev import gallery, mailbox

        app.register_blueprint(mailbox.bp)
        app.register_blueprint(gallery.bp)
    access.addresses(app)  # raises unless every view has a declaration
