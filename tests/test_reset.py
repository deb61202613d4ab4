"""`make reset` empties what development has gathered, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from minimaluser import create_app
from minimaluser.lib import database_url
from minimaluser.models import User
from minimaluser.settings import Settings, load
from minimaluser.testing.apps import close, migrate
from minimaluser.testing.database import count
from minimaluser.testing.sites import PRODUCTION, Site
from tools import demo, reset, use


@pytest.fixture
def where(site: Site, tmp_path: Path) -> dict[str, str]:
    return site.copied(tmp_path / "instance", "emptied")


@pytest.fixture
def ours(where: dict[str, str]) -> Settings:
    return load(where)


def test_what_was_gathered_goes_and_secrets_stay(ours: Settings, where: dict[str, str]) -> None:
    folder, secrets = ours.instance_path, (ours.instance_path / "secrets.json").read_text()
    for name in ("storage/tiles/1.svg", demo.FILE, "mailer.db", "tasks.db-wal", "mine.txt"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    reset.empty(ours)
    assert (folder / "secrets.json").read_text() == secrets
    assert (folder / "mine.txt").exists()
    gone = {"storage", demo.FILE, "mailer.db", "tasks.db", "tasks.db-wal", "site.db"}
    assert not gone & {path.name for path in folder.iterdir()}
    migrate(where)
    app = create_app(where)
    assert count(app, User) == 0
    close(app)


def test_it_is_refused_while_the_site_runs(
    where: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = load(where)
    monkeypatch.setattr(reset.settings, "load", lambda: ours)
    with use.shared(ours), use.shared(ours):
        assert reset.main() == 2
        assert capsys.readouterr().err == "The site runs. Stop it (Ctrl-C) before `make reset`.\n"
    assert reset.main() == 0
    assert "`make run` begins anew" in capsys.readouterr().out


@pytest.mark.once
def test_it_is_refused_in_production(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = load({**PRODUCTION, "INSTANCE_PATH": str(tmp_path)})
    monkeypatch.setattr(reset.settings, "load", lambda: ours)
    assert reset.main() == 2
    assert "for development" in capsys.readouterr().err


@pytest.mark.once
@pytest.mark.parametrize("host", ["db.example.org", "10.0.0.7", "one:5432,two"])
def test_a_database_of_another_machine_is_left_alone(tmp_path: Path, host: str) -> None:
    url = f"postgresql://site@{host}/site"
    ours = load({"INSTANCE_PATH": str(tmp_path), "DATABASE_URL": url})
    (tmp_path / "storage").mkdir()
    with pytest.raises(reset.Refused, match="empty it there yourself"):
        reset.empty(ours)
    assert (tmp_path / "storage").exists()


@pytest.mark.once
def test_a_socket_is_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[sa.URL] = []

    def connect(url: sa.URL) -> None:
        asked.append(url)
        raise ConnectionError

    monkeypatch.setattr(reset.sa, "create_engine", connect)
    with pytest.raises(ConnectionError):
        reset._drop(database_url.url("postgresql:///site?host=/run/postgresql"))
    assert asked
