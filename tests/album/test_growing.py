"""What a product adds to the tables of the album."""

from __future__ import annotations

from pathlib import Path

import pytest

from minimaluser.lib.revisions import History
from minimaluser.testing.sites import Site
from tests.product import product


@pytest.mark.slow
def test_a_column_of_the_product_comes_after_the_table_of_the_part(
    site: Site, tmp_path: Path
) -> None:
    grown = product(site, tmp_path)
    path = grown.copy.folder / "minimaluser/album/model.py"
    path.write_text(path.read_text() + "    stars: Mapped[int] = mapped_column(default=0)\n")
    grown.flask("db", "migrate", "-m", "stars")
    known = History(grown.versions)
    (mine,) = known.ends("own")
    assert {*known.by_id[mine].depends} == {*known.ends("core"), *known.ends("album")}
