"""A very small starter: what a project gets, how it loses a part, and how it is updated."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from minimaluser.lib import starter as versions
from tests.grow.small import FILES, Small, small

NO_POND = "migrations/removed/pond_0001.py"


def begun(seed: Small, folder: Path, *words: str) -> Small:
    """Begin a project."""
    seed.grow("new", "NAME=plantly", f"DIR={folder}", *words)
    return Small(folder)


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """The starter in its first version; no test changes it."""
    return small(tmp_path_factory.mktemp("small") / "seed")


@pytest.fixture(scope="module")
def fresh(seed: Small) -> Small:
    """A project with the pond; no test changes it."""
    return begun(seed, seed.folder.with_name("fresh"), "PARTS=pond")


@pytest.fixture
def plantly(fresh: Small, tmp_path: Path) -> Small:
    """A copy of it to change, beside the starter as well."""
    return Small(Path(shutil.copytree(fresh.folder, fresh.folder.with_name(tmp_path.name))))


@pytest.fixture
def starter(seed: Small, tmp_path: Path) -> Small:
    """A copy of the starter to change."""
    return Small(Path(shutil.copytree(seed.folder, tmp_path / "seed")))


@pytest.fixture(scope="module")
def newer(seed: Small) -> tuple[str, str]:
    """Where the starter has another line, a renamed file, migrations and a new part; its commit."""
    made = Small(Path(shutil.copytree(seed.folder, seed.folder.with_name("newer"))))
    made.write(
        {
            "seed/views.py": FILES["seed/views.py"].replace("TWO = 2", "TWO = 22"),
            "seed/pond/depth.py": "DEEP = True\n",
            "seed/lake/__init__.py": "",
            "seed/parts.py": FILES["seed/parts.py"].replace("]", '    "seed.lake",\n]'),
            "migrations/versions/0002_more.py": "revision = '0002'\n",
            "migrations/versions/pond_0002.py": "revision = 'pond_0002'\n",
            "README.md": "# The Seed, anew\n",
        }
    )
    made.run("git", "mv", "deploy/seed-web.service", "deploy/seed-site.service")
    return str(made.folder), made.release("0.2.0", "Two is more.")


def test_a_project_has_names_of_its_own_and_nothing_of_the_starters(
    seed: Small, fresh: Small
) -> None:
    plantly = fresh
    assert plantly.names() == {
        *(".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "pyproject.toml"),
        *("deploy/plantly-web.service", "static/icons/icon.svg", "static/icons/share.png"),
        *("plantly/__init__.py", "plantly/parts.py", "plantly/views.py"),
        *("plantly/pond/__init__.py", "templates/pond/index.html"),
        *("migrations/versions/0001_core.py", "migrations/versions/pond_0001.py"),
    }
    assert plantly.text("plantly/__init__.py") == '"""Plantly."""\n\nCOOKIE = "pl_session"\n'
    assert plantly.text("plantly/views.py").startswith("from plantly import COOKIE\n")
    assert plantly.text("Makefile") == "all:\nend:\n"
    assert "# Plantly\n" in plantly.text("README.md")
    assert "Plantly authors" in plantly.text("LICENSE")
    assert "2001" not in plantly.text("LICENSE")
    assert "The beginning" not in plantly.text("CHANGELOG.md")
    said = tomllib.loads(plantly.text("pyproject.toml"))
    assert said["project"] == {"name": "plantly", "version": "0.1.0", "description": "Plantly"}
    assert said["tool"]["starter"] == {
        "name": "plantly",
        "title": "Plantly",
        "short": "pl",
        "origin": "../seed",
        "version": "0.1.0",
        "commit": seed.run("git", "rev-parse", "HEAD").strip(),
    }
    told = "Begin Plantly from version 0.1.0 of the starter\n"
    assert plantly.run("git", "log", "--format=%s") == told
    assert plantly.run("git", "status", "--porcelain") == ""


def test_what_is_refused_leaves_no_folder(seed: Small, fresh: Small) -> None:
    before = {*seed.folder.parent.iterdir()}
    assert "exists" in seed.refused("new", "NAME=plantly", f"DIR={fresh.folder}")
    assert "word of Python" in seed.refused("new", "NAME=class")
    assert seed.refused("new", "NAME=other", "PARTS=lake") == (
        "The starter has no part lake; its parts are: pond.\n"
    )
    assert {*seed.folder.parent.iterdir()} == before


def test_a_part_that_is_removed_and_added_again_leaves_the_same_files(plantly: Small) -> None:
    plantly.write({"plantly/views.py": "# the pond is deep\n"})
    with_it = plantly.tree()
    said = plantly.grow("remove", "PART=pond")
    assert "plantly/views.py:1: # the pond is deep" in said.splitlines()
    assert "`flask db upgrade`" in said
    assert {name for name in plantly.names() if "pond" in name} == {NO_POND}
    without = plantly.tree()
    plantly.grow("add", "PART=pond")
    assert plantly.tree() == with_it
    plantly.grow("remove", "PART=pond")
    assert plantly.tree() == without
    assert "no part pond" in plantly.refused("remove", "PART=pond")


def test_a_project_has_the_parts_that_it_wants_and_can_have_others_later(
    seed: Small, fresh: Small, tmp_path: Path
) -> None:
    plantly = begun(seed, seed.folder.with_name(tmp_path.name))
    assert "pond" not in "".join(plantly.names()) + plantly.text("plantly/parts.py")
    plantly.grow("add", "PART=pond")
    assert plantly.tree() == fresh.run("git", "rev-parse", "HEAD^{tree}")
    assert "nor in your history" in plantly.refused("add", "PART=lake")


def test_a_part_of_ones_own_comes_back_from_ones_own_history(plantly: Small) -> None:
    listing = plantly.text("plantly/parts.py").replace("]", '    "plantly.lake",\n]')
    plantly.write({"plantly/lake/__init__.py": "X = 1\n", "plantly/parts.py": listing})
    before = plantly.tree()
    plantly.grow("remove", "PART=lake")
    plantly.tree()
    plantly.grow("add", "PART=lake")
    assert plantly.tree() == before


@pytest.mark.parametrize("part", ["pond", "lake"])
def test_a_part_comes_back_beside_one_that_has_come_meanwhile(plantly: Small, part: str) -> None:
    def have(other: str) -> None:
        listing = plantly.text("plantly/parts.py").replace("]", f'    "plantly.{other}",\n]')
        plantly.write({f"plantly/{other}/__init__.py": "X = 1\n", "plantly/parts.py": listing})
        plantly.tree()

    have("lake")
    plantly.grow("remove", f"PART={part}")
    plantly.tree()
    have("meadow")
    said = plantly.grow("add", f"PART={part}")
    assert "conflict" not in said.lower()
    listed = re.findall(r'"plantly\.(\w+)"', plantly.text("plantly/parts.py"))
    assert {*listed} == {"views", "pond", "lake", "meadow"}
    assert "<<<" not in plantly.text("plantly/parts.py")


def test_the_starter_itself_exchanges_parts(starter: Small) -> None:
    before = starter.tree()
    starter.grow("remove", "PART=pond")
    assert starter.text("README.md") == "# The Seed\n\n"
    starter.tree()
    starter.grow("add", "PART=pond")
    assert starter.tree() == before


def test_nothing_is_done_to_what_is_not_committed(plantly: Small) -> None:
    plantly.write({"notes": "mine\n"})
    for words in (("remove", "PART=pond"), ("add", "PART=pond"), ("update",)):
        assert plantly.refused(*words) == "Commit or stash your changes first: notes.\n"


def test_a_newer_version_comes_in_beside_what_has_grown(
    plantly: Small, newer: tuple[str, str]
) -> None:
    where, commit = newer
    plantly.write(
        {
            "plantly/views.py": plantly.text("plantly/views.py").replace("ONE = 1", "ONE = 11"),
            "deploy/plantly-web.service": "Description=Plantly: web\nUser=plants\n",
            "README.md": "# My plants\n",
            "migrations/versions/own_1.py": "revision = 'own_1'\n",
        }
    )
    plantly.tree()
    said = plantly.grow("update", f"FROM={where}")
    assert "## 0.2.0\n- Two is more.\n" in said
    assert "make add PART=lake" in said
    assert "conflict" not in said.lower()
    assert plantly.text("plantly/views.py").split()[4:] == ["ONE", "=", "11", "TWO", "=", "22"]
    assert plantly.text("deploy/plantly-site.service").endswith("User=plants\n")
    assert plantly.text("README.md") == "# My plants\n"
    plantly.tree()
    assert {f"migrations/versions/{name}.py" for name in ("0002_more", "own_1", "pond_0002")} <= (
        plantly.names()
    )
    assert "plantly/pond/depth.py" in plantly.names()
    assert "lake" not in "".join(plantly.names()) + plantly.text("plantly/parts.py")
    table = tomllib.loads(plantly.text("pyproject.toml"))["tool"]["starter"]
    assert (table["version"], table["commit"]) == ("0.2.0", commit)
    assert "nothing newer" in plantly.grow("update", f"FROM={where}")
    assert "is older" in plantly.refused("update", f"FROM={where}", "TO=0.1.0")
    unknown = plantly.refused("update", f"FROM={where}", "TO=0.7.0")
    assert "no version 0.7.0; there are 0.2.0, 0.1.0" in unknown


def test_a_part_that_is_out_stays_out(plantly: Small, newer: tuple[str, str]) -> None:
    plantly.grow("remove", "PART=pond")
    plantly.tree()
    plantly.grow("update", f"FROM={newer[0]}")
    plantly.tree()
    assert {name for name in plantly.names() if "pond" in name} == {NO_POND}
    plantly.grow("add", "PART=pond", f"FROM={newer[0]}")
    assert {"migrations/versions/pond_0002.py", "plantly/pond/depth.py"} <= plantly.names()
    assert NO_POND not in plantly.names()


def test_a_conflict_is_where_both_have_changed_the_same(starter: Small, plantly: Small) -> None:
    mine = plantly.text("plantly/views.py").replace("TWO = 2", "TWO = 3")
    plantly.write({"plantly/views.py": mine})
    plantly.run("git", "rm", "-q", "deploy/plantly-web.service")
    plantly.tree()
    starter.write({"deploy/seed-web.service": "Description=The Seed: site\n"})
    starter.write({"seed/views.py": FILES["seed/views.py"].replace("TWO = 2", "TWO = 22")})
    starter.release("0.1.1", "Mended.")
    said = plantly.grow("update", f"FROM={starter.folder}")
    assert "    deploy/plantly-web.service\n    plantly/views.py\n" in said
    text = plantly.text("plantly/views.py")
    assert "<<<<<<< HEAD\nTWO = 3\n=======\nTWO = 22\n>>>>>>> " in text
    assert "version 0.1.1 of the starter" in text
    assert "DU deploy/plantly-web.service" in plantly.run("git", "status", "--porcelain")
    assert "plantly-web.service" in plantly.refused("update"), "not before it is resolved"


def test_the_doctor_tells_which_version_there_is(
    seed: Small, fresh: Small, newer: tuple[str, str], tmp_path: Path
) -> None:
    def told(origin: str) -> list[str]:
        text = fresh.text("pyproject.toml").replace("../seed", origin)
        (tmp_path / "pyproject.toml").write_text(text)
        return list(versions.told(tmp_path / "pyproject.toml"))

    assert told(str(seed.folder)) == ["0.1.0, the newest"]
    assert told(newer[0]) == ["0.1.0; there is 0.2.0: `make update`"]
    assert told("/nowhere") == ["0.1.0 (nothing answers at /nowhere)"]
    assert list(versions.told(seed.folder / "pyproject.toml")) == [], "it is the starter itself"
    assert list(versions.told(tmp_path / "none.toml")) == [], "it is an image"


def test_a_starter_that_is_not_there_is_told_in_a_sentence(plantly: Small) -> None:
    assert "FROM=…" in plantly.refused("update", "FROM=/nowhere")
    assert "nothing newer" in plantly.grow("update")
