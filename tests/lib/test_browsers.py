"""Browsers by the names people know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimaluser.lib import browsers

MOZILLA = "Mozilla/5.0 "
KNOWN = {
    "(X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox on Linux",
    "(Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0": "Firefox on Android",
    "(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
    "Safari/537.36": "Chrome on Windows",
    "(Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 "
    "Edg/140.0.0.0": "Edge on Windows",
    "(Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 "
    "OPR/120.0.0.0": "Opera on Windows",
    "(Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 "
    "Chrome/130.0.0.0 Mobile Safari/537.36": "Samsung Internet on Android",
    "(Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile "
    "Safari/537.36": "Chrome on Android",
    "(iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1": "Safari on iPhone",
    "(iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "CriOS/140.0 Mobile/15E148 Safari/604.1": "Chrome on iPhone",
    "(iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/140.0 "
    "Mobile/15E148 Safari/605.1.15": "Firefox on iPad",
    "(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
    "Safari/605.1.15": "Safari on macOS",
    "(X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
    "Safari/537.36": "Chrome on ChromeOS",
}


@pytest.mark.parametrize("user_agent", KNOWN)
def test_a_browser_is_named_as_people_name_it(user_agent: str) -> None:
    assert browsers.describe(MOZILLA + user_agent) == KNOWN[user_agent]


@pytest.mark.parametrize("user_agent", ["", "curl/8.14", "<script>alert(1)</script>"])
def test_an_unknown_user_agent_is_a_browser(user_agent: str) -> None:
    assert browsers.describe(user_agent) == "A browser"


@given(st.text(max_size=400))
def test_nothing_of_the_text_itself_is_shown_and_it_fits_its_column(user_agent: str) -> None:
    name = browsers.describe(user_agent)
    browser, _, system = name.partition(" on ")
    assert browser in {"A browser", *(name for _, name in browsers.BROWSERS)}
    assert system in {"", *(name for _, name in browsers.SYSTEMS)}
    assert len(name) <= 60
