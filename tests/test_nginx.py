"""What nginx, as it is shipped, writes when something is wrong (LG1, LG2), and lets through."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import shutil
import signal
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from flask import Flask
from hypothesis import assume, example, given
from hypothesis.strategies import ip_addresses

from minimaluser.lib import logs, tokens
from minimaluser.security import links
from minimaluser.security.access import CONFIRMED, Address, access, addresses
from minimaluser.security.bodies import Upload
from minimaluser.testing.processes import free_port, until
from tests.faults.nginx import CONFIG, Nginx
from tests.faults.visitor import HOST, Encrypted

TOKEN = tokens.issue(["secret of a test"], "confirm", "1", links.lifetime(links.CONFIRM))[0]
PATHS = [*links.ADDRESSES.values(), "/reset-key/", "/a/link/of/tomorrow/"]
SPELT = ["/%63onfirm/", "//confirm//", "/confirm/../email/undo/", "/CONFIRM/", "/?next=/confirm/"]
CLIENT = "127.77.66.55"
ADDRESSES = {
    "192.0.2.77": "192.0.2.0",
    "2001:db8:1:2::77": "2001:db8:1::",
    "2a00::5:6": "2a00::",
    "2001:db8::5:6:7": "2001:db8::",
    "2002:c000:24d::1": "2002:c000:200::",
}


class Tried(Nginx):
    """The shipped one, which believes a header about the client so that a test can name it."""

    def _filled(self, text: str) -> str:
        believed = "http {\nset_real_ip_from 127.0.0.0/8; real_ip_header X-Tried-From;"
        return super()._filled(text).replace("http {", believed, 1)


class Rude:
    """A web server that hangs up on whoever asks."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            connection.recv(100)
            connection.close()


@pytest.fixture(params=["down", "rude"])
def nginx(request: pytest.FixtureRequest) -> Iterator[Any]:
    """nginx in front of two web servers that are no good."""
    folder = Path(tempfile.mkdtemp(prefix="nginx-"))
    folder.chmod(0o755)  # it keeps large bodies there, as somebody else
    stage = SimpleNamespace(folder=folder, processes=[], base="", authority="")
    servers = [Rude(), Rude()] if request.param == "rude" else []
    tried = Tried(stage, *([s.port for s in servers] or [free_port(), free_port()]))  # type: ignore[arg-type]
    try:
        tried.start()
        yield tried
    finally:
        for process in stage.processes:
            process.kill()
        for server in servers:
            server.socket.close()
        shutil.rmtree(folder)


def test_LG2_nginx_writes_no_token_and_no_whole_address_when_no_web_server_answers(
    nginx: Any,
) -> None:
    session = requests.Session()
    session.mount("https://", Encrypted(CLIENT))
    session.verify, session.trust_env = nginx.stage.authority, False
    paths = [*PATHS, *SPELT]
    for method in ("GET", "POST"):
        for path in paths:
            request = requests.Request(method, nginx.stage.base, headers={"Host": HOST}).prepare()
            request.url = f"{nginx.stage.base}{path}{TOKEN}"  # as it stands
            assert session.send(request, timeout=20).status_code == 503
    for address in ADDRESSES:
        headers = {"Host": HOST, "X-Tried-From": address, "Referer": f"https://{HOST}/x/{TOKEN}"}
        url = f"{nginx.stage.base}/confirm/{TOKEN}"
        assert session.get(url, headers=headers, timeout=20).status_code == 503
        assert session.post(url, b"x" * 70_000, headers=headers, timeout=20).status_code == 413
        assert session.get(url + "x" * 5000, headers=headers, timeout=20).status_code == 414
    log = nginx.stage.processes[0].log
    wanted = 2 * len(paths) + 3 * len(ADDRESSES)
    assert until(lambda: log.read_text().count('"status":') == wanted, 10), log.read_text()
    for name in (log, *(nginx.folder / "nginx.conf").parent.glob("*.log")):
        text = name.read_text(encoding="utf-8")
        for secret in (TOKEN, TOKEN[:40], TOKEN[-40:], CLIENT, *ADDRESSES):
            assert secret not in text
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    failed = [line for line in lines if line["status"] == 503]
    assert len(failed) == 2 * len(paths) + len(ADDRESSES), "faults are still seen"
    assert all("502" in line["upstream_status"] for line in failed)
    assert {line["address"] for line in lines} == {"127.77.66.0", *ADDRESSES.values()}


@pytest.mark.parametrize("nginx", ["down"], indirect=True)
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_nginx_answers_by_ipv4_and_by_ipv6(nginx: Any, address: str) -> None:
    context = ssl.create_default_context(cafile=nginx.stage.authority)
    ask = f"GET / HTTP/1.0\r\nHost: {HOST}\r\n\r\n".encode()
    with (
        socket.create_connection((address, nginx.https), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=HOST) as secure,
    ):
        secure.sendall(ask)
        assert secure.recv(100).startswith(b"HTTP/1.1 503")
    with socket.create_connection((address, nginx.http), timeout=10) as plain:
        plain.sendall(ask)
        assert plain.recv(100).startswith(b"HTTP/1.1 308")


def taking_pictures() -> Address:
    """An address whose view takes pictures of up to 200 KB."""
    app = Flask("shop", static_folder=None)
    view = access(CONFIRMED, body=Upload(max_bytes=200_000), example={"number": 1})(lambda: "")
    app.add_url_rule("/things/<int:number>/photo", "photo", view, methods=["POST"])
    return next(each for each in addresses(app) if each.endpoint == "photo")


@pytest.mark.parametrize("nginx", ["down"], indirect=True)
def test_IN1_nginx_lets_through_as_much_as_a_view_declares(nginx: Any) -> None:
    folder = nginx.folder
    (folder / "uploads.conf").write_text(f"# made\n{taking_pictures().location}\n")
    (process,) = nginx.stage.processes
    os.kill(process.popen.pid, signal.SIGHUP)  # as a reload does
    session = requests.Session()
    session.mount("https://", Encrypted(CLIENT))
    session.verify, session.trust_env = nginx.stage.authority, False

    def status(path: str, size: int) -> int:
        url = f"{nginx.stage.base}{path}"
        return session.post(url, b"x" * size, headers={"Host": HOST}, timeout=20).status_code

    assert until(lambda: status("/things/12/photo", 200_000) == 503, 10)  # there is no web server
    assert status("/things/12/photo", 300_000) == 413
    for path in ("/", "/things/12", "/things/12/photo/more", "/things/a/b/photo"):
        assert status(path, 200_000) == 413, path


RULES = re.search(
    r"map \$remote_addr \$logged_address \{(.*?)\n\t\}",
    CONFIG.read_text(encoding="utf-8"),
    re.DOTALL,
)


@given(ip_addresses())
@example(ipaddress.ip_address("2a00::5:6"))
@example(ipaddress.ip_address("1:2:3::"))
@example(ipaddress.ip_address("2002:c000:24d::1"))
@example(ipaddress.ip_address("2002:c000:4d:1::"))
@example(ipaddress.ip_address("2002::5"))
def test_LG1_nginx_cuts_an_address_as_the_site_does(address: Any) -> None:
    assume(address.version == 4 or address.ipv4_mapped is None)
    assert RULES
    for pattern, shown in re.findall(r'^\s*"?~(\S+?)"? (\S+);', RULES[1], re.MULTILINE):
        if found := re.search(pattern.replace("(?<", "(?P<"), str(address)):
            cut = re.sub(r"\$1|\$\{ipv4\}", lambda _, found=found: found[1], shown)
            break
    assert ipaddress.ip_address(cut) == ipaddress.ip_address(logs.truncated(str(address)))
