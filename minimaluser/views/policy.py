"""Who may ask for what: every route is in the table, or the site does not start (default deny)."""

from __future__ import annotations

from flask import Flask

EVERYBODY, LOGGED_IN, CONFIRMED = "everybody", "logged in", "confirmed"

# endpoints or whole blueprints; the views behind them refine it (guests are sent on, 404)
WHO = {
    "pages": EVERYBODY,
    "signup": EVERYBODY,
    "session": EVERYBODY,
    "key_reset": EVERYBODY,
    "key_reset_link": EVERYBODY,
    "confirmation.keep": EVERYBODY,
    "confirmation.show": EVERYBODY,
    "confirmation.update": EVERYBODY,
    "confirmation.create": LOGGED_IN,
    "email_confirmation": EVERYBODY,
    "email_undo": EVERYBODY,
    "closing_undo": EVERYBODY,
    "profile": LOGGED_IN,
    "nickname": LOGGED_IN,
    "email_address": LOGGED_IN,
    "access_key": LOGGED_IN,
    "first_key": LOGGED_IN,
    "key_entry": LOGGED_IN,
    "sessions": LOGGED_IN,
    "events": LOGGED_IN,
    "export": LOGGED_IN,
    "closing": LOGGED_IN,
    "tile.edit": LOGGED_IN,
    "tile.update": LOGGED_IN,
    "tile.preview": LOGGED_IN,
    "tile.show": EVERYBODY,
    "album.index": CONFIRMED,
    "album.show": LOGGED_IN,
    "album.file": EVERYBODY,  # thumbnails of the home page; the view keeps the rest
    "validation": EVERYBODY,
    "cookies": EVERYBODY,
    "pwa": EVERYBODY,
    "seo": EVERYBODY,
    "health": EVERYBODY,
    "metrics": EVERYBODY,  # off unless asked for, and kept from the public by the proxy
    "dev": EVERYBODY,  # these two exist in development only
    "gallery": EVERYBODY,
}


class Undeclared(Exception):
    """A route has no line in the table; the message names every one."""


def of(endpoint: str) -> str | None:
    """Return who may ask for an endpoint, or None if nothing is declared."""
    return WHO.get(endpoint) or WHO.get(endpoint.partition(".")[0])


def insist(app: Flask) -> None:
    """Let the site start only when the table has every route.

    Raises:
        Undeclared: naming the routes that are missing.
    """
    missing = {rule.endpoint for rule in app.url_map.iter_rules() if of(rule.endpoint) is None}
    if missing:
        raise Undeclared("minimaluser/views/policy.py does not say who may: " + ", ".join(missing))
