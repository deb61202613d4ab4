"""A door in front of a server: open, shut, slow, silent, lying, or losing the answer."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from dataclasses import dataclass

from minimaluser.testing.processes import free_port

OPEN, SHUT, SILENT, LOSING = "open", "shut", "silent", "losing"


@dataclass(frozen=True)
class Slow:
    """Pass everything on, after so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Saying:
    """Answer so, whatever is asked."""

    content: bytes


@dataclass(frozen=True)
class Dripping:
    """Begin an answer and never end it."""

    seconds: float


Manner = str | Slow | Saying | Dripping


def answer(status: int, body: bytes = b"", *lines: str) -> Saying:
    """An HTTP answer."""
    head = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", "Connection: close"]
    return Saying("\r\n".join([*head, *lines, "", ""]).encode() + body)


class Door:
    """A TCP proxy on a port of its own; `set` changes what it does with the next connections."""

    def __init__(self, target: int) -> None:
        self.target, self.port = target, free_port()
        self.manner: Manner = OPEN
        self.passed = 0  # connections
        self.listener: socket.socket | None = None
        self.lock = threading.Lock()
        self.live: set[socket.socket] = set()
        self.threads: list[threading.Thread] = []
        self._listen()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def set(self, manner: Manner, *, cut: bool = True) -> None:
        """Change manners; connections from before are cut, or go on as they began."""
        self.manner = manner
        with self.lock:
            broken, self.live = (self.live, set()) if cut else (set(), self.live)
        for connection in broken:
            _reset(connection)
        if manner == SHUT:
            self._close()
        elif self.listener is None:
            self._listen()

    def end(self) -> None:
        self.set(SHUT)
        for thread in self.threads:
            thread.join(20)

    def _listen(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(128)
        self.listener = listener
        self._run(self._accept, listener)

    def _close(self) -> None:
        listener, self.listener = self.listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def _run(self, function: object, *arguments: object) -> None:
        thread = threading.Thread(target=function, args=arguments, daemon=True)  # type: ignore[arg-type]
        self.threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with self.lock:
                self.live.add(connection)
            self.passed += 1
            self._run(self._serve, connection, self.manner)

    def _serve(self, connection: socket.socket, manner: Manner) -> None:
        try:
            if isinstance(manner, Saying):
                _read_request(connection)
                connection.sendall(manner.content)
            elif isinstance(manner, Dripping):
                _read_request(connection)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
                end = time.monotonic() + manner.seconds
                while time.monotonic() < end:
                    connection.sendall(b" ")
                    time.sleep(0.2)
            elif manner == SILENT:
                while connection.recv(65536):
                    pass
            else:
                self._pass_on(connection, manner)
        except OSError:
            pass
        finally:
            with self.lock:
                self.live.discard(connection)
            connection.close()

    def _pass_on(self, connection: socket.socket, manner: Manner) -> None:
        with socket.create_connection(("127.0.0.1", self.target)) as inner:
            with self.lock:
                self.live.add(inner)
            try:
                back = threading.Thread(target=_pump, args=(inner, connection, manner), daemon=True)
                back.start()
                if isinstance(manner, Slow):
                    connection.settimeout(None)
                    first = connection.recv(1, socket.MSG_PEEK)
                    if first:
                        time.sleep(manner.seconds)
                _pump(connection, inner, OPEN)
                back.join(30)
            finally:
                with self.lock:
                    self.live.discard(inner)


def _pump(source: socket.socket, target: socket.socket, manner: Manner) -> None:
    try:
        while data := source.recv(65536):
            if manner == LOSING:  # the other side has done it, and nobody hears of it
                _reset(target)
                return
            target.sendall(data)
    except OSError:
        pass
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _read_request(connection: socket.socket) -> None:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        if name.lower() == b"expect":
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    while len(body) < length:
        more = connection.recv(65536)
        if not more:
            return
        body += more


def _reset(connection: socket.socket) -> None:
    """Close with RST, and wake whoever waits for it."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
