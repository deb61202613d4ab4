"""What gunicorn does with the settings of the site: what it believes, and how it stops."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from minimaluser.testing.processes import GUNICORN, Process, free_port, until, wait_for

APP = """
import time
from pathlib import Path


def app(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        Path(__file__).with_name("began").touch()
        time.sleep(2)
    body = "|{SCRIPT_NAME}|{PATH_INFO}|".format(**environ).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""
Address = tuple[str, int]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Process, Address]]:
    """A small app under gunicorn, and where it listens."""
    (tmp_path / "small.py").write_text(APP)
    here = ("127.0.0.1", free_port())
    environ = {"PORT": str(here[1]), "BIND_ADDRESS": here[0], "WEB_CONCURRENCY": "2"}
    command = [*GUNICORN, "--pythonpath", tmp_path, "small:app"]
    running = Process(command, environ, tmp_path / "log")
    try:
        wait_for(f"http://{here[0]}:{here[1]}/", running)
        yield running, here
    finally:
        running.stop()


def ask(connection: socket.socket, path: str, *headers: str) -> None:
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers, "", ""]
    connection.sendall("\r\n".join(lines).encode())


def test_a_server_that_stops_finishes_what_it_has_begun_and_takes_nothing_new(
    server: tuple[Process, Address], tmp_path: Path
) -> None:
    running, here = server
    with socket.create_connection(here) as begun:
        ask(begun, "/slow")
        assert until((tmp_path / "began").exists, 10)
        running.send(signal.SIGTERM)
        refused = until(lambda: _is_refused(here), 1.5, pause=0.1)
        begun.settimeout(10)
        assert begun.recv(4096).startswith(b"HTTP/1.1 200")
    assert refused


def test_CA1_a_client_does_not_say_where_the_site_is(server: tuple[Process, Address]) -> None:
    """Not even one at an address that may say whether TLS was used."""
    with socket.create_connection(server[1]) as client:
        ask(client, "/evil/readyz", "SCRIPT_NAME: /evil", "PATH_INFO: /metrics")
        client.settimeout(10)
        assert client.makefile("rb").read().endswith(b"||/evil/readyz|")


def _is_refused(address: Address) -> bool:
    with suppress(ConnectionRefusedError), socket.create_connection(address):
        return False
    return True
