"""Paths of any name: the checkout, and every folder that a setting names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from minimaluser import create_app, mailer
from minimaluser.lib.storage import Folder
from minimaluser.services import services_of
from minimaluser.settings import settings_of
from minimaluser.testing.apps import close, migrate
from minimaluser.testing.client import Person
from minimaluser.testing.processes import NEUTRAL
from tests.copies import copied
from tests.tried_settings import ALONE

ODD = 'q?x=1&y 100% %41 #1 it\'s "so" [a]*{{b}} ${c} ü\u0308 日本'
# What a process of gunicorn's does that shares its numbers: it counts, and tells all that was.
COUNT = """
from prometheus_client import generate_latest
from minimaluser.views import metrics

metrics.REQUESTS.labels("home", "GET", 200).inc(3)
print(generate_latest(metrics._counted()).decode())
"""
VISIT = """
from minimaluser import create_app
from minimaluser.services import services_of

app = create_app(PROPAGATE_EXCEPTIONS=True)
client = app.test_client()
with app.app_context():
    files = ["/", "/manifest.webmanifest", "/sw.js", services_of(app).assets.url("default.css")]
print([client.get(path).status_code for path in files])
"""


def test_everything_of_the_site_is_in_its_folder_whatever_that_is_called(tmp_path: Path) -> None:
    folder = tmp_path / ODD
    environ = {"INSTANCE_PATH": str(folder), "SITE_URL": "http://localhost"}
    migrate(environ)
    app = create_app(environ, PROPAGATE_EXCEPTIONS=True)
    Person(app, "ann@example.org").sign_up()
    with app.app_context():
        storage = services_of(app).storage
        assert isinstance(storage, Folder)
        storage.write("tiles/1.svg", b"<svg/>", "image/svg+xml")
        assert storage.read("tiles/1.svg") == b"<svg/>"
    close(app)
    services_of(app).huey.storage.close()
    assert [path.name for path in tmp_path.iterdir()] == [ODD]
    wanted = {"site.db", "tasks.db", "secrets.json", "storage"}
    assert wanted <= {path.name for path in folder.iterdir()}


def test_a_database_url_names_any_file(tmp_path: Path) -> None:
    first = {"INSTANCE_PATH": str(tmp_path / ODD)}
    url = settings_of(create_app(first)).database_url
    migrate({"INSTANCE_PATH": str(tmp_path / "elsewhere"), "DATABASE_URL": url})
    assert (tmp_path / ODD / "site.db").stat().st_size > 0


def test_the_ledger_of_the_mailer_is_in_its_folder(tmp_path: Path) -> None:
    mailer.create_app(ALONE | {"INSTANCE_PATH": str(tmp_path / ODD)})
    assert (tmp_path / ODD / "mailer.db").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [ODD]


def test_processes_find_what_the_others_have_counted_in_a_folder_of_any_name(
    tmp_path: Path,
) -> None:
    folder = tmp_path / ODD
    folder.mkdir()
    environ = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    for times in (1, 2):
        ran = subprocess.run(
            [sys.executable, "-c", COUNT], env=environ, capture_output=True, text=True, check=True
        )
        assert f'endpoint="home",method="GET",status="200"}} {times * 3}.0' in ran.stdout


@pytest.mark.slow
@pytest.mark.sqlite
def test_a_checkout_of_any_name_is_built_migrated_and_served(tmp_path: Path) -> None:
    copy = copied(tmp_path / ODD)
    neutral = {**NEUTRAL, "INSTANCE_PATH": "", "SITE_URL": ""}
    copy.run("node", "tools/assets.mjs")
    copy.run("python", "-m", "tools.prepare", **neutral)
    assert "schema:                 ready" in copy.run(
        "python", "-m", "flask", "--app", "minimaluser", "doctor", **neutral
    )
    assert copy.run("python", "-c", VISIT, **neutral) == "[200, 200, 200, 200]\n"
    assert [path.name for path in tmp_path.iterdir()] == [ODD]
