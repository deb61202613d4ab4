"""A cache that many people share stands in front of the site: nobody gets another's (CA1)."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from flask import Flask
from werkzeug.serving import make_server

from minimaluser.services import services_of
from minimaluser.testing import keeper
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.database import user_of
from minimaluser.testing.patterns import HTMX
from minimaluser.testing.processes import free_port, until

# What keeps two people apart is said twice; a cache may be deaf to one of them.
DEAF_TO = {"nothing": "", "no-store": "Cache-Control Expires Set-Cookie", "vary": "Vary"}
CONF = """
daemon off; master_process off; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 64; }}
http {{
	access_log off;
	client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
	fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
	scgi_temp_path {folder}/scgi;
	proxy_cache_path {folder}/kept keys_zone=kept:1m;
	server {{
		listen 127.0.0.1:{port};
		location / {{
			proxy_pass http://127.0.0.1:{site};
			proxy_cache kept;
			proxy_cache_valid any 10m;
			{deaf}
			add_header X-Kept $upstream_cache_status always;
		}}
	}}
}}
"""

needs_nginx = pytest.mark.skipif(not shutil.which("nginx"), reason="needs nginx")


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """The site on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def cached(site: int, folder: Path, deaf_to: str) -> Iterator[str]:
    """The address of a cache in front of it."""
    port, conf = free_port(), folder / "nginx.conf"
    deaf = f"proxy_ignore_headers {DEAF_TO[deaf_to]};" if DEAF_TO[deaf_to] else ""
    conf.write_text(CONF.format(folder=folder, port=port, site=site, deaf=deaf))
    address = f"http://127.0.0.1:{port}"
    nginx = subprocess.Popen(["nginx", "-p", folder, "-c", conf], stderr=subprocess.DEVNULL)
    keeper.keep(nginx)
    try:
        assert until(lambda: answers(address), 10)
        yield address
    finally:
        nginx.terminate()
        nginx.wait(10)
        keeper.let_go(nginx)


def answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/healthz", timeout=2).ok
    except requests.ConnectionError:
        return False


def browser(person: Person) -> requests.Session:
    """A browser with the person's cookie that comes through the cache."""
    session = requests.Session()
    session.cookies.set("mu_session", person.client.get_cookie("mu_session").value)
    return session


@needs_nginx
@pytest.mark.parametrize("deaf_to", DEAF_TO)
def test_CA1_of_two_people_behind_one_cache_nobody_gets_what_is_the_others(
    app: Flask, ann: Person, ben: Person, tmp_path: Path, deaf_to: str
) -> None:
    names = {each.email: user_of(app, each.email).nickname for each in (ann, ben)}
    style = services_of(app).assets.url("default.css")
    change_settings(app, site_url="http://127.0.0.1")
    with served(app) as site, cached(site, tmp_path, deaf_to) as address:
        for _ in range(2):
            file = requests.get(address + style, timeout=10)
        assert file.headers["X-Kept"] == "HIT", "this cache does keep what it may"
        for path in ("/", "/profile", "/profile/nickname"):
            for who, other in ((ann, ben), (ben, ann)):
                page = browser(who).get(address + path, timeout=10)
                part = browser(who).get(address + path, headers=HTMX, timeout=10)
                for answer in (page, part):
                    assert (answer.status_code, answer.headers["X-Kept"]) == (200, "MISS")
                    assert names[other.email] not in answer.text
                    assert other.email not in answer.text
                assert names[who.email] in page.text
                assert "<html" in page.text
                assert ("<html" in part.text) == (path != "/profile/nickname")
            guest = requests.get(address + path, timeout=10, allow_redirects=False)
            assert not any(known in guest.text for known in (*names, *names.values()))
