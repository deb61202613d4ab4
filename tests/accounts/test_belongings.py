"""Whatever belongs to somebody goes and comes back as a whole, whatever its type (DL1, DL3).

The tables here are made on the fly, as a product would add them: no module of the site knows them.
"""

from __future__ import annotations

import base64
import logging
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from minimaluser import accounts
from minimaluser.accounts.undo import take_back
from minimaluser.database import db
from minimaluser.models import Event, Session, people
from minimaluser.personal import belongings
from minimaluser.testing.client import Person
from minimaluser.testing.database import count, rows_of, user_of
from tests.garden import MARK, OTHER, Garden, every_type

pytestmark = pytest.mark.filterwarnings("ignore:Dialect sqlite.*Decimal")
OF_GARDENS = ("plant", "leaf", "note")
SECOND = timedelta(seconds=1)


KEY = ("key_hash", "key_is_first", "key_set_at", "key_off_at")  # an undo turns it off


def undo(person: Person) -> None:
    assert person.elsewhere().post(person.link("/closing/undo/")).status_code == 303
    person.reset_key()


def of(dump: dict[str, Any], user_id: int) -> dict[str, Any]:
    """Somebody's own columns and rows, without what ends or is drawn anew."""
    (row,) = [row for row in dump["users"] if row["id"] == user_id]
    ending = {"tile_name", "tile_svg", "signup_browser", "pin", "generation", *KEY}
    mine = {name: row[name] for name in row if name not in ending}
    plants = [row for row in dump["plant"] if row["user_id"] == user_id]
    numbers = {row["id"] for row in plants}
    leaves = [row for row in dump["leaf"] if row["plant_id"] in numbers]
    notes = [{**row, "session_id": 0} for row in dump["note"] if row["user_id"] == user_id]
    return {"users": mine, "plant": plants, "leaf": leaves, "note": notes}


def test_DL3_every_type_is_exported(app: Flask, garden: Garden, ann: Person) -> None:
    answer = ann.get("/profile/export")
    assert answer.status_code == 200
    found = answer.json
    with app.app_context():
        for name, (_, value, written) in every_type(MARK).items():
            wanted = base64.b64encode(value).decode() if isinstance(value, bytes) else written
            assert found["account"][f"any_{name}"] == wanted, name
            assert found["account"][f"some_{name}"] == wanted, name
            assert found["plant"][0][f"any_{name}"] == wanted, name
    assert found["account"]["pin"] == "a pin"
    assert len(found["plant"]) == 3
    assert [row["code"] for row in found["leaf"]] == [f"leaf {n} {MARK}" for n in range(3)]
    assert [row["amount"] for row in found["bill"]] == [7]
    assert OTHER not in answer.text


def test_DL1_nothing_of_any_type_is_left(app: Flask, garden: Garden, ann: Person) -> None:
    identity, before = user_of(app, ann.email).id, garden.dump(app)
    assert MARK in repr(before)
    ann.leave()
    after = garden.dump(app)
    (row,) = [row for row in after["users"] if row["id"] == identity]
    assert row["country"] == f"country {MARK}"
    for rows in after.values():
        assert MARK not in repr([{**row, "country": ""} for row in rows])
    with app.app_context():
        for name, (_, value, _) in every_type(MARK).items():
            assert row[f"any_{name}"] is None
            assert row[f"some_{name}"] != value
    assert row["favourite"] is row["slug"] is row["pin"] is None
    for name in OF_GARDENS:
        assert len(after[name]) == len(before[name]) / 2
    assert [(bill["user_id"] == identity, bill["amount"]) for bill in after["bill"]] == [
        (False, 7),
        (False, 7),
    ]
    assert None in [bill["user_id"] for bill in after["bill"]]


def test_DL1_an_undone_deletion_brings_all_of_it_back(
    app: Flask, garden: Garden, ann: Person, ben: Person
) -> None:
    identity, bens = user_of(app, ann.email).id, user_of(app, ben.email).id
    events = rows_of(app, Event, Event.user_id == identity)
    before = garden.dump(app)
    ann.leave()
    undo(ann)
    after = garden.dump(app)
    assert of(after, identity) == of(before, identity)
    assert of(after, bens) == of(before, bens)
    (row,) = [row for row in after["users"] if row["id"] == identity]
    assert row["pin"] is None
    assert count(app, Session, Session.user_id == identity) == 0
    noted = {row["id"]: row["session_id"] for row in before["note"] if row["user_id"] == identity}
    assert any(noted.values())
    assert not any(row["session_id"] for row in after["note"] if row["id"] in noted)
    again = rows_of(app, Event, Event.user_id == identity)
    known = again[: len(events)]
    assert [event.id for event in known] == [event.id for event in events]
    assert [event.created_at for event in known] == [event.created_at for event in events]


def test_DL1_deleted_again_it_is_gone_for_good_after_seven_days(
    app: Flask, garden: Garden, ann: Person, ben: Person, clock: time_machine.Traveller
) -> None:
    identity = user_of(app, ann.email).id
    ben.confirm()
    ann.leave()
    undo(ann)
    ann.log_in()
    ann.leave()
    clock.shift(7 * timedelta(days=1) + SECOND)
    with app.app_context():
        assert accounts.purge()["closed"] == 1
    after = garden.dump(app)
    assert identity not in [row["id"] for row in after["users"]]
    assert MARK not in repr(after)
    assert OTHER in repr(after)


def test_DL1_an_account_never_confirmed_goes_with_all_it_has(
    app: Flask, garden: Garden, ben: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(7 * timedelta(days=1) + SECOND)
    with app.app_context():
        assert accounts.purge()["unconfirmed"] == 1
    assert OTHER not in repr(garden.dump(app))


def test_DL1_what_others_have_taken_meanwhile_is_left_out_and_the_log_says_so(
    app: Flask, garden: Garden, ann: Person, ben: Person, caplog: pytest.LogCaptureFixture
) -> None:
    identity, bens = user_of(app, ann.email).id, user_of(app, ben.email).id
    before = of(garden.dump(app), identity)
    first, second, third = [row["id"] for row in before["plant"]]
    ann.leave()
    with app.app_context():
        me = sa.update(garden.users).where(garden.users.c.id == bens)
        db.session.execute(me.values(slug=f"slug {MARK}"))
        garden.add(garden.plant, user_id=bens, name=f"one {MARK}")
        garden.add(garden.plant, id=third, user_id=bens, name="has the id of another by now")
        db.session.commit()
    with caplog.at_level(logging.WARNING, "minimaluser.belongings"):
        undo(ann)
    assert "plant (1), leaf (2), note (2), users.slug (1)" in caplog.text
    assert MARK not in caplog.text
    after = of(garden.dump(app), identity)
    assert after["users"]["slug"] is None
    assert after["users"]["motto"] == f"motto {MARK}"
    assert [row["name"] for row in after["plant"]] == [f"two {MARK}", None]
    anew = after["plant"][1]["id"]
    assert anew not in {first, second, third}
    assert after["plant"][0]["parent_id"] is None
    assert after["plant"][1]["parent_id"] == second
    assert [(row["code"], row["plant_id"]) for row in after["leaf"]] == [(f"leaf 2 {MARK}", anew)]
    assert after["note"] == []


def test_DL1_what_others_wrote_on_it_goes_and_comes_back_unless_they_left_too(
    app: Flask, garden: Garden, ann: Person, ben: Person
) -> None:
    identity, bens = user_of(app, ann.email).id, user_of(app, ben.email).id
    before = of(garden.dump(app), identity)
    first, anns = before["plant"][0]["id"], before["note"][0]["id"]
    theirs = of(garden.dump(app), bens)["plant"][0]["id"]
    with app.app_context():
        garden.add(garden.note, user_id=bens, plant_id=first, text="Ben on Ann's plant")
        garden.add(garden.note, user_id=bens, plant_id=theirs, text="an answer", answers=anns)
        db.session.execute(
            sa.update(garden.users).where(garden.users.c.id == bens).values(favourite=first)
        )
        db.session.commit()
    whole = garden.dump(app)
    ann.leave()
    meanwhile = of(garden.dump(app), bens)
    assert [n["text"] for n in meanwhile["note"] if n["answers"] is None][-1] == "an answer"
    assert meanwhile["users"]["favourite"] is None
    undo(ann)
    assert of(garden.dump(app), bens) == of(whole, bens)
    ann.log_in()
    ann.leave()
    ben.leave()
    undo(ann)
    assert "Ben on Ann's plant" not in repr(garden.dump(app))
    undo(ben)
    assert "an answer" in repr(garden.dump(app))


def test_EM5_taking_an_account_back_leaves_nothing_of_its_interim_owner(
    app: Flask, garden: Garden, ann: Person, ben: Person
) -> None:
    identity, bens = user_of(app, ann.email).id, user_of(app, ben.email).id
    before = garden.dump(app)
    anns = of(before, identity)
    first, third = anns["plant"][0]["id"], anns["plant"][2]["id"]
    with app.app_context():
        marks = belongings.pack(people.by_id(identity))
    foreign = "what the victim of the move has put in"
    with app.app_context():
        db.session.execute(
            sa.update(garden.users)
            .where(garden.users.c.id == identity)
            .values(motto=foreign, slug="foreign", nickname=foreign, nickname_key=foreign)
        )
        fresh = garden.add(garden.plant, user_id=identity, name=foreign)
        garden.add(garden.leaf, code=foreign, plant_id=fresh)
        garden.add(garden.leaf, code=f"{foreign} 2", plant_id=first)
        garden.add(garden.note, user_id=bens, plant_id=first, text="Ben, since")
        garden.add(garden.note, user_id=bens, plant_id=fresh, text="Ben on what goes")
        plant, leaf = garden.plant.c, garden.leaf.c
        db.session.execute(
            sa.update(garden.plant).where(plant.id == first).values(name=f"{foreign} 1")
        )
        db.session.execute(sa.delete(garden.leaf).where(leaf.plant_id == third))
        db.session.commit()
    key = user_of(app, ann.email).key_hash
    with app.app_context():
        take_back(people.by_id(identity), marks)
        db.session.commit()
    after = garden.dump(app)
    assert foreign not in repr(after)
    assert of(after, identity) == anns
    notes = [row["text"] for row in after["note"]]
    assert "Ben, since" in notes
    assert "Ben on what goes" not in notes
    assert user_of(app, ann.email).key_hash == key
    assert count(app, Session, Session.user_id == identity) == 1
    assert ann.is_logged_in
    assert ann.get(f"/tiles/{user_of(app, ann.email).tile_name}.svg").status_code == 200


def test_EM5_a_nickname_taken_since_the_move_is_replaced(
    app: Flask, ann: Person, ben: Person
) -> None:
    nickname, identity = user_of(app, ann.email).nickname, user_of(app, ann.email).id
    with app.app_context():
        marks = belongings.pack(people.by_id(identity))
    ann.post("/profile/nickname", {"nickname": "Somebody Else"})
    ben.post("/profile/nickname", {"nickname": nickname})
    with app.app_context():
        take_back(people.by_id(identity), marks)
        db.session.commit()
    assert user_of(app, ben.email).nickname == nickname
    assert user_of(app, ann.email).nickname not in {nickname, "Somebody Else", ""}
