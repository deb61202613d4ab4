"""Headers that every answer carries, and those that none may."""

from __future__ import annotations

import re

from minimaluser.testing.pages import Page
from tests.abuse.attack import Trial, attack

NEEDED = {
    "X-Content-Type-Options": r"nosniff",
    "Referrer-Policy": r"(same-origin|no-referrer|strict-origin)",
    "Cross-Origin-Opener-Policy": r"same-origin",
    "Cross-Origin-Resource-Policy": r"same-origin",
    "Permissions-Policy": r".*camera=\(\).*",
}
POLICY = {
    "default-src": ("'none'", "'self'"),
    "base-uri": ("'none'", "'self'"),
    "frame-ancestors": ("'none'", "'self'"),
    "form-action": ("'self'", "'none'"),
}
TELLING = re.compile(r"/\d|python|werkzeug|flask", re.IGNORECASE)


@attack("HD1")
def every_answer_is_armoured(trial: Trial) -> None:
    """Pages, fragments, redirects, static files, 304s and errors of every kind are looked at, as a
    guest and logged in.

    Each carries the security headers and a policy for content without `unsafe-…` or `*`; none
    says what software it comes from; HSTS where the site speaks TLS.
    """
    site = trial.site
    for name, page in every_kind(trial).items():
        for header, pattern in NEEDED.items():
            value = page.headers.get(header, "")
            trial.check(re.fullmatch(pattern, value), f"{name}: {header} is {value!r}")
        policy = page.headers.get("Content-Security-Policy", "")
        check_policy(trial, name, policy)
        server = f"{page.headers.get('Server', '')} {page.headers.get('X-Powered-By', '')}"
        trial.check(not TELLING.search(server), f"{name}: the server is {server!r}")
        if site.base.startswith("https"):
            hsts = page.headers.get("Strict-Transport-Security", "")
            trial.check("max-age=" in hsts, f"{name}: no HSTS")


def check_policy(trial: Trial, name: str, policy: str) -> None:
    parts = [part.split() for part in policy.split(";") if part.split()]
    rules = {part[0]: part[1:] for part in parts}
    if "sandbox" in rules:  # a picture that runs nothing
        return
    for directive, good in POLICY.items():
        found = rules.get(directive)
        trial.check(found and set(found) <= set(good), f"{name}: {directive} is {found}")
    bad = [w for w in policy.split() if w.startswith("'unsafe") or w in {"*", "http:", "https:"}]
    trial.check(not bad, f"{name}: the policy allows {bad}")
    scripts = rules.get("script-src", rules.get("default-src", []))
    trial.check(set(scripts) <= {"'self'", "'none'"}, f"{name}: scripts from {scripts}")


def every_kind(trial: Trial) -> dict[str, Page]:
    """One answer of each kind."""
    site = trial.site
    guest, person = site.visitor(), site.unconfirmed()
    found: dict[str, Page] = {}
    for route in site.routes:
        if not route.is_for_development and (not route.methods or "GET" in route.methods):
            for who, visitor in {"a guest": guest, "logged in": person}.items():
                found[f"{route.path} {who}"] = visitor.ask("GET", route.path)
    assets = [a for a in guest.open("/").addresses if a.startswith("/static/")]
    for path in sorted(assets)[:4]:
        found[path] = guest.ask("GET", path)
        etag = {"If-None-Match": found[path].headers.get("ETag", '"x"')}
        if modified := found[path].headers.get("Last-Modified"):
            etag["If-Modified-Since"] = modified
        found[f"{path} again"] = guest.ask("GET", path, headers=etag)
    large = {"email": "x" * 100_000}
    return found | {
        "404": guest.ask("GET", "/nowhere"),
        "404 below static": guest.ask("GET", "/static/nowhere.css"),
        "405": guest.ask("PUT", "/login"),
        "403": guest.ask("POST", "/login", {"email": "x"}),
        "403 by htmx": guest.ask("POST", "/login", {}, {"HX-Request": "true"}),
        "422": guest.post("/login", {"email": "x"}),
        "413": guest.post("/login", large),
        "400": guest.ask("GET", "/confirm/x"),
        "HEAD": guest.ask("HEAD", "/"),
        "OPTIONS": guest.ask("OPTIONS", "/login"),
        "TRACE": guest.ask("TRACE", "/"),
        "a slash too many": guest.ask("GET", "/club"),
        "two slashes": guest.ask("GET", "/profile//"),
    }


@attack("HD4")
def other_origins_read_nothing(trial: Trial) -> None:
    """Pages, the profile and forms are asked for by other origins, preflight included.

    No answer allows them anything (CORS).
    """
    site = trial.site
    person = site.unconfirmed()
    for origin in ("https://evil.example", "null", f"{site.base}.evil.example"):
        for path in ("/", "/profile", "/login", "/check/signup/email", "/sw.js"):
            asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            for method in ("GET", "OPTIONS", "POST"):
                page = person.ask(method, path, headers=asked)
                allowed = [h for h in page.headers if h.lower().startswith("access-control-")]
                trial.check(not allowed, f"{method} {path}: {allowed}")
