"""The host of the site: an international name, an IPv6 address, a port."""

from __future__ import annotations

import pytest
from flask import Flask

from minimaluser.settings import load
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person


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
    production: Flask, tmp_path: object, url: str, sent: str
) -> None:
    ours = load({"INSTANCE_PATH": str(tmp_path), "SITE_URL": url}).site_url
    assert ours == f"https://{sent}"
    change_settings(production, site_url=ours)
    stranger = Person(production, "eve@example.org")
    page = stranger.client.get("/signup", base_url=ours)
    assert page.status_code == 200
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"email": stranger.email, "csrf_token": token}
    origin = {"Origin": ours}  # of a browser that does not send Sec-Fetch-Site
    answer = stranger.client.post("/signup", data=form, base_url=ours, headers=origin)
    assert answer.status_code == 303
    assert stranger.client.get("/signup", base_url="https://other.example").status_code == 400
