"""A server on loopback that answers as a script says: what the outside world may do to us."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Act = Callable[[BaseHTTPRequestHandler], None]


class Scripted:
    """Listens on a free port; `act` decides how the next requests are answered."""

    def __init__(self, act: Act) -> None:
        self.act = act
        self.raw: list[bytes] = []
        self.bodies: list[dict[str, Any]] = []
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                script.raw.append(self.rfile.read(length))
                script.bodies.append(json.loads(script.raw[-1]))
                script.act(self)

            def do_GET(self) -> None:
                script.act(self)

            def log_message(self, *_words: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def say(status: int, body: bytes = b"", **headers: str) -> Act:
    """Answer with a status, a body and headers (underscores become dashes)."""

    def act(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return act


def accept(request: BaseHTTPRequestHandler) -> None:
    """Answer as the mailer does."""
    say(200, b'{"status": "accepted"}')(request)


def hang_up(request: BaseHTTPRequestHandler) -> None:
    """Close without a word."""
    request.close_connection = True


def drip(seconds: float) -> Act:
    """Send a byte of the body every tenth of a second for so long."""

    def act(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                request.wfile.write(b" ")
            except OSError:
                return
            time.sleep(0.1)

    return act
