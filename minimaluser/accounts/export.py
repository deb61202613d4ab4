"""Everything the site holds on a person (GDPR, articles 15 and 20)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from minimaluser.extensions import db
from minimaluser.lib import clock
from minimaluser.models import Code, Event, OutboxItem, Session, Token, User

TABLES: dict[str, Any] = {
    "sessions": Session,
    "events": Event,
    "links": Token,
    "codes": Code,
    "tasks": OutboxItem,
}
HASHED = "kept as a hash, which nobody can read back"
SEALED = "kept encrypted"
NOT_SHOWN = {
    "key_hash": HASHED,
    "signup_browser": HASHED,
    "secret_hash": HASHED,
    "id_hash": HASHED,
    "flow_hash": HASHED,
    "browser_hash": HASHED,
    "digest": HASHED,
    "sealed": SEALED,
    "before": SEALED,
}


def export(user: User) -> dict[str, Any]:
    """Return every row about the user, column by column; secrets are named and not shown.

    Rows are numbered anew: a number of the database would tell how many rows others have.
    """
    rows = {
        name: [
            _shown(row) | {"id": number}
            for number, row in enumerate(
                db.session.scalars(
                    select(model).where(model.user_id == user.id).order_by(model.id)
                ),
                1,
            )
        ]
        for name, model in TABLES.items()
    }
    return {"exported_at": clock.now().isoformat(), "account": _shown(user), **rows}


def _shown(row: Any) -> dict[str, Any]:
    return {column.name: _value(column.name, row) for column in row.__table__.columns}


def _value(name: str, row: Any) -> Any:
    value = getattr(row, name)
    if value is not None and name in NOT_SHOWN:
        return NOT_SHOWN[name]
    return value.isoformat() if isinstance(value, datetime) else value
