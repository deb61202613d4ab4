"""A product's migrations beside those of the starter's next version (C15)."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from minimaluser.lib.revisions import History
from minimaluser.schema import VERSIONS, broken, split
from minimaluser.testing.sites import Site
from tests.product import Product, product

LINE = re.compile(r"^    (\w+) = (.+)$", re.MULTILINE)
COMMAND = re.compile(r"^    flask (db .+)$", re.MULTILINE)


@pytest.fixture
def grown(site: Site, tmp_path: Path) -> Product:
    return product(site, tmp_path)


def test_every_branch_of_the_migrations_has_one_end_and_every_id_one_file() -> None:
    """It fails in a product, too; then `flask doctor` says what to do."""
    known = History(VERSIONS)
    assert [*broken(known), *split(known)] == []
    assert {label: len(known.ends(label)) for label in known.labels()} == dict.fromkeys(
        known.labels(), 1
    )


def table(path: Path, name: str) -> None:
    """Have an empty migration make a table."""
    text = path.read_text()
    assert text.count("    pass\n") == 2
    text = text.replace(
        "    pass\n", f"    op.create_table({name!r}, sa.Column('id', sa.Integer()))\n", 1
    )
    path.write_text(text.replace("    pass\n", f"    op.drop_table({name!r})\n"))


def next_version(grown: Product, name: str) -> Path:
    """Add what the next version of the starter brings, written as its authors do."""
    grown.flask("db", "revision", "--head", "core@head", "-m", name)
    path = grown.newest(name)
    table(path, name)
    return path


def said_by_the_doctor(grown: Product) -> str:
    """Return its output; mail waits, so it may find fault with that."""
    try:
        said = grown.flask("doctor")
    except AssertionError as failure:
        said = str(failure)
    assert "Traceback" not in said
    return said


def is_well(grown: Product) -> bool:
    """Tell whether the migrations are in order, here and in a database made from nothing."""
    known = History(grown.versions)
    assert [*broken(known), *split(known)] == []
    assert re.search(r"schema: +ready", said_by_the_doctor(grown))
    grown.flask("db", "downgrade", "base")
    grown.flask("db", "upgrade")
    return bool(re.search(r"schema: +ready", said_by_the_doctor(grown)))


def follow(advice: str, path: Path) -> None:
    """Write into a migration what the doctor says."""
    text = path.read_text()
    for name, value in LINE.findall(advice):
        text, found = re.subn(rf"^{name} = .*$", f"{name} = {value}", text, flags=re.MULTILINE)
        assert found == 1, name
    path.write_text(text)


@pytest.mark.slow
def test_the_product_and_the_next_version_grow_side_by_side(grown: Product) -> None:
    grown.add("    town: Mapped[str] = personal(String(80), default='', why='-')")
    grown.flask("db", "migrate", "-m", "town")
    assert re.fullmatch(r"own_\d{6}_[0-9a-f]{6}_town.py", grown.newest("town").name)
    grown.flask("db", "upgrade")
    assert re.fullmatch(r"core_\d{6}_[0-9a-f]{6}_seats.py", next_version(grown, "seats").name)
    assert re.search(r"schema: +NOT READY", said_by_the_doctor(grown))
    grown.flask("db", "upgrade")
    assert "seats" in grown.tables()
    grown.add("    street: Mapped[str] = personal(String(80), default='', why='-')")
    grown.flask("db", "migrate", "-m", "street")
    known = History(grown.versions)
    (street,) = known.ends("own")
    assert {*known.by_id[street].follows} == {grown.newest("town").stem.removesuffix("_town")}
    assert {*known.by_id[street].depends} == {*known.ends("core")}, "it may need what is new there"
    grown.flask("db", "upgrade")
    assert is_well(grown)


def end() -> str:
    """Return the end of the core, before anybody adds to it."""
    (found,) = History(VERSIONS).ends("core")
    return found


def by_hand(grown: Product) -> Path:
    """Add the product's own 0007, as it was written before there were branches; apply it."""
    before = {"branch_labels": None, "depends_on": None}
    path = grown.write("0007_y.py", revision="0007", down_revision=end(), **before)
    grown.flask("db", "upgrade")
    grown.do("INSERT INTO y (id) VALUES (7)")
    return path


@pytest.mark.slow
def test_a_0007_of_the_product_is_no_obstacle_to_the_next_version(grown: Product) -> None:
    mine = by_hand(grown)
    grown.write("core_261224_0123ab_x.py", revision="core_261224_0123ab", down_revision=end())
    grown.flask("db", "upgrade")
    assert grown.tables() >= {"x", "y"}
    advice = said_by_the_doctor(grown)
    assert "The branch core has more than one end: 0007_y.py and core_261224_0123ab_x.py" in advice
    assert "more than one end" in grown.refused("db", "migrate", "--head", "core@head", "-m", "z")
    follow(advice, mine)
    assert grown.rows("SELECT id FROM y") == [(7,)]
    assert is_well(grown)


@pytest.mark.slow
def test_two_migrations_with_the_id_0007_are_told_apart_as_the_doctor_says(grown: Product) -> None:
    mine = by_hand(grown)
    grown.write("0007_x.py", revision="0007", down_revision=end())
    advice = said_by_the_doctor(grown)
    assert re.search(r"schema: +NOT READY", advice)
    assert "0007_x.py and 0007_y.py have the same id, 0007." in advice
    assert "have the same id" in grown.refused("db", "upgrade")
    follow(advice, mine)
    assert re.search(r"schema: +NOT READY", said_by_the_doctor(grown)), "x is not applied yet"
    (command,) = COMMAND.findall(advice)
    grown.flask(*shlex.split(command))
    grown.flask("db", "upgrade")
    assert grown.tables() >= {"x", "y"}
    assert grown.rows("SELECT id FROM y") == [(7,)]
    assert "nothing to do about 0007" in grown.flask(*shlex.split(command))
    assert is_well(grown)


@pytest.mark.slow
def test_two_migrations_that_follow_the_same_one_are_joined_as_the_doctor_says(
    grown: Product,
) -> None:
    grown.flask("db", "revision", "-m", "first")
    first = grown.newest("first").stem.removesuffix("_first")
    for name in ("left", "right"):
        grown.write(f"own_{name}.py", revision=f"own_{name}", down_revision=first)
    grown.flask("db", "upgrade")
    assert "The branch own has more than one end" in grown.refused("db", "migrate", "-m", "next")
    (command,) = COMMAND.findall(said_by_the_doctor(grown))
    grown.flask(*shlex.split(command))
    grown.flask("db", "upgrade")
    assert is_well(grown)
    grown.flask("db", "migrate", "-m", "next")


@pytest.mark.slow
def test_a_part_has_a_branch_of_its_own(grown: Product) -> None:
    grown.flask("db", "revision", "--branch-label", "lawn", "-m", "lawns")
    grown.flask("db", "revision", "--head", "lawn@head", "-m", "mowers")
    known = History(grown.versions)
    names = [grown.newest(name).stem.rpartition("_")[0] for name in ("lawns", "mowers")]
    assert all(re.fullmatch(r"lawn_\d{6}_[0-9a-f]{6}", name) for name in names)
    assert known.line(names[1])[-1].id == names[0]
    assert [known.by_id[name].depends for name in names] == [(*known.ends("core"),), ()]
    grown.flask("db", "upgrade")
    assert is_well(grown)


def test_a_migration_that_is_not_there_is_named(grown: Product) -> None:
    path = grown.write("own_a.py", revision="own_a", down_revision="gone")
    said = grown.refused("db", "upgrade")
    assert "own_a.py needs the migration gone, which is not there" in said
    path.unlink()
    grown.do("INSERT INTO alembic_version (version_num) VALUES ('newer')")
    advice = said_by_the_doctor(grown)
    assert "The database has migrations that are not in migrations/versions: newer." in advice
    assert "No file in migrations/versions has the id no." in grown.refused(
        "db", "renamed", "newer", "no"
    )
