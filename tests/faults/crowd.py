"""Thousands of clients that take their time: `python -m tests.faults.crowd HTTPS HTTP COUNT FILE`.

Of eight one sends the head of a request and four the body, a letter at a time; three ask for a file
and hardly read. Who is hung up on comes back. A line a second says how many are there.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.faults.visitor import HOST

PAUSE_SECONDS = 2.0  # less than the server allows between two letters
DIALLERS = 12
NARROW, SIP = 1024, 16384  # bytes that a slow reader holds, and takes before the server gives up
HEAD, BODY, READER = range(3)
MIX = (HEAD, BODY, BODY, BODY, BODY, READER, READER, READER)
HEAD_SECONDS = 3.0  # then the server would hang up before the next letter
_addresses = itertools.cycle(range(2, 250))


def dial(port: int, context: ssl.SSLContext | None, *, narrow: bool) -> socket.socket:
    """Connect from one of many addresses of loopback, over TLS if there is a context."""
    plain = socket.socket()
    if narrow:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)
    plain.settimeout(10)
    plain.bind((f"127.0.3.{next(_addresses)}", 0))
    plain.connect(("127.0.0.1", port))
    return context.wrap_socket(plain, server_hostname=HOST) if context else plain


class Slow:
    """One such client; `drip` does the least that keeps it from being hung up on.

    Heads come in clear: their time is short, and who comes back so often must not be busy himself.
    """

    def __init__(self, crowd: Crowd, kind: int) -> None:
        self.kind, self.came = kind, time.monotonic()
        port, context = (crowd.http, None) if self.kind == HEAD else (crowd.https, crowd.context)
        self.socket = dial(port, context, narrow=self.kind == READER)
        host = f"Host: {HOST}\r\n"
        self.socket.sendall(
            (
                f"GET / HTTP/1.1\r\n{host}X-Slow: ",
                f"POST /signup HTTP/1.1\r\n{host}Content-Length: 4000\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n\r\nemail=",
                f"GET {crowd.file} HTTP/1.1\r\n{host}\r\n" * 20,
            )[self.kind].encode()
        )
        self.socket.setblocking(False)

    def drip(self) -> None:
        """Send a letter, or take a few.

        Raises:
            OSError: the other side has hung up.
        """
        if self.kind == HEAD and time.monotonic() > self.came + HEAD_SECONDS:
            raise TimeoutError
        try:
            if self.kind != READER:
                self.socket.sendall(b"x")
            elif not self.socket.recv(SIP):
                raise ConnectionResetError
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError):
            pass


class Crowd:
    """Keeps the number of clients up."""

    def __init__(self, https: int, http: int, count: int, file: str) -> None:
        self.https, self.http, self.file = https, http, file
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.context.check_hostname, self.context.verify_mode = False, ssl.CERT_NONE
        self.there: deque[Slow] = deque()
        self.missing: deque[int] = deque(itertools.islice(itertools.cycle(MIX), count))
        self.is_over = threading.Event()

    def run(self) -> None:
        with ThreadPoolExecutor(DIALLERS + 2) as pool:
            deeds: list[Callable[[], None]] = [self._dial] * DIALLERS + [self._drip, self._tell]
            for done in [pool.submit(deed) for deed in deeds]:
                done.result()

    def _dial(self) -> None:
        while not self.is_over.is_set():
            try:
                kind = self.missing.popleft()
            except IndexError:
                time.sleep(0.05)
                continue
            try:
                self.there.append(Slow(self, kind))
            except OSError:
                self.missing.append(kind)
                time.sleep(0.2)

    def _drip(self) -> None:
        while not self.is_over.is_set():
            began = time.monotonic()
            for number in range(len(self.there)):
                one = self.there.popleft()
                try:
                    one.drip()
                    self.there.append(one)
                except OSError:
                    with contextlib.suppress(OSError):
                        one.socket.close()
                    self.missing.append(one.kind)
                if number % 100 == 0:
                    time.sleep(0.005)
            time.sleep(max(0.1, PAUSE_SECONDS - (time.monotonic() - began)))

    def _tell(self) -> None:
        while not self.is_over.is_set():
            try:
                sys.stdout.write(f"{len(self.there)}\n")
                sys.stdout.flush()
            except OSError:
                self.is_over.set()
            time.sleep(1)


if __name__ == "__main__":
    https, http, count = map(int, sys.argv[1:4])
    Crowd(https, http, count, sys.argv[4]).run()
