"""Forged requests: what a page of another site makes a browser send (CSRF, fetch metadata)."""

from __future__ import annotations

from minimaluser.testing.patterns import HTMX
from minimaluser.testing.people import NEW_KEY
from tests.abuse.attack import Trial, attack
from tests.abuse.visitor import Person, Visitor

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
SEED = "0123456789abcdef"


def unsafe_addresses(trial: Trial) -> list[tuple[str, str]]:
    """Method and address of everything that may change something."""
    found = [
        (method, route.path)
        for route in trial.site.routes
        for method in sorted(route.methods - SAFE)
        if not route.is_one_click
    ]
    known = {path for _, path in found}
    visitor = trial.site.visitor()
    for route in trial.site.routes:
        if not route.methods:  # only its address is known: what its forms post to
            forms = visitor.open(route.path).forms
            found += [("POST", f.action) for f in forms if f.method == "POST" and f.action]
    return sorted(set(found), key=lambda one: (one[1] == "/logout", one[1] in known, one))


@attack("CS1")
def only_pages_of_the_site_change_something(trial: Trial) -> None:
    """Every unsafe address is posted to with real values as if from elsewhere, by a guest and by
    somebody logged in: no token, an empty, a made-up and another session's token; and a good
    token with `Sec-Fetch-Site: cross-site` or `same-site`, `Origin: null`, of another site, of
    another port. With `HX-Request` too.

    Always 403, and nothing changes. Control: from the site itself none of them is a 403.
    """
    site = trial.site
    owner = site.confirmed() if site.has_mailbox else site.unconfirmed()
    guest, other = site.visitor(), site.visitor()
    before = owner.portrait()
    for who in (guest, owner):
        good, foreign = who.token(), other.token()
        for method, path in unsafe_addresses(trial):
            for name, token, headers in table(site.base, good, foreign):
                answer = who.ask(method, path, values(owner, token), headers)
                status = answer.status
                trial.check(status == 403, f"{method} {path} with {name}: {status}, not 403")
        trial.check(owner.portrait() == before, "a forged request changed the account")
    trial.check(owner.is_logged_in, "a forged request logged out")
    for method, path in unsafe_addresses(trial):
        if path not in {"/profile/delete", "/signup"}:
            sent = {"csrf_token": owner.token()}
            status = owner.ask(method, path, sent, {"Sec-Fetch-Site": "same-origin"}).status
            trial.control(status != 403, f"{method} {path} is a 403 from the site itself")


def table(base: str, good: str, foreign: str) -> list[tuple[str, str | None, dict[str, str]]]:
    """What is forged: a name, the token sent, the headers."""
    own = {"Sec-Fetch-Site": "same-origin"}
    return [
        ("no token", None, own),
        ("no token, by htmx", None, {**own, **HTMX}),
        ("an empty token", "", own),
        ("a made-up token", "x" * len(good), own),
        ("half a token", good[: len(good) // 2], own),
        ("another session's token", foreign, own),
        ("Sec-Fetch-Site cross-site", good, {"Sec-Fetch-Site": "cross-site"}),
        ("Sec-Fetch-Site same-site", good, {"Sec-Fetch-Site": "same-site"}),
        ("Sec-Fetch-Site cross-site, by htmx", good, {"Sec-Fetch-Site": "cross-site", **HTMX}),
        ("cross-site, Origin ours", good, {"Sec-Fetch-Site": "cross-site", "Origin": base}),
        ("Origin null", good, {"Origin": "null"}),
        ("Origin of another site", good, {"Origin": "https://evil.example"}),
        ("Origin of another port", good, {"Origin": f"{base.rpartition(':')[0]}:1"}),
        ("Origin that begins as ours", good, {"Origin": f"{base}.evil.example"}),
    ]


def values(owner: Person, token: str | None) -> dict[str, str]:
    """What would do something at one address or another."""
    sent = {
        "nickname": "Taken over",
        "email": "evil@abuse.example",
        "key": "x",
        "current_key": owner.key,
        "new_key": NEW_KEY,
        "confirm_key": NEW_KEY,
        "seed": SEED,
        "analysis": "y",
    }
    return sent if token is None else {**sent, "csrf_token": token}


@attack("CS3")
def a_fragment_is_guarded_like_its_page(trial: Trial) -> None:
    """Everything that needs a log-in is asked for by a guest with htmx's headers.

    401 with the way to the log-in page and nothing else, no form, no private word.
    """
    site = trial.site
    guest = site.visitor()
    closed = [r for r in site.routes if not (r.is_open or r.is_for_development)]
    for route in closed:
        if route.methods and "GET" not in route.methods:
            continue
        for headers in (HTMX, {"HX-Request": "true"}, {"HX-Request-Type": "partial"}):
            page = guest.ask("GET", route.path, headers=headers)
            what = f"{route.path} with {sorted(headers)}"
            if page.status in {200, 304} and page.headers.get("Content-Type", "")[:5] == "image":
                continue  # a picture that is public; AZ3 looks closer
            trial.check(page.status in {401, 303, 302, 404}, f"{what}: {page.status}")
            trial.check("<form" not in page.text, f"{what}: a form")
    control = Visitor(site).ask("GET", "/login", headers=HTMX)
    trial.control(control.status == 200 and "<html" not in control.text, "no fragments at all")
