"""How gunicorn is set: threads, time to end, limits of a request, its log."""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from typing import Any

import pytest

from minimaluser import create_app
from minimaluser.lib import environment, hashing
from minimaluser.server import Settings
from minimaluser.testing.processes import NEUTRAL
from tests.deployed import COMPOSE, DEPLOY, WEB_THREADS
from tests.tried_settings import ALONE


@pytest.fixture(autouse=True)
def somewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing that a developer has set, and a folder of its own."""
    for name in [*NEUTRAL, *(each.name for each in environment.table(Settings))]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))


def gunicorn(monkeypatch: pytest.MonkeyPatch, **environ: str) -> dict[str, Any]:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))


def test_gunicorn_starts_the_site_with_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = gunicorn(monkeypatch, PORT="8123", WEB_CONCURRENCY="3")
    assert loaded["wsgi_app"] == "minimaluser:create_app()"
    assert loaded["bind"] == ["0.0.0.0:8123"]
    assert (loaded["worker_class"].__name__, loaded["workers"]) == ("Threads", 3)
    assert loaded["threads"] == WEB_THREADS, "as many as the site reckons with"
    assert 2 <= hashing.LEFT_FOR_OTHERS <= 10, "no more than the pool has connections"
    assert (loaded["limit_request_line"], loaded["limit_request_fields"]) == (4094, 100)
    assert (loaded["graceful_timeout"], loaded["accesslog"]) == (30, None)


def test_CR8_the_site_reckons_with_the_threads_that_gunicorn_has(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shared: list[int] = []
    monkeypatch.setattr(hashing, "share", lambda _folder, threads: shared.append(threads))
    create_app({"INSTANCE_PATH": str(tmp_path), "WEB_THREADS": "7"})
    assert shared == [gunicorn(monkeypatch, WEB_THREADS="7")["threads"]] == [7]


def test_OP3_what_runs_when_the_site_is_told_to_end_may_finish(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = gunicorn(monkeypatch)["graceful_timeout"]
    assert seconds == 30
    for name in ("web1", "web2", "worker", "mailer"):
        patience = int(COMPOSE["services"][name]["stop_grace_period"].removesuffix("s"))
        assert patience > seconds, name


def test_IN1_gunicorn_reads_only_so_much_of_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = gunicorn(monkeypatch)
    assert 0 < loaded["limit_request_line"] <= 4096  # 0 is no limit
    assert 0 < loaded["limit_request_fields"] <= 100
    assert 0 < loaded["limit_request_field_size"] <= 16 * 1024


def test_gunicorn_knows_each_of_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    from gunicorn.config import Config

    known = Config()
    loaded = gunicorn(monkeypatch)
    for name in loaded.keys() & known.settings.keys():
        known.set(name, loaded[name])
    assert known.settings["control_socket_disable"].get() is True
    strangers = {n for n in loaded if not n.startswith("__")} - known.settings.keys()
    modules = {"gc", "glob", "os", "re", "sys", "tempfile", "Path", "Any", "environment", "started"}
    assert strangers == modules | {"Logger", "Discreet", "ThreadWorker", "Threads", "ours", "its"}


def test_LG2_gunicorn_names_no_address_of_a_request_that_failed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from gunicorn.config import Config
    from gunicorn.http.errors import InvalidRequestLine

    config = Config()
    config.set("logger_class", gunicorn(monkeypatch)["logger_class"])
    log = config.logger_class(config)
    monkeypatch.setattr(log.error_log, "propagate", True)
    problem = InvalidRequestLine("GET  /confirm/eyJ.eyJ.eyJ HTTP/1.1")
    log.warning(f"Invalid request from ip=2001:db8::7: {problem}")  # as its workers say it
    log.warning("something else %s", "happened")
    try:
        raise SystemExit
    except SystemExit:
        log.exception("Error handling request %s %s", "GET", "/confirm/eyJ.eyJ.eyJ")
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "Invalid request: Invalid HTTP request line: ",
        "something else happened",
        "Error handling request GET …",
    ]
    assert log.error_log.name == "gunicorn.error"


def test_the_same_file_starts_the_mailer(monkeypatch: pytest.MonkeyPatch) -> None:
    app = "minimaluser.mailer:create_app()"
    assert gunicorn(monkeypatch, WSGI_APP=app, **ALONE)["wsgi_app"] == app


@pytest.mark.parametrize(
    ("address", "bound"), [("::", "[::]:8000"), ("[::1]", "[::1]:8000"), ("h", "h:8000")]
)
def test_gunicorn_listens_where_it_is_told_also_with_ipv6(
    monkeypatch: pytest.MonkeyPatch, address: str, bound: str
) -> None:
    assert gunicorn(monkeypatch, BIND_ADDRESS=address)["bind"] == [bound]


@pytest.mark.parametrize(("value", "shared"), [("1", True), ("0", False), ("off", False)])
def test_processes_share_their_numbers_only_when_they_are_wanted(
    monkeypatch: pytest.MonkeyPatch, value: str, shared: bool
) -> None:
    gunicorn(monkeypatch, METRICS=value)
    assert ("PROMETHEUS_MULTIPROC_DIR" in os.environ) is shared
