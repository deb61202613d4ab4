"""The export is complete and contains nothing of other users and no secret (DL3, AZ5)."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Flask

from minimaluser import accounts
from minimaluser.database import db
from minimaluser.models import Code, Event, OutboxItem, Session, Token, User, people
from minimaluser.models.outbox_item import OF_THE_WORKER
from minimaluser.testing.client import Person
from minimaluser.testing.database import snapshot, user_of

# Tables of the core whose rows name their owner; parts test their own.
TABLES = {
    model.__tablename__: model.__table__.columns.keys()
    for model in (Session, Token, Code, OutboxItem, Event)
}


def exported(app: Flask, email: str) -> dict[str, Any]:
    with app.app_context():
        return accounts.export(people.by_email(email))


def test_DL3_every_row_and_every_column_is_in_it(app: Flask, ann: Person) -> None:
    ann.ask_to_move("ann@new.example")
    ann.ask_for_code()
    ann.post(re.findall(r'action="(/mail/[^"]+/stop)"', ann.get("/profile").text)[0])
    found, identity, rows = exported(app, ann.email), user_of(app, ann.email).id, snapshot(app)
    assert set(found) >= {"exported_at", "account", *TABLES}
    assert set(found["account"]) == set(User.__table__.columns.keys())
    assert found["account"]["email"] == ann.email
    assert found["account"]["pending_email"] == "ann@new.example"
    for name, columns in TABLES.items():
        mine = [row for row in rows[name] if row[columns.index("user_id")] == identity]
        assert len(found[name]) == len(mine) >= 1, name
        assert all(set(row) == set(columns) for row in found[name])


def test_DL3_nobody_else_s_rows_are_in_it(app: Flask, ann: Person, ben: Person) -> None:
    found = exported(app, ann.email)
    owners = {row["user_id"] for name in TABLES for row in found[name]}
    assert owners == {found["account"]["id"]}
    text = json.dumps(found)
    assert ben.email not in text
    assert user_of(app, ben.email).nickname not in text


def is_hidden(column: Any) -> bool:
    secret = column.info.get("secret")
    return secret is not None and secret != OF_THE_WORKER  # words like "done"


def test_AZ5_no_secret_and_no_hash_is_in_it(app: Flask, ann: Person) -> None:
    ann.ask_to_move("ann@new.example")
    ann.ask_for_code()
    text = json.dumps(exported(app, ann.email))
    assert "$argon2" not in text
    for table in db.metadata.sorted_tables:
        hidden = [column for column in table.columns if is_hidden(column)]
        with app.app_context():
            for row in db.session.execute(db.select(*hidden)) if hidden else ():
                assert not any(str(value) in text for value in row if value)


def test_AZ5_a_new_column_that_looks_like_a_secret_is_hidden() -> None:
    for name in ("users", *TABLES):
        for column in db.metadata.tables[name].columns:
            if any(word in column.name for word in ("hash", "secret", "seal", "digest")):
                assert "secret" in column.info, column
