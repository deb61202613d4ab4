"""The users whom the site knows already: they are put into the tables, each with a session."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from minimaluser.database import db, transaction
from minimaluser.lib import clock, hashing, namer, nicknames, tiles, tokens
from minimaluser.models import Session, User
from minimaluser.security import sessions
from tools.bench.things import KEY

AT_ONCE = 1000
SINCE = timedelta(minutes=10)  # so long nobody was here, so the first visit is noted


def add_known(many: int) -> list[tuple[str, str]]:
    """Add confirmed users who have the same access key, and are logged in in one browser each.

    Args:
        many: how many; inside the context of an app.

    Returns:
        For each the e-mail address, and the cookie of the browser as in a header.
    """
    seed, colour, hashed = tiles.new_seed(), namer.random_colour(), hashing.hash_key(KEY)
    same = {
        "key_hash": hashed,
        "key_is_first": False,
        "tile_seed": seed,
        "tile_colour": colour,
        "tile_svg": tiles.draw(seed, colour),
        "confirmed_at": clock.now() - timedelta(days=30),
    }
    found: list[tuple[str, str]] = []
    with transaction():
        for start in range(0, many, AT_ONCE):
            rows = [_row(number) | same for number in range(start, min(start + AT_ONCE, many))]
            added = db.session.execute(sa.insert(User).returning(User.id, User.email), rows).all()
            opened = [_session(identity, email) for identity, email in added]
            db.session.execute(sa.insert(Session), [row for row, _ in opened])
            found += [
                (email, cookie) for (_, email), (_, cookie) in zip(added, opened, strict=True)
            ]
    return found


def _row(number: int) -> dict[str, Any]:
    email, nickname = f"known{number}@example.org", f"Known {number}"
    names = {"nickname": nickname, "nickname_key": nicknames.same(nickname)}
    tile = f"{secrets.token_hex(4)}-0000-4000-8000-{number:012}"
    return {"email": email, "email_key": email, "tile_name": tile, **names}


def _session(identity: int, email: str) -> tuple[dict[str, Any], str]:
    """Return the row of a session, and the cookie that opens it."""
    secret, user = secrets.token_hex(32), User(id=identity, email=email)
    sessions.give_token(user, secret)
    held = {"_user_id": user.user_token, "_fresh": True, "_permanent": True}
    interface: Any = current_app.session_interface
    sealed = interface.get_signing_serializer(current_app).dumps(held)
    row = {"user_id": identity, "secret_hash": tokens.digest(secret), "keep": True}
    before = clock.now() - SINCE
    row |= {"created_at": before, "seen_at": before, "key_entered_at": before}
    return row, f"{interface.get_cookie_name(current_app)}={sealed}"
