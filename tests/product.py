"""A product that grows: a copy of the project with Ann and Ben in its database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from minimaluser.testing.sites import Site
from tests.copies import Copy, copied

USER = "minimaluser/models/user.py"
IMPORTS = "from __future__ import annotations\n"
LAST = "    tile_colour:"
LOOK = "import json, sys; from minimaluser import create_app; {}"


@dataclass
class Product:
    """A copy, and the environment that leads its commands to its database."""

    copy: Copy
    environ: dict[str, str]

    def flask(self, *words: str) -> str:
        """Run `flask …` there; AssertionError with what it said when it fails."""
        return self.copy.run("flask", "--app", "minimaluser", *words, **self.environ)

    def refused(self, *words: str) -> str:
        """Run `flask …`, which must fail without a traceback, and return what it said."""
        try:
            said = self.flask(*words)
        except AssertionError as failure:
            told = str(failure)
            assert "Traceback" not in told, told
            return told
        raise AssertionError(f"{words} did not fail: {said}")

    def add(self, columns: str, imports: str = "") -> None:
        """Put lines into the model of users, above its last column."""
        path = self.copy.folder / USER
        text = path.read_text()
        assert text.count(LAST) == text.count(IMPORTS) == 1
        text = text.replace(LAST, f"{columns}\n{LAST}").replace(IMPORTS, IMPORTS + imports)
        path.write_text(text)

    def replace(self, old: str, new: str) -> None:
        """Change the model of users."""
        path = self.copy.folder / USER
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    def write(self, file: str, **said: object) -> Path:
        """Write a migration by hand that makes a table called like its file."""
        path = self.versions / file
        lines = [f"{name} = {value!r}" for name, value in said.items()]
        name = path.stem.rpartition("_")[2]
        path.write_text(
            "import sqlalchemy as sa\nfrom alembic import op\n\n" + "\n".join(lines) + "\n\n\n"
            f"def upgrade():\n    op.create_table('{name}', sa.Column('id', sa.Integer()))\n\n\n"
            f"def downgrade():\n    op.drop_table('{name}')\n"
        )
        return path

    @property
    def versions(self) -> Path:
        return self.copy.folder / "migrations" / "versions"

    def newest(self, end: str) -> Path:
        """Return the one migration whose file ends so."""
        (found,) = self.versions.glob(f"*_{end}.py")
        return found

    @contextmanager
    def connected(self) -> Iterator[sa.Connection]:
        url = self.environ.get("DATABASE_URL", "").replace("postgresql:", "postgresql+psycopg:")
        engine = sa.create_engine(url or f"sqlite:///{self.environ['INSTANCE_PATH']}/site.db")
        with engine.begin() as connection:
            yield connection
        engine.dispose()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.connected() as connection:
            return [tuple(row) for row in connection.execute(sa.text(sql))]

    def do(self, sql: str) -> None:
        with self.connected() as connection:
            connection.execute(sa.text(sql))

    def tables(self) -> set[str]:
        with self.connected() as connection:
            return set(sa.inspect(connection).get_table_names())

    def users(self, *names: str) -> list[dict[str, str]]:
        """Return columns of all users as the site reads them, as Python writes them."""
        ask = (
            "from minimaluser import create_app; import json\n"
            "from minimaluser.database import db; from minimaluser.models import User\n"
            "with create_app().app_context():\n"
            "    users = db.session.scalars(db.select(User).order_by(User.id)).all()\n"
            f"    print(json.dumps([{{n: repr(getattr(u, n)) for n in {names}}} for u in users]))"
        )
        said: list[dict[str, str]] = json.loads(self.copy.run("python", "-c", ask, **self.environ))
        return said


def product(site: Site, folder: Path) -> Product:
    """Make one, in a folder of its own."""
    where = site.copied(folder / "instance", "product")
    return Product(copied(folder / "site"), where)
