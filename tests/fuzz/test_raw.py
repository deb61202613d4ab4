"""Bytes sent to a real gunicorn (IN4): broken requests get an answer, or none at all."""

from __future__ import annotations

import re
import socket
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimaluser.testing.processes import GUNICORN, Process, free_port, wait_for
from minimaluser.testing.sites import Site
from tests.fuzz.cases import NASTY
from tests.fuzz.conftest import CASES, effort

MOST_SECONDS = 1.0
SHARE = 10  # one of so many cases
OF_THE_PROTOCOL = {501, 505}  # a coding or a version of HTTP that a server may say it does not know

METHODS = [
    b"GET",
    b"HEAD",
    b"POST",
    b"PUT",
    b"OPTIONS",
    b"TRACE",
    b"CONNECT",
    b"get",
    b"",
    b"P\x00",
]
TARGETS = [
    b"/", b"/login", b"/signup", b"/profile", b"/healthz", b"*", b"http://evil.example/", b"//",
    b"", b"/%", b"/%zz", b"/%00", b"/%ff%fe", b"/cookies?\x80", b"/a b", b"/#x", b"/" + b"x" * 4200,
]  # fmt: skip
VERSIONS = [
    b"HTTP/1.1",
    b"HTTP/1.0",
    b"HTTP/0.9",
    b"HTTP/9.9",
    b"HTTP/2",
    b"http/1.1",
    b"",
    b"XTTP",
]
LINES = [
    b"Host: localhost", b"Host: localhost", b"Host: evil.example", b"Host: .....", b"Host:",
    b"Host: [", b"Content-Length: 5", b"Content-Length: -1", b"Content-Length: 5, 6",
    b"Content-Length: 99999999999", b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip",
    b"Transfer-Encoding: chunked, x", b"Content-Type: application/x-www-form-urlencoded",
    b"Content-Type: \xff", b"Expect: 100-continue", b"X: " + b"y" * 9000, b"X\x00: y",
    b" X: folded", b"X : y", b": y", b"X", b"Cookie: mu_session=\xff", b"Upgrade: h2c",
    b"X-Forwarded-Proto: \xff", b"Range: bytes=0-,-1,5-2", b"Accept-Encoding: ,,;q=x",
]  # fmt: skip
BODIES = [b"", b"hello", b"5\r\nhello\r\n0\r\n\r\n", b"zz\r\n", b"0\r\n\r\nGET / HTTP/1.1\r\n\r\n"]


def mostly(good: bytes, odd: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """A value that is right four times out of five, so that a request has one or two faults."""
    return st.integers(0, 4).flatmap(lambda n: odd if n == 4 else st.just(good))


requests = st.builds(
    lambda method, target, version, lines, end, body: (
        method + b" " + target + b" " + version + end + end.join(lines) + end + end + body
    ),
    mostly(b"GET", st.sampled_from(METHODS)),
    mostly(b"/cookies", st.sampled_from(TARGETS) | st.binary(max_size=30)),
    mostly(b"HTTP/1.1", st.sampled_from(VERSIONS)),
    mostly(b"X: y", st.sampled_from(LINES) | st.sampled_from(NASTY)).map(
        lambda line: [line] if line.startswith(b"Host:") else [b"Host: localhost", line]
    ),
    mostly(b"\r\n", st.sampled_from([b"\n", b"\r"])),
    mostly(b"", st.sampled_from(BODIES) | st.binary(max_size=50)),
)


@pytest.fixture
def port(site: Site, tmp_path: Path) -> Iterator[int]:
    port = free_port()
    environ = site.copied(tmp_path / "raw", "raw")
    environ |= {"PORT": str(port), "BIND_ADDRESS": "127.0.0.1", "WEB_CONCURRENCY": "1"}
    server = Process(GUNICORN, environ, tmp_path / "raw.log")
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", server)
        yield port
    finally:
        server.kill()


def send(port: int, request: bytes) -> tuple[bytes, float]:
    """Send bytes and nothing more; return what comes back until the end, and after how long."""
    began = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as door:
        answer = b""
        try:
            door.sendall(request)
            door.shutdown(socket.SHUT_WR)
            while more := door.recv(65536):
                answer += more
        except ConnectionError:
            pass  # hung up on before all was said
    return answer, time.perf_counter() - began


@pytest.mark.slow
def test_IN4_no_bytes_break_the_server(port: int, record_property: Any) -> None:
    statuses: Counter[int] = Counter()

    @effort(max(100, CASES // SHARE))
    @given(request=requests)
    def try_it(request: bytes) -> None:
        for _ in range(3):  # a machine that is busy is slow once, not again and again
            answer, seconds = send(port, request)
            if seconds <= MOST_SECONDS:
                break
        assert seconds <= MOST_SECONDS, "an input that takes long"
        for word in re.findall(rb"^HTTP/1\.[01] (\d+)", answer, re.MULTILINE):
            statuses[int(word)] += 1
            assert int(word) < 500 or int(word) in OF_THE_PROTOCOL, answer[:200]

    try_it()
    assert b" 200 OK" in send(port, b"GET /healthz HTTP/1.0\r\n\r\n")[0]
    record_property("fuzz", ", ".join(f"{code} × {n}" for code, n in sorted(statuses.items())))
