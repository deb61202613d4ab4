"""Which addresses there are and who may use them, as `@access` declares it at the views."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests import stock

if TYPE_CHECKING:
    from tests.abuse.site import Site
    from tests.abuse.visitor import Person


def another_session(owner: Person) -> str:
    """Log in at another device; return the number of that session, as the profile shows it."""
    owner.elsewhere().log_in()
    found = re.findall(r"/profile/sessions/(\d+)", owner.ask("GET", "/profile").text)
    return max(found, key=int)


# Only in development; elsewhere these must not exist.
DEVELOPMENT = "/dev/"
# Where nothing but pages can be read, as at a site whose code is not here, these are open.
FRONT = {"/", "/login", "/signup"}

PART = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
# Addresses with a part that names something of somebody's: how somebody gets such a thing, and with
# which number it is asked for. A part has its own `THINGS`, in its `tests/<part>/attacks.py`.
THINGS: dict[str, Callable[[Person], str]] = {
    "/profile/sessions/<int(max=2147483647):number>": another_session,
}
NOTHING = 2_147_483_647  # a number that nothing has
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def things() -> dict[str, Callable[[Person], str]]:
    """Return `THINGS` with those of the parts."""
    found = dict(THINGS)
    for module in stock.brought("attacks"):
        found |= getattr(module, "THINGS", {})
    return found


@dataclass
class Route:
    """A rule of the URL map; `methods` is empty where only its address is known."""

    rule: str
    path: str
    methods: set[str] = field(default_factory=set)
    is_open: bool = True  # to guests
    is_for_confirmed: bool = False
    names_a_thing: bool = False  # of somebody's
    is_one_click: bool = False  # mail programs post to it without a cookie (RFC 8058)

    def at(self, number: str) -> str:
        """An address that the rule matches, with this number in it."""
        return PART.sub(lambda part: number if part[1] == "int" else "x", self.rule)

    @property
    def pattern(self) -> re.Pattern[str]:
        """What matches the addresses of the rule."""
        pieces, at = [], 0
        for part in PART.finditer(self.rule):
            pieces += [re.escape(self.rule[at : part.start()]), r"[^/]+"]
            at = part.end()
        return re.compile("".join(pieces) + re.escape(self.rule[at:]) + r"\Z")

    @property
    def is_for_development(self) -> bool:
        return self.rule.startswith(DEVELOPMENT)


def routes_of(site: Site) -> list[Route]:
    """Return the rules of the app if it can be imported here, else what its pages link to."""
    return _of_app(site) or _of_pages(site)


def _of_app(site: Site) -> list[Route]:
    try:
        from minimaluser import create_app
        from minimaluser.security import access, bodies
    except ImportError:
        return []
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"INSTANCE_PATH": folder, "SITE_URL": "http://127.0.0.1"})
    found: dict[str, Route] = {}
    for each in access.addresses(app):
        if each.endpoint.startswith("club.") and not site.is_ours:
            continue  # only tests have it
        rule, who = each.rule.rule, each.access.rest or each.access.who
        route = found.setdefault(rule, Route(rule, each.example))
        route.methods |= {*(each.rule.methods or ())}
        route.is_open &= who in {access.EVERYBODY, access.GUESTS}
        route.is_one_click |= isinstance(each.access.body, bodies.OneClick)
        route.is_for_confirmed |= who is access.CONFIRMED
        route.names_a_thing |= bool(each.rule.arguments) and not each.access.nobodys
    return list(found.values())


def _of_pages(site: Site) -> list[Route]:
    visitor, seen, to_see = site.visitor(), set[str](), {*FRONT}
    while to_see and len(seen) < 200:
        path = to_see.pop()
        seen.add(path)
        page = visitor.open(path)
        to_see |= {a.partition("?")[0] for a in page.addresses} - seen
    return [Route(path, path) for path in sorted(seen)]
