"""The host of the site: an international name, an IPv6 address, a port."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from minimaluser import create_app
from minimaluser.settings import load
from minimaluser.testing.apps import change_settings, close
from minimaluser.testing.client import Person
from minimaluser.testing.patterns import PAGE_TOKEN, first
from minimaluser.testing.sites import Site


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://127.0.0.1:5000", "http://127.0.0.1:5001"),
        ("https://mu.example", "https://mu.example:8443"),
        ("http://[::1]:5000", "http://[::1]:5001"),
    ],
)
def test_two_sites_on_one_host_leave_the_cookies_of_each_other_alone(
    site: Site, tmp_path: Path, one: str, other: str
) -> None:
    """Browsers send them to every port. The same browser signs up at one, then at the other."""
    jar: dict[str, str] = {}
    apps = []
    for number, url in enumerate((one, other)):
        where = site.copied(tmp_path / f"{number}", f"{number}")
        apps.append(create_app({**where, "SITE_URL": url}))
    for app, url in zip(apps, (one, other), strict=True):
        ask(app, url, jar, "/cookies", {"choice": "all"})
        answer = ask(app, url, jar, "/signup", {"email": "eve@example.org"})
        assert answer.status_code == 303
    for app, url in zip(apps, (one, other), strict=True):
        assert app.test_client(use_cookies=False).get("/profile", base_url=url).status_code == 303
        assert ask(app, url, jar, "/profile").status_code == 200, "is still logged in"
        close(app)


def ask(
    app: Flask, url: str, jar: dict[str, str], path: str, form: dict[str, str] | None = None
) -> Any:
    """Ask as a browser does that has one jar for a host."""
    client = app.test_client(use_cookies=False)

    def send(method: str, **more: Any) -> Any:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
        answer = client.open(path, base_url=url, method=method, headers=headers, **more)
        for line in answer.headers.getlist("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            jar[name] = value
        return answer

    page = send("GET")
    if form is None:
        return page
    return send("POST", data=form | {"csrf_token": first(PAGE_TOKEN, page.text)})


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://München.example", "xn--mnchen-3ya.example"),
        ("https://mu.example:443", "mu.example"),
        ("https://MU.example:8443/", "mu.example:8443"),
        ("https://[2001:DB8:0::7]:8443", "[2001:db8::7]:8443"),
    ],
)
def test_a_site_of_any_host_answers_and_takes_forms_of_its_own_pages(
    production: Flask, tmp_path: Path, url: str, sent: str
) -> None:
    ours = load({"INSTANCE_PATH": str(tmp_path), "SITE_URL": url}).site_url
    assert ours == f"https://{sent}"
    change_settings(production, site_url=ours)
    stranger = Person(production, "eve@example.org")
    page = stranger.client.get("/signup", base_url=ours)
    assert page.status_code == 200
    form = {"email": stranger.email, "csrf_token": first(PAGE_TOKEN, page.text)}
    origin = {"Origin": ours}  # of a browser that does not send Sec-Fetch-Site
    answer = stranger.client.post("/signup", data=form, base_url=ours, headers=origin)
    assert answer.status_code == 303
    assert stranger.client.get("/signup", base_url="https://other.example").status_code == 400
