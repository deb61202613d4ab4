"""Bodies and heads: too large, too many, malformed, and two requests in one."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import time
from contextlib import suppress
from urllib.parse import urlsplit

from tests.abuse.attack import Trial, attack

PATIENCE = 20.0
LARGE = 2_000_000


def said(base: str, data: bytes, pieces: int = 1) -> tuple[int, float]:
    """Send bytes as they are; return the status of the answer (0 for none) and the seconds."""
    target = urlsplit(base)
    port = target.port or (443 if target.scheme == "https" else 80)
    began, got = time.monotonic(), b""
    with socket.create_connection((target.hostname or "", port), PATIENCE) as plain:
        connection = plain
        if target.scheme == "https":
            connection = ssl.create_default_context().wrap_socket(
                plain, server_hostname=target.hostname
            )
        connection.settimeout(PATIENCE)
        with suppress(OSError):
            for _ in range(pieces):
                connection.sendall(data)
        with suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            while b"\r\n" not in got and (more := connection.recv(4096)):
                got += more
    found = re.match(rb"HTTP/1\.\d (\d{3})", got)
    return int(found[1]) if found else 0, time.monotonic() - began


def post(host: str, path: str, *lines: str, body: bytes = b"") -> bytes:
    head = [f"POST {path} HTTP/1.1", f"Host: {host}", "Connection: close", *lines, "", ""]
    return "\r\n".join(head).encode("latin-1") + body


@attack("IN1")
def too_much_is_refused(trial: Trial) -> None:
    """Bodies of 2 MB, of 100,000 fields, of 2,000 parts, packed with gzip, in chunks without end;
    addresses and headers of 20 kB, 500 headers.

    Refused (4xx or the connection closed) within ten seconds, never a 5xx, and the site lives on.
    """
    site = trial.site
    host = urlsplit(site.base).netloc
    visitor = site.visitor()
    token, cookie = visitor.token(), "=".join(visitor.cookie())
    form = "Content-Type: application/x-www-form-urlencoded"
    own = ("Sec-Fetch-Site: same-origin", f"X-CSRFToken: {token}", f"Cookie: {cookie}")
    large = b"email=" + b"x" * LARGE
    fields = b"&".join(b"f%d=x" % n for n in range(100_000))
    part = b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\nx\r\n'
    packed = gzip.compress(b"email=" + b"x" * 20_000_000)
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    chunked = "Transfer-Encoding: chunked"
    several = "Content-Type: multipart/form-data; boundary=b"
    for name, data in {
        "2 MB": post(host, "/login", form, *own, f"Content-Length: {len(large)}", body=large),
        "2 MB announced": post(host, "/login", form, *own, "Content-Length: 2000000", body=b"x"),
        "a terabyte announced": post(host, "/login", form, *own, f"Content-Length: {10**12}"),
        "100,000 fields": post(
            host, "/login", form, *own, f"Content-Length: {len(fields)}", body=fields
        ),
        "2,000 parts": post(
            host, "/login", several, *own, f"Content-Length: {len(part) * 2000}", body=part * 2000
        ),
        "2 MB in chunks": post(host, "/login", form, *own, chunked, body=chunk * 32),
        "a long address": post(host, "/" + "x" * 20_000, *own, "Content-Length: 0"),
        "a long query": post(host, "/login?" + "x=1&" * 5_000, *own, "Content-Length: 0"),
        "a long header": post(host, "/login", f"X-Long: {'x' * 20_000}", "Content-Length: 0"),
        "500 headers": post(host, "/login", *(f"X-H{n}: 1" for n in range(500))),
    }.items():
        status, seconds = said(site.base, data)
        refused = status == 0 or (400 <= status < 500 and status != 422)  # that was read as a form
        trial.check(refused, f"{name}: {status}")
        trial.check(seconds < 10, f"{name}: {seconds:.1f} s")
    packing = ("Content-Encoding: gzip", f"Content-Length: {len(packed)}")
    status, _ = said(site.base, post(host, "/login", form, *own, *packing, body=packed))
    trial.check(status < 500, f"20 MB packed: {status}")
    alive = site.visitor().ask("GET", "/login")
    trial.check(alive.status == 200 and alive.seconds < 5, "the site is slow or gone afterwards")


@attack("IN1")
def malformed_requests_are_no_errors(trial: Trial) -> None:
    """Requests that are none: wrong lengths, two lengths, length and chunks, bad chunks, no host,
    two hosts, controls in the head, bad percent signs, a broken multipart body, other protocols.

    A 4xx or a closed connection, never a 5xx; and no second request is read out of a body.
    """
    site = trial.site
    host = urlsplit(site.base).netloc
    smuggled = f"GET /smuggled HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    form = "Content-Type: application/x-www-form-urlencoded"
    two = ("Content-Length: 0", f"Content-Length: {len(smuggled)}")
    several = "Content-Type: multipart/form-data"
    cut = (f"{several}; boundary=b", "Content-Length: 9")
    chunked, since = "Transfer-Encoding: chunked", "If-Modified-Since: x"

    def get(path: str, *lines: str) -> bytes:
        head = [f"GET {path} HTTP/1.1", f"Host: {host}", *lines, "", ""]
        return "\r\n".join(head).encode("latin-1")

    requests = {
        "length and chunks": post(
            host, "/login", form, f"Content-Length: {len(smuggled) + 5}",
            chunked, body=b"0\r\n\r\n" + smuggled,
        ),
        "two lengths": post(host, "/login", *two, body=smuggled),
        "length -1": post(host, "/login", "Content-Length: -1"),
        "length +1": post(host, "/login", "Content-Length: +1", body=b"x"),
        "length a word": post(host, "/login", "Content-Length: x"),
        "chunked twice": post(host, "/login", f"{chunked}, chunked", body=b"0\r\n\r\n"),
        "chunked, spelt badly": post(host, "/login", "Transfer-Encoding: xchunked", body=smuggled),
        "a blank before the colon": post(host, "/login", chunked.replace(":", " :"), body=smuggled),
        "a bad chunk": post(host, "/login", chunked, body=b"zz\r\nx\r\n"),
        "a huge chunk": post(host, "/login", chunked, body=b"f" * 40 + b"\r\nx"),
        "no host": b"GET /login HTTP/1.1\r\n\r\n",
        "two hosts": get("/login", "Host: evil.example"),
        "a host with blanks": b"GET /login HTTP/1.1\r\nHost: a b\r\n\r\n",
        "a host with a path": b"GET /login HTTP/1.1\r\nHost: a/b?c\r\n\r\n",
        "NUL in the head": get("/login", "X: a\0b"),
        "bare line feeds": f"GET /login HTTP/1.1\nHost: {host}\n\n".encode(),
        "a folded header": get("/login", "X: a\r\n b"),
        "percent zz": get("/%zz%%%u0041"),
        "not UTF-8": get("/%ff%fe/%c0%af"),
        "NUL in the path": get("/confirm/%00"),
        "bytes in the path": get("/\xff\xfe"),
        "no boundary": post(host, "/login", several, "Content-Length: 3", body=b"x=1"),
        "a broken part": post(host, "/login", *cut, body=b"--b\r\nCont"),
        "an odd cookie": get("/profile", 'Cookie: =;;a="b; \\;\xff'),
        "an odd range": get("/sw.js", "Range: bytes=9-1,-,x"),
        "an odd date": get("/sw.js", since, 'If-None-Match: "'),
        "an odd method": f"BREW /login HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
        "CONNECT": f"CONNECT evil.example:443 HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
        "a whole address": b"GET http://evil.example/login HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        "HTTP/9": f"GET /login HTTP/9.9\r\nHost: {host}\r\n\r\n".encode(),
        "no HTTP at all": b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03",
        "expect": post(host, "/login", "Expect: 200-ok", "Content-Length: 0"),
    }  # fmt: skip
    for name, data in requests.items():
        status, seconds = said(site.base, data)
        trial.check(status < 500 or status in {501, 505}, f"{name}: {status}")
        trial.check(seconds < 10, f"{name}: {seconds:.1f} s")
    for name in ("length and chunks", "two lengths", "a blank before the colon"):
        trial.check(answers(site.base, requests[name]) <= 1, f"{name}: a second request was read")
    trial.check(site.visitor().ask("GET", "/login").status == 200, "the site is gone afterwards")


def answers(base: str, data: bytes) -> int:
    """How many answers a connection gives to these bytes."""
    target = urlsplit(base)
    if target.scheme == "https":
        return 0
    data = data.replace(b"Connection: close\r\n", b"")
    with socket.create_connection((target.hostname or "", target.port or 80), PATIENCE) as one:
        one.settimeout(1.0)
        got = b""
        with suppress(OSError):
            one.sendall(data)
            while more := one.recv(65536):
                got += more
    return len(re.findall(rb"^HTTP/1\.\d \d{3}|\r\nHTTP/1\.\d \d{3}", got))
