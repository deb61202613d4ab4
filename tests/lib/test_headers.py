"""Security headers (HD1) and where a request may come from (CS1)."""

from __future__ import annotations

import pytest
from flask import Request
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from minimaluser.lib import headers

HERE = "https://mu.example"


def policy(**more: object) -> dict[str, str]:
    text = headers.security(**more)["Content-Security-Policy"]  # type: ignore[arg-type]
    return dict(part.strip().split(" ", 1) for part in text.split(";"))


def test_HD1_the_policy_allows_this_origin_and_nothing_inline() -> None:
    assert policy() == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


def test_HD1_tiles_may_come_from_the_bucket() -> None:
    assert policy(image_source="https://tiles.example")["img-src"] == "'self' https://tiles.example"


def test_HD1_the_other_headers_are_there() -> None:
    found = headers.security()
    assert found["X-Content-Type-Options"] == "nosniff"
    assert found["Referrer-Policy"] == "same-origin"
    assert found["Cross-Origin-Opener-Policy"] == "same-origin"
    assert found["Cross-Origin-Resource-Policy"] == "same-origin"
    off = found["Permissions-Policy"].split(", ")
    assert {"camera=()", "microphone=()", "geolocation=()", "payment=()"} <= set(off)


def test_HD1_strict_transport_is_for_tls_alone() -> None:
    assert "Strict-Transport-Security" not in headers.security()
    found = headers.security(secure=True)["Strict-Transport-Security"]
    assert found == "max-age=63072000; includeSubDomains"


@pytest.mark.parametrize(
    ("sent", "accepted"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": ""}, False),
        ({"Sec-Fetch-Site": "same-origin, cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": HERE}, False),
        ({"Origin": HERE}, True),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        ({"Origin": "http://mu.example"}, False),
        ({"Origin": "https://mu.example.evil.example"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "https://mu.example:8443"}, False),
    ],
)
def test_CS1_only_this_origin_may_change_something(sent: dict[str, str], accepted: bool) -> None:
    request = Request(
        EnvironBuilder("/x", HERE, method="POST", headers=Headers(sent)).get_environ()
    )
    assert headers.comes_from_here(request, HERE) is accepted
