"""A site that its server guards with a password (Basic auth), as one for trying out often is."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
import requests
from playwright.sync_api import BrowserContext, expect

from e2e.pages.site_page import SitePage
from e2e.test_app import READY
from minimaluser.testing.browser.browsers import PATIENCE
from minimaluser.testing.browser.watch import Watch

NAME, PASSWORD = "staging", "kettle:dawn"
DROPPED = {"connection", "content-encoding", "content-length", "transfer-encoding"}


class Guard(BaseHTTPRequestHandler):
    """Asks for the password, then passes on what comes."""

    site: ClassVar[str]
    refused: ClassVar[list[str]]
    wanted: ClassVar[str] = "Basic " + base64.b64encode(f"{NAME}:{PASSWORD}".encode()).decode()

    def do_GET(self) -> None:
        if self.headers.get("Authorization") != self.wanted:
            self.refused.append(self.path)
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="staging"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        answer = requests.get(
            self.site + self.path, headers=dict(self.headers), allow_redirects=False, timeout=20
        )
        self.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in DROPPED:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def guarded(base_url: str) -> Iterator[str]:
    """The address of the site behind a password."""
    Guard.site, Guard.refused = base_url, []
    with ThreadingHTTPServer(("127.0.0.1", 0), Guard) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.chromium("Playwright cannot take the service worker of Firefox offline")
@pytest.mark.browser_context_args(service_workers="allow")
def test_behind_a_password_the_site_installs_as_an_app(
    context: BrowserContext, guarded: str, watch: Watch
) -> None:
    watch.allow_no_network()
    page = context.new_page()
    typed = guarded.replace("//", f"//{NAME}:{PASSWORD.replace(':', '%3A')}@")
    page.goto(f"{typed}/healthz")  # from now on the browser knows the password, as after a prompt
    Guard.refused.clear()
    page.goto(f"{guarded}/about")
    page.wait_for_function(READY, timeout=PATIENCE)
    session = context.new_cdp_session(page)
    assert session.send("Page.getAppManifest")["errors"] == []
    assert Guard.refused == []
    page.context.set_offline(True)
    page.goto(f"{guarded}/terms-of-service")

    expect(SitePage(page).heading).to_have_text("No connection")
