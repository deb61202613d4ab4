"""Caches: nothing private is kept in between or in the service worker."""

from __future__ import annotations

import re

from minimaluser.testing.pages import Page
from minimaluser.testing.patterns import HTMX
from tests.abuse.attack import Trial, attack
from tests.abuse.visitor import Person

ENDINGS = (
    "/x.css",
    "/x.js",
    "/x.png",
    ".css",
    ".js",
    ";x.css",
    "%2fx.css",
    "%3bx.css",
    "%0ax.css",
    "%23x.css",
    "%3fx.css",
    "/..%2fx.css",
    "//x.css",
    "/%2e%2e/static/x.css",
)
LISTED = re.compile(r"""["'`](/[^"'`\s]*)["'`]""")
KEPT = re.compile(r"\b(public|immutable|s-maxage)\b")


def private_addresses(person: Person) -> list[str]:
    """Everything somebody can open, and what its pages link to."""
    paths = {"/", "/about", "/cookies"}
    for route in person.site.routes:
        if not route.is_for_development and (not route.methods or "GET" in route.methods):
            paths.add(route.path)
    for path in ("/", "/profile"):
        paths |= {address for address in person.open(path).addresses if "logout" not in address}
    return sorted(paths)


def shows(page: Page, person: Person) -> bool:
    """Tell whether an answer holds something of the person's."""
    text = page.text
    return person.email in text or (bool(person.nickname) and person.nickname in text)


@attack("CA1")
def private_pages_are_not_kept(trial: Trial) -> None:
    """Everything a logged-in person can open is opened as page and as fragment.

    What shows the address or nickname says `no-store`; all HTML varies with the cookie and with
    htmx; nothing that shows either is public.
    """
    person = named(trial)
    shown = 0
    for path in private_addresses(person):
        for headers in ({}, HTMX):
            page = person.ask("GET", path, headers=headers)
            kept = page.headers.get("Cache-Control", "")
            what = f"{path}{' as a fragment' if headers else ''}"
            if page.is_html:
                vary = page.headers.get("Vary", "").lower()
                trial.check("cookie" in vary, f"{what} does not vary with the cookie")
                trial.check("hx-request" in vary, f"{what} does not vary with htmx")
            if shows(page, person):
                shown += 1
                trial.check("no-store" in kept, f"{what} is private and says {kept!r}")
                trial.check(not KEPT.search(kept), f"{what} is private and says {kept!r}")
    trial.control(shown > 2, "no page shows who is logged in")


@attack("CA1")
def a_private_page_has_no_public_name(trial: Trial) -> None:
    """The profile and its parts are asked for with endings that caches keep (`/profile/x.css`).

    None of them shows anything private.
    """
    person = named(trial)
    closed = [r.path for r in trial.site.routes if not (r.is_open or r.is_for_development)]
    for path in sorted({"/profile", *closed}):
        for ending in ENDINGS:
            page = person.ask("GET", path + ending)
            kept = page.status == 200 or "no-store" not in page.headers.get("Cache-Control", "")
            trial.check(not (kept and shows(page, person)), f"{path}{ending} shows the person")
            trial.check(page.status < 500, f"{path}{ending}: {page.status}")
    trial.control(shows(person.ask("GET", "/profile"), person), "the profile does not, either")


@attack("CA2")
def the_service_worker_lists_nothing_private(trial: Trial) -> None:
    """Every address that stands in `/sw.js` is opened by a guest and by somebody logged in.

    A guest gets it, it never shows a person, and it is no page of the account. The worker itself
    is not kept.
    """
    person = named(trial)
    guest = trial.site.visitor()
    worker = guest.ask("GET", "/sw.js")
    if worker.status != 200:
        trial.note("there is no /sw.js")
        return
    listed = sorted(set(LISTED.findall(worker.text)))
    trial.control(listed, "no address stands in /sw.js")
    closed = [r for r in trial.site.routes if not (r.is_open or r.is_for_development)]
    for path in listed:
        page = guest.ask("GET", path)
        trial.check(page.status == 200 or path == "/", f"{path}: a guest gets {page.status}")
        if path == "/":
            trial.check("navigate" in worker.text, "the home page may be kept as a page")
            continue
        trial.check(not shows(person.ask("GET", path), person), f"{path} shows the person")
        image = page.headers.get("Content-Type", "").startswith("image/")
        secret = any(r.pattern.match(path) for r in closed) and not image
        trial.check(not secret, f"{path} is no public address")
    kept = worker.headers.get("Cache-Control", "")
    trial.check("no-cache" in kept or "no-store" in kept, f"/sw.js says {kept!r}")
    trial.check(not shows(person.ask("GET", "/sw.js"), person), "/sw.js shows the person")


@attack("CA3")
def leaving_empties_the_cache(trial: Trial) -> None:
    """Somebody logs out, and somebody deletes the account.

    Both answers tell the browser to empty its cache (Clear-Site-Data).
    """
    site = trial.site
    for name, person in {"log-out": site.unconfirmed(), "deletion": site.unconfirmed()}.items():
        if name == "deletion" and not person.key:
            continue
        page = person.log_out() if name == "log-out" else person.leave()
        trial.control(page.status == 303, f"{name} did not work")
        trial.check("cache" in page.headers.get("Clear-Site-Data", ""), f"{name} clears nothing")


def named(trial: Trial) -> Person:
    """Somebody logged in, with a nickname that stands nowhere else."""
    site = trial.site
    person = site.confirmed() if site.has_mailbox else site.unconfirmed()
    person.nickname = f"Visible {person.email[4:12]}"
    answer = person.fill_in("/profile/nickname", {"nickname": person.nickname})
    trial.control(answer.status == 303, "the nickname could not be changed")
    return person
