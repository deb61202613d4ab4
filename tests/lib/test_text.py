"""Readable addresses, and addresses inside this site (AZ4)."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimaluser.lib import text

OUTSIDE = [
    "",
    "//evil.example",
    "//evil.example/profile",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "https:evil.example",
    "https://evil.example/",
    "http:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "profile",
    "?next=/",
    " /profile",
    "/\t/evil.example",
    "/\n/evil.example",
    "/profile\r\nSet-Cookie: x=y",
    "/profile\x00",
    "/\x7f",
    "/\u2028",
    "/profile\u202e",
    "／／evil.example",
    "/.//evil.example",
    "/" + "x" * 512,
]
INSIDE = ["/", "/profile", "/club/3-one-small-step", "/login?next=%2Fprofile#x", "/" + "x" * 511]


@pytest.mark.parametrize("address", OUTSIDE)
def test_AZ4_an_address_that_leads_elsewhere_is_not_inside(address: str) -> None:
    assert not text.is_inside(address)


@pytest.mark.parametrize("address", INSIDE)
def test_AZ4_a_path_of_this_site_is_inside(address: str) -> None:
    assert text.is_inside(address)


@given(
    st.sampled_from(["", "/", "//", "/\\", "\\/", "/\t/", "x:"]),
    st.text(alphabet="/\\:@?#.%ehx \t\n\r\x00", max_size=12),
)
def test_AZ4_what_is_inside_has_no_host_and_no_scheme(start: str, rest: str) -> None:
    if text.is_inside(start + rest):
        parts = urlsplit((start + rest).replace("\\", "/"))  # as browsers read it
        assert (parts.scheme, parts.netloc) == ("", "")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Tuesday in the box", "tuesday-in-the-box"),
        ("  Nine o'clock, on the ROOF! ", "nine-o-clock-on-the-roof"),
        ("Müller & Söhne", "muller-sohne"),
        ("数学", "picture"),
        ("---", "picture"),
        ("", "picture"),
        ("../../etc", "etc"),
    ],
)
def test_a_slug_is_lower_case_letters_digits_and_dashes(name: str, slug: str) -> None:
    assert text.slugify(name) == slug


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(days=7), "7 days"),
        (timedelta(hours=72), "3 days"),
        (timedelta(hours=24), "24 hours"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(minutes=10), "10 minutes"),
        (timedelta(seconds=61), "61 seconds"),
        (timedelta(seconds=1), "1 second"),
    ],
)
def test_a_span_is_told_exactly_in_its_largest_unit(time: timedelta, words: str) -> None:
    assert text.span(time) == words
