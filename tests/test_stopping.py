"""What gunicorn does between SIGTERM and its end."""

from __future__ import annotations

import signal
import socket
from contextlib import suppress
from pathlib import Path

from minimaluser.testing.processes import GUNICORN, Process, free_port, until, wait_for

SLOW = """
import time
from pathlib import Path


def app(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        Path(__file__).with_name("began").touch()
        time.sleep(2)
    start_response("200 OK", [("Content-Length", "4")])
    return [b"done"]
"""


def test_a_server_that_stops_finishes_what_it_has_begun_and_takes_nothing_new(
    tmp_path: Path,
) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    port = free_port()
    here = ("127.0.0.1", port)
    environ = {"PORT": str(port), "BIND_ADDRESS": here[0], "WEB_CONCURRENCY": "2"}
    command = [*GUNICORN, "--pythonpath", tmp_path, "slow:app"]
    server = Process(command, environ, tmp_path / "log")
    try:
        wait_for(f"http://127.0.0.1:{port}/", server)
        with socket.create_connection(here) as begun:
            begun.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert until((tmp_path / "began").exists, 10)
            server.send(signal.SIGTERM)
            refused = until(lambda: _is_refused(here), 1.5, pause=0.1)
            begun.settimeout(10)
            assert begun.recv(4096).startswith(b"HTTP/1.1 200")
        assert refused
    finally:
        server.stop()


def _is_refused(address: tuple[str, int]) -> bool:
    with suppress(ConnectionRefusedError), socket.create_connection(address):
        return False
    return True
