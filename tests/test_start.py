"""What a web process loads: only what many requests need. The rest comes when it is asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from minimaluser.settings import ROOT
from minimaluser.testing import postgres
from minimaluser.testing.processes import NEUTRAL
from minimaluser.testing.sites import PRODUCTION, Site
from tests.tried_settings import ALONE

# The packages that pages need, and what these bring. Whatever a product adds here, every web
# process pays for: `python -X importtime -c "import minimaluser.app"` says how much.
PACKAGES = {
    *("flask", "werkzeug", "jinja2", "markupsafe", "itsdangerous", "blinker", "click", "dotenv"),
    *("flask_login", "flask_wtf", "wtforms", "flask_compress", "brotli", "backports", "whitenoise"),
    *("flask_sqlalchemy", "sqlalchemy", "typing_extensions", "greenlet", "jinja_partials"),
    *("argon2", "jwt", "cryptography"),
    *(("psycopg", "psycopg_binary") if postgres.WANTED else ()),
}
# Modules of our own that are for the worker, for commands, for development or for some sites.
LATER = {
    "minimaluser.outbox.engine": "the worker, and a web process that has a task for it",
    "minimaluser.outbox.worker": "the worker",
    "minimaluser.lib.post": "the worker",
    "minimaluser.migrations": "`flask db`",
    "minimaluser.lib.strength": "a new key",
    "minimaluser.lib.shared_counter": "sites with RATE_LIMIT_STORAGE_URL",
    "minimaluser.views.metrics": "sites with METRICS",
    "minimaluser.views.dev.gallery": "development",
    "minimaluser.views.dev.samples": "development",
    "minimaluser.views.dev.states": "development",
    "minimaluser.testing": "tests",
}
SERVE = """
import json, sys
from minimaluser import create_app

order = json.load(sys.stdin)
app = create_app(order["environ"])
client = app.test_client()
answers = [client.get(path, base_url="https://mu.example").status_code for path in order["guest"]]
client.set_cookie(app.config["SESSION_COOKIE_NAME"], order["cookie"], domain="mu.example")
answers += [client.get(path, base_url="https://mu.example").status_code for path in order["ann"]]
files = {name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}
json.dump({"answers": answers, "files": files}, sys.stdout)
"""
GUEST = {"/": 200, "/login": 200, "/signup": 200, "/profile": 303, "/readyz": 200}
ANN = {"/": 200, "/profile": 200, "/profile/nickname": 200}


@pytest.fixture(scope="module")
def loaded(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The modules of a web process in production that has served pages, with their files."""
    folder = tmp_path_factory.mktemp("start") / "instance"
    where = {"DATABASE_URL": f"sqlite:///{folder / 'site.db'}", **site.copied(folder, "start")}
    secrets: dict[str, str] = json.loads((folder / "secrets.json").read_text())
    order: dict[str, Any] = {
        "environ": {**PRODUCTION, **where, **secrets},
        "guest": [*GUEST],
        "ann": [*ANN],
        "cookie": site.people["ann"][2],
    }
    ran = subprocess.run(
        [sys.executable, "-c", SERVE],
        cwd=ROOT,
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-4000:]
    said = json.loads(ran.stdout)
    assert said["answers"] == [*GUEST.values(), *ANN.values()]
    return said["files"]


def test_a_web_process_loads_no_package_that_pages_do_without(loaded: dict[str, str]) -> None:
    installed = {name.partition(".")[0] for name, file in loaded.items() if "site-packages" in file}
    assert {name for name in installed if not name.startswith("_")} <= PACKAGES


def test_a_web_process_loads_no_module_of_ours_that_is_for_others(loaded: dict[str, str]) -> None:
    assert not {name: LATER[name] for name in LATER.keys() & loaded.keys()}
    assert all(find_spec(name) for name in LATER)


BEFORE_FORKING = """
import json, runpy, sys, threading
from types import SimpleNamespace

server = SimpleNamespace(app=SimpleNamespace(app_uri=sys.argv[1]))
runpy.run_path("deploy/gunicorn.conf.py")["on_starting"](server)
json.dump({"modules": [*sys.modules], "threads": threading.active_count()}, sys.stdout)
"""


@pytest.mark.parametrize(
    ("uri", "known"),
    [
        ("minimaluser:create_app()", {"minimaluser.app", "minimaluser.views.profile"}),
        ("minimaluser.mailer:create_app()", set()),
    ],
)
def test_gunicorn_imports_the_site_before_it_forks(
    tmp_path: Path, uri: str, known: set[str]
) -> None:
    command = [sys.executable, "-c", BEFORE_FORKING, uri]
    environ = {**os.environ, **NEUTRAL, **ALONE, "INSTANCE_PATH": str(tmp_path)}
    ran = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, check=True)
    said = json.loads(ran.stdout)
    assert {name for name in said["modules"] if name.startswith("minimaluser.")} >= known
    assert ("sqlalchemy" in said["modules"]) is bool(known)
    assert said["threads"] == 1  # another one would not be there after the fork
