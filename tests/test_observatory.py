"""The rules of MDN's HTTP Observatory, for every kind of page as production serves it: A+ (HD1).

What it looks at beyond an answer (HTTP leads to HTTPS, in one step and to the same host) is
nginx's, and stands in deploy/nginx.conf; docs/security.md says when the real scan was made.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from http.cookies import SimpleCookie

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.deployed import NGINX

BEST_GRADE = 100  # A+ begins here; every rule but the bonus ones keeps what one starts with
HALF_A_YEAR = 15_768_000  # seconds


def policy(answer: TestResponse) -> dict[str, list[str]]:
    parts = [part.split() for part in answer.headers["Content-Security-Policy"].split(";")]
    return {words[0]: words[1:] for words in parts if words}


def policy_is_strict(answer: TestResponse) -> bool:
    """No way in for code but our own files, nothing by default, no frame, no other base."""
    sources = policy(answer)
    allowed = [source for listed in sources.values() for source in listed]
    return (
        sources["default-src"] == ["'none'"]
        and sources["base-uri"] == sources["frame-ancestors"] == ["'none'"]
        and sources["form-action"] == ["'self'"]
        and not [s for s in allowed if "unsafe" in s or s in {"*", "data:", "http:", "https:"}]
    )


def cookies_are_guarded(answer: TestResponse) -> bool:
    for line in answer.headers.getlist("Set-Cookie"):
        for name, morsel in SimpleCookie(line).items():
            guarded = morsel["secure"] and morsel["httponly"] and morsel["samesite"]
            if not guarded or not name.startswith("__Host-") or morsel["domain"]:
                return False
    return True


def transport_is_strict(answer: TestResponse) -> bool:
    found = re.search(r"max-age=(\d+)", answer.headers.get("Strict-Transport-Security", ""))
    return found is not None and int(found[1]) >= HALF_A_YEAR


def scripts_are_ours(answer: TestResponse) -> bool:
    scripts = re.findall(r"<script[^>]*>", answer.text)
    return all(re.search(r'src="/[^/]', script) for script in scripts)


Rule = Callable[[TestResponse], bool]
RULES: dict[str, tuple[Rule, int, int]] = {
    # rule: (kept?, what keeping it adds, what breaking it costs)
    "content-security-policy": (policy_is_strict, 10, 25),
    "cookies": (cookies_are_guarded, 5, 40),
    "no cross-origin sharing": (lambda a: "Access-Control-Allow-Origin" not in a.headers, 0, 50),
    "referrer-policy": (
        lambda a: a.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}, 5, 5,
    ),
    "strict-transport-security": (transport_is_strict, 0, 20),
    "own scripts": (scripts_are_ours, 0, 50),
    "x-content-type-options": (lambda a: a.headers["X-Content-Type-Options"] == "nosniff", 0, 5),
    "no frames": (lambda a: policy(a)["frame-ancestors"] == ["'none'"], 5, 20),
    "cross-origin-resource-policy": (
        lambda a: a.headers["Cross-Origin-Resource-Policy"] == "same-origin", 10, 20,
    ),
}  # fmt: skip

PAGES = ["/", "/about", "/login", "/signup", "/forgot-key", "/cookies", "/profile", "/confirm/x"]
PAGES += ["/offline", "/sw.js", "/manifest.webmanifest", "/robots.txt", "/no-such-page", "/healthz"]


def score(answer: TestResponse) -> int:
    """Return the points of an answer; 100 is where everybody starts."""
    kept = [(add if rule(answer) else -cost) for rule, add, cost in RULES.values()]
    return BEST_GRADE + sum(kept)


@pytest.mark.parametrize("path", PAGES)
def test_HD1_every_page_has_the_best_grade(production: Flask, path: str) -> None:
    answer = production.test_client().get(path, base_url="https://mu.example")
    assert [name for name, (rule, _, _) in RULES.items() if not rule(answer)] == []
    assert score(answer) == 135


def test_HD1_a_weaker_answer_gets_a_worse_grade(production: Flask) -> None:
    answer = production.test_client().get("/login", base_url="https://mu.example")
    best = score(answer)
    for name in ("Content-Security-Policy", "Strict-Transport-Security", "Referrer-Policy"):
        kept = answer.headers[name]
        answer.headers[name] = "default-src *; base-uri *; frame-ancestors *; form-action *"
        assert score(answer) < best, name
        answer.headers[name] = kept
    answer.headers.add("Set-Cookie", "id=1; Path=/")
    assert score(answer) == best - 45


def test_HD3_plain_http_leads_to_the_same_page_over_tls_in_one_step() -> None:
    assert "return 308 https://${SITE_AUTHORITY}$request_uri;" in NGINX


def test_HD3_only_what_asks_is_led_on_and_a_form_in_clear_is_not() -> None:
    block = NGINX.partition("--- Plain HTTP")[2].partition("# --- The site")[0]
    refusal, _, redirect = block.partition("return 308")
    assert re.search(r"if \(\$request_method !~ \^\(GET\|HEAD\)\$\) \{\s+return 405;\s+\}", refusal)
    assert redirect
    assert NGINX.count("return 30") == 1


def test_HD3_no_answer_tells_what_runs_here(production: Flask) -> None:
    answer = production.test_client().get("/about", base_url="https://mu.example")
    assert not {"Server", "X-Powered-By", "Via"} & set(answer.headers.keys())
    assert re.search(r"^\s*server_tokens off;", NGINX, re.MULTILINE)
