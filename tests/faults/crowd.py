"""Thousands of clients that take their time: `python -m tests.faults.crowd HTTPS HTTP COUNT`.

One third sends the head of a request, one third the body, a letter at a time; one third asks for a
page and hardly reads. Who is hung up on comes back. A line a second says how many are there.
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
NARROW = 1024  # bytes that a slow reader's system takes in
_addresses = itertools.cycle(range(2, 250))


def dial(port: int, *, tls: bool, narrow: bool = False) -> socket.socket:
    """Connect from one of many addresses of loopback."""
    plain = socket.socket()
    if narrow:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)
    plain.settimeout(10)
    plain.bind((f"127.0.3.{next(_addresses)}", 0))
    plain.connect(("127.0.0.1", port))
    if not tls:
        return plain
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(plain, server_hostname=HOST)


class Slow:
    """One such client; `drip` does the least that keeps it from being hung up on."""

    def __init__(self, https: int, http: int, kind: int) -> None:
        self.kind = kind % 3
        self.socket = dial(
            (https, http)[self.kind == 0 and kind % 2], tls=not (self.kind == 0 and kind % 2),
            narrow=self.kind == 2,
        )  # fmt: skip
        host = f"Host: {HOST}\r\n"
        self.socket.sendall(
            (
                f"GET / HTTP/1.1\r\n{host}X-Slow: ",
                f"POST /signup HTTP/1.1\r\n{host}Content-Length: 4000\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n\r\nemail=",
                f"GET / HTTP/1.1\r\n{host}\r\n" * 8,
            )[self.kind].encode()
        )

    def drip(self) -> None:
        """Send or take a letter.

        Raises:
            OSError: the other side has hung up.
        """
        if self.kind == 2:
            if not self.socket.recv(1):
                raise ConnectionResetError
            return
        self.socket.sendall(b"x")


class Crowd:
    """Keeps the number of clients up."""

    def __init__(self, https: int, http: int, count: int) -> None:
        self.ports, self.count = (https, http), count
        self.there: deque[Slow] = deque()
        self.missing: deque[int] = deque(range(count))
        self.came = itertools.count()
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
                self.there.append(Slow(*self.ports, kind))
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
    Crowd(*(int(word) for word in sys.argv[1:4])).run()
