"""Somebody to log in as at a site that one has just started, never in production.

The account is made when nobody has one yet, with a key drawn at random, which is kept in the
instance folder, so that `make run` can say it at each start.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from minimaluser.lib import private_file
from minimaluser.settings import Settings, settings_of

EMAIL = "demo@example.org"
FILE = "demo-key.txt"


def provide(app: Flask) -> None:
    """Make the account if nobody has one, and forget a key that is not the right one any more.

    Raises:
        RuntimeError: it is an app of production.
    """
    from sqlalchemy import exists, select  # all of these take a moment, which `make run` has not

    from minimaluser import accounts
    from minimaluser.database import db
    from minimaluser.lib import hashing, keys
    from minimaluser.models import User, people
    from minimaluser.rules import rules

    ours = settings_of(app)
    if ours.in_production:
        raise RuntimeError("The account to try things with is for development.")
    file = _file(ours)
    with app.app_context():
        if not db.session.scalar(select(exists().where(User.id.is_not(None)))):
            file.unlink(missing_ok=True)
            _, key = accounts.create_user(EMAIL, "confirmed", hashing.generate_key())
            private_file.make(file, key)
        user = people.by_email(EMAIL)
        if not keys.match(user.key_hash if user else None, known(ours), rules.key):
            file.unlink(missing_ok=True)


def known(ours: Settings) -> str:
    """Return the key of the account; empty if there is none, or it has been changed."""
    file = _file(ours)
    return file.read_text(encoding="utf-8").strip() if file.exists() else ""


def _file(ours: Settings) -> Path:
    return ours.instance_path / FILE
