"""Every address with a part that varies is tried as somebody else and as nobody (AZ1, AZ3).

Somebody's thing must answer as one that nobody has: same status, same text, nothing changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, abort
from flask_login import current_user

from minimaluser.database import db, transaction
from minimaluser.security.access import CONFIRMED, access, addresses
from minimaluser.testing.answers import plain
from minimaluser.testing.apps import close
from minimaluser.testing.client import Person
from minimaluser.testing.database import snapshot
from minimaluser.testing.patterns import HTMX
from minimaluser.testing.sites import Site, make_app
from tests.makers import MAKERS, NOBODYS, Made, Maker

EPHEMERAL = ("session.seen_at",)
MARK = "a plant with a name that nobody else has"


def varying(app: Flask) -> dict[str, set[str]]:
    """Endpoints whose addresses may name a thing of somebody's, and their methods."""
    those = [each for each in addresses(app) if each.rule.arguments and not each.access.nobodys]
    return {each.endpoint: each.methods for each in those}


def answer_of(
    person: Person, method: str, address: str, headers: dict[str, str]
) -> tuple[Any, ...]:
    """What the answer to a request says, without the address itself."""
    data = {"csrf_token": person.token()} if method == "POST" else None
    headers = {**headers, "Sec-Fetch-Site": "same-origin"}
    answer = person.client.open(address, method=method, data=data, headers=headers, buffered=True)
    ways = [answer.headers.get(name, "") for name in ("Location", "HX-Redirect", "HX-Trigger")]
    said = [plain(text.replace(address, "…")) for text in (answer.text, *ways)]
    return answer.status_code, *said


def leaks(app: Flask, made: Made, methods: set[str], others: dict[str, Person]) -> list[str]:
    """Ask for somebody's thing as others; return what is wrong with the answers."""
    before, wrong = snapshot(app, without=EPHEMERAL), []
    for who, other in others.items():
        for method in sorted(methods):
            for how, headers in {"page": {}, "fragment": HTMX}.items():
                asked = f"{method} {made.address} as {who} ({how})"
                nowhere = answer_of(other, method, made.nowhere, headers)
                there = answer_of(other, method, made.address, headers)
                if there != nowhere:
                    wrong.append(f"{asked}: {there[0]}, not as where nothing is: {nowhere[0]}")
                if any(mark in text for mark in made.marks for text in map(str, there)):
                    wrong.append(f"{asked}: shows it")
                if (now := snapshot(app, without=EPHEMERAL)) != before:
                    wrong.append(f"{asked}: changes something")
                    before = now
    return wrong


@pytest.fixture
def others(ben: Person, eve: Person) -> dict[str, Person]:
    """Ben, confirmed and with a key just entered, and a guest."""
    ben.confirm()
    ben.log_out()
    ben.log_in()
    return {"Ben": ben, "a guest": eve}


def test_AZ3_every_address_with_a_variable_part_has_a_maker_or_a_reason(app: Flask) -> None:
    assert MAKERS.keys() == varying(app).keys(), "tests/makers.py says what to ask for there"


@pytest.mark.parametrize("endpoint", MAKERS)
def test_AZ3_somebody_else_s_thing_answers_as_one_that_nobody_has(
    app: Flask, ann: Person, others: dict[str, Person], endpoint: str
) -> None:
    made = MAKERS[endpoint](app, ann)
    assert leaks(app, made, varying(app)[endpoint], others) == []


# --- it finds what it is for


@pytest.fixture
def nursery(site: Site, tmp_path: Path) -> Iterator[Flask]:
    """A site with a table of plants and their page; `CHECKED` says whether it asks whose one is."""
    app = make_app(
        tmp_path / "plants", site.templates, **site.copied(tmp_path / "plants", "plants")
    )
    plants = sa.Table(
        "plant",
        db.metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE")),
        sa.Column("name", sa.String(80)),
    )
    with app.app_context():
        plants.create(db.engine)

    def mine(number: int) -> list[Any]:
        found = [plants.c.id == number]
        return found + [plants.c.user_id == current_user.id] * app.config["CHECKED"]

    @access(CONFIRMED, example={"number": 1})
    def show(number: int) -> str:
        row = db.session.execute(sa.select(plants).where(*mine(number))).first()
        return row.name if row else abort(404)

    @access(CONFIRMED, example={"number": 1})
    def destroy(number: int) -> str:
        with transaction():
            db.session.execute(sa.delete(plants).where(*mine(number)))
        return "gone"

    app.add_url_rule("/plants/<int:number>", "plants.show", show, methods=["GET"])
    app.add_url_rule("/plants/<int:number>", "plants.destroy", destroy, methods=["POST"])
    yield app
    db.metadata.remove(plants)
    close(app)


def plant(app: Flask, owner: Person) -> Made:
    """Plant something."""
    table = db.metadata.tables["plant"]
    with app.app_context():
        user = sa.select(db.metadata.tables["users"].c.id).filter_by(email=owner.email)
        insert = sa.insert(table).values(user_id=db.session.scalar(user), name=MARK)
        number = db.session.execute(insert).inserted_primary_key[0]  # type: ignore[attr-defined]
        db.session.commit()
    return Made(f"/plants/{number}", f"/plants/{NOBODYS}", (MARK,))


@pytest.mark.parametrize("checked", [True, False])
def test_AZ3_a_view_that_does_not_ask_whose_it_is_would_be_found(
    nursery: Flask, site: Site, checked: bool
) -> None:
    nursery.config["CHECKED"] = checked
    ann, ben = site.person(nursery, "ann"), site.person(nursery, "ben")
    ben.confirm()
    others = {"Ben": ben, "a guest": Person(nursery, "eve@example.org")}
    maker: Maker = plant
    found = [leaks(nursery, maker(nursery, ann), {method}, others) for method in ("GET", "POST")]
    assert ann.get(maker(nursery, ann).address).text == MARK
    assert varying(nursery).keys() - MAKERS.keys() == {
        "plants.show",
        "plants.destroy",
    }
    if checked:
        assert found == [[], []]
        return
    shown, changed = found
    assert [line.partition(" as ")[2] for line in shown if line.endswith("shows it")] == [
        "Ben (page): shows it",
        "Ben (fragment): shows it",
    ]
    assert any(line.endswith("as Ben (page): changes something") for line in changed)
