"""One host in development: who asks for 127.0.0.1 is led to localhost, as links in mails are."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import Flask

from minimaluser.testing.apps import change_settings
from minimaluser.testing.browser import sites
from minimaluser.testing.client import Person

HERE = "http://localhost:5000"


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("http://127.0.0.1:5000/profile?x=a%20b", f"{HERE}/profile?x=a%20b"),
        ("http://[::1]:5000/dev/mailbox", f"{HERE}/dev/mailbox"),
        ("http://127.0.0.1:8080/no/such/page", "http://localhost:8080/no/such/page"),
        ("http://127.0.0.1/", "http://localhost/"),
    ],
)
def test_a_number_leads_to_localhost_with_path_and_port(
    app: Flask, eve: Person, asked: str, led: str
) -> None:
    change_settings(app, site_url=HERE)
    base, _, path = asked.partition("//")[2].partition("/")
    answer = eve.client.get(f"/{path}", base_url=f"http://{base}")
    assert (answer.status_code, answer.headers["Location"]) == (302, led)


def test_forms_and_checks_of_health_are_led_nowhere(app: Flask, eve: Person) -> None:
    change_settings(app, site_url=HERE)
    number = "http://127.0.0.1:5000"
    assert eve.client.get("/healthz", base_url=number).status_code == 200
    assert "Location" not in eve.client.post("/logout", base_url=number).headers


def test_a_site_that_is_called_by_its_number_stays_there(app: Flask, eve: Person) -> None:
    number = "http://127.0.0.1:5000"
    change_settings(app, site_url=number)
    assert eve.client.get("/", base_url=number).status_code == 200


def test_production_leads_nobody(production: Flask) -> None:
    change_settings(production, site_url="https://localhost")
    answer = production.test_client().get("/", base_url="https://127.0.0.1")
    assert answer.status_code == 400


def test_tests_from_outside_go_on_where_they_were_led(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their addresses and cookies are compared with those of the site."""
    led = SimpleNamespace(ok=True, url=f"{HERE}/dev/mailbox.json")
    monkeypatch.setattr(sites.requests, "get", lambda _url, **_: led)
    assert sites._ask_for_mails("http://127.0.0.1:5000") == HERE
