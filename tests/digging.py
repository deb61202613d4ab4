"""Ways to break a site on purpose, for the suites that must notice: abuse and fuzz.

Each of these fails when what it replaces is not there any more.
"""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from sqlalchemy import update

from minimaluser import accounts, views
from minimaluser.accounts import key_reset, signup
from minimaluser.database import db, transaction
from minimaluser.lib import browsers, clock, tokens
from minimaluser.models import User, people
from minimaluser.rules import rules
from minimaluser.security import credentials, known_browsers, links, mails, sessions
from minimaluser.security.credentials import After, Kind
from minimaluser.settings import settings

KINDS = credentials.KINDS  # as they should be


def put(owner: Any, name: str, new: Any) -> Any:
    """Replace what is there and return what it was."""
    old = getattr(owner, name)
    setattr(owner, name, new)
    return old


def put_in(mapping: dict[str, Any], key: str, new: Any) -> None:
    """Replace what a mapping has."""
    mapping[key]
    mapping[key] = new


def no_limits(*actions: str) -> None:
    """Let everybody do these things as often as they like."""
    for action in actions:
        put_in(rules.limits, action, {})


def without(module: Any, **changes: Any) -> Any:
    """A copy of a module, with some names changed, for one of the modules that use it."""
    for name in changes:
        getattr(module, name)
    return SimpleNamespace(**{**vars(module), **changes})


def everywhere(name: str, new: Any) -> None:
    """Replace what views import by its name."""
    users = [module for module in vars(views).values() if hasattr(module, name)]
    assert users
    for module in users:
        put(module, name, new)


def nothing(*_arguments: Any, **_more: Any) -> None:
    return None


def spare(kind: str, *after: After) -> None:
    """Have the kind of credential whose name starts so outlive what should end it."""
    (found,) = [each for each in KINDS if each.name.startswith(kind)]
    assert found.ends_after.intersection(after)
    put(credentials, "KINDS", tuple(_weaker(each, found.name, after) for each in credentials.KINDS))


def _weaker(kind: Kind, name: str, after: tuple[After, ...]) -> Kind:
    is_meant = kind.name == name
    return replace(kind, ends_after=kind.ends_after.difference(after)) if is_meant else kind


# What both suites must see.


def know_browsers_without_proof() -> None:
    """Take a browser for known although the address was not proved since."""

    def find(token: str, user: User | None) -> str | None:
        try:
            secrets = settings.jwt_secret_user
            claims = tokens.read(secrets, known_browsers.PURPOSE, token)
        except tokens.BadToken:
            return None
        return str(claims["jti"]) if user is not None and claims["sub"] == str(user.id) else None

    put(known_browsers, "find", find)


def let_double_clicks_in_for_ever() -> None:
    """Log the browser that signed up in again, whatever has happened since."""
    put(signup, "_is_double_click", lambda user, browser: user.signup_browser == browser)
    spare("browser that signed up", *After)


def take_signing_up_for_a_key_entry() -> None:
    """Let whoever has signed up do what the key is asked for."""

    def log_in(user: User, user_agent: str, **_more: Any) -> None:
        browser = browsers.describe(user_agent)
        sessions.open_session(user, False, browser, key_entered_at=clock.now())

    put(signup, "_log_in", log_in)


def reset_without_confirming() -> None:
    """Leave an address unconfirmed when a key is set by a mailed code."""
    set_key = key_reset._set_key

    def unconfirmed(user: User, *more: Any) -> bool:
        was, identity = user.confirmed_at, user.id
        done = set_key(user, *more)
        with transaction():
            me = update(User).where(User.id == identity)
            db.session.execute(me.values(confirmed_at=was))
        return done

    put(key_reset, "_set_key", unconfirmed)


def make_links_to_free_addresses_only() -> None:
    """Leave no link of a move to an address that somebody has, which the own export shows."""
    change = accounts.change_email

    def with_fewer_rows(user: User, email: str, key: str | None) -> None:
        identity = people.id_of(user)
        change(user, email, key)
        if people.by_email(email) is not None:
            with transaction():
                links.void(people.lock(identity), links.CHANGE_EMAIL)

    put(accounts, "change_email", with_fewer_rows)


def send_codes_as_to_strangers() -> None:
    """Give the owner's browsers no budget of codes of their own."""
    ways = mails.ways_for_code
    put(mails, "ways_for_code", lambda address, _browser: ways(address, ""))
