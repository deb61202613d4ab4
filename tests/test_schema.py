"""What the migrations in a folder amount to; that of the site is asked for in test_health.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from alembic.util import to_tuple

from minimaluser import schema
from minimaluser.settings import ROOT

FIRST = 'revision = "a1"\ndown_revision = None\ndepends_on = None\n'
AFTER = 'revision: str = "a2"\ndown_revision: str | None = "a1"\ndepends_on = None\n'
MERGE = 'revision = "a3"\ndown_revision = ("a2", "b1")\nWIDTH = 2 * 8\n'
PART = 'revision = "b1"\ndown_revision = None\nbranch_labels = ("b",)\ndepends_on = {}\n'


@pytest.mark.parametrize(
    ("files", "heads"),
    [
        ([FIRST], {"a1"}),
        ([FIRST, AFTER], {"a2"}),
        ([FIRST, AFTER, PART.format(None)], {"a2", "b1"}),
        ([FIRST, AFTER, PART.format('"a1"')], {"a2", "b1"}),
        ([FIRST, AFTER, PART.format('"a2"')], {"b1"}),
        ([FIRST, AFTER, PART.format('("a1", "a2")')], {"b1"}),
        ([FIRST, AFTER, PART.format(None), MERGE], {"a3"}),
    ],
)
def test_what_none_follows_or_depends_on_is_recorded(
    tmp_path: Path, files: list[str], heads: set[str]
) -> None:
    for number, text in enumerate(files):
        (tmp_path / f"{number}.py").write_text(text)
    assert schema.heads(tmp_path) == heads


def test_alembic_reads_the_migrations_of_the_site_alike() -> None:
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    depended = {
        name for each in scripts.walk_revisions() for name in to_tuple(each.dependencies, ())
    }
    assert schema.heads(ROOT / "migrations" / "versions") == {*scripts.get_heads()} - depended
