"""Files that robots and browsers request on their own."""

from __future__ import annotations

import re

from flask import Flask

from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person


def test_robots_are_kept_from_private_pages(eve: Person) -> None:
    answer = eve.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    lines = answer.text.splitlines()
    assert lines[0] == "User-agent: *"
    for path in ("/profile", "/club/", "/confirm/", "/reset-key/", "/email/undo/"):
        assert f"Disallow: {path}" in lines
    assert "Allow: /club/*/badge.png" in lines  # public pictures whose page is not public
    assert lines[-1] == "Sitemap: http://localhost/sitemap.xml"


def test_the_sitemap_lists_public_pages_that_exist_and_may_be_visited(eve: Person) -> None:
    answer = eve.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    addresses = re.findall("<loc>([^<]+)</loc>", answer.text)
    closed = re.findall(r"Disallow: (\S+)", eve.get("/robots.txt").text)
    assert len(addresses) >= 4
    for address in addresses:
        path = address.removeprefix("http://localhost")
        page = eve.get(path)
        assert page.status_code == 200
        assert not any(path.startswith(prefix) for prefix in closed)
        assert f'<link rel="canonical" href="{address}">' in page.text
        assert 'content="noindex"' not in page.text, path


def test_the_favicon_leads_to_the_icon(eve: Person) -> None:
    answer = eve.get("/favicon.ico")
    assert answer.status_code == 302
    icon = eve.get(answer.location)
    assert (icon.status_code, icon.mimetype) == (200, "image/svg+xml")


def test_security_txt_says_whom_to_tell_about_a_hole(app: Flask, eve: Person) -> None:
    path = "/.well-known/security.txt"
    assert eve.get(path).status_code == 404  # no contact is set
    change_settings(app, contact_email="holes@example.org")
    answer = eve.get(path)
    assert answer.content_type == "text/plain; charset=utf-8"
    said = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert said["Contact"] == "mailto:holes@example.org"
    assert said["Canonical"] == f"http://localhost{path}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", said["Expires"])


def test_CR9_password_managers_are_led_to_the_key(eve: Person, ann: Person) -> None:
    path = "/.well-known/change-password"
    answer = ann.get(path)
    assert (answer.status_code, answer.location) == (302, "/profile#row-key")
    assert eve.get(path).location == f"/login?next={path}"
    assert eve.get("/.well-known/resource-that-should-not-exist").status_code == 404
