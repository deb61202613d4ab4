"""Which addresses there are, and who may use them. A team declares its own here.

What is not declared is for people who are logged in: a forgotten rule shows as broken.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.abuse.site import Site
    from tests.abuse.visitor import Person


def another_session(owner: Person) -> str:
    """Log in at another device; return the number of that session, as the profile shows it."""
    owner.elsewhere().log_in()
    found = re.findall(r"/profile/sessions/(\d+)", owner.ask("GET", "/profile").text)
    return max(found, key=int)


# Anybody may come here.
OPEN = {
    "/",
    "/about",
    "/privacy-notice",
    "/terms-of-service",
    "/signup",
    "/signup/mail",
    "/login",
    "/logout",
    "/forgot-key",
    "/reset-key/<token>",
    "/reset-key/mail/<token>",
    "/reset-key/mail/link",
    "/confirm/<token>",
    "/confirm/link",
    "/email/confirm/<token>",
    "/email/confirm/link",
    "/email/undo/<token>",
    "/email/undo/link",
    "/closing/undo/<token>",
    "/closing/undo/link",
    "/check/<form>/<field>",
    "/cookies",
    "/tiles/<uuid:name>.svg",
    "/manifest.webmanifest",
    "/sw.js",
    "/offline",
    "/robots.txt",
    "/sitemap.xml",
    "/favicon.ico",
    "/healthz",
    "/readyz",
}
# Only people with a confirmed address may come here.
CONFIRMED = {"/album/"}
# Only in development; elsewhere these must not exist.
DEVELOPMENT = "/dev/"
# Open for some things and not for others: their own attack looks at them.
MIXED = {"/album/<int(max=2147483647):photo_id>-<slug>/<int:width>.<suffix>"}

# What stands for a part of an address that no page links to.
EXAMPLES = {
    "token": "x",
    "seed": "0123456789abcdef",
    "form": "signup",
    "field": "email",
    "slug": "tuesday-in-the-box",
    "suffix": "jpg",
    "name": "confirmation",
    "colour": "008080",
    "identity": "x",
}
BY_CONVERTER = {"int": "1", "uuid": "00000000-0000-0000-0000-000000000000"}
PART = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
# Addresses with a part that names something of somebody's: how somebody gets such a thing, and with
# which number it is asked for. A product adds its own; every such address must stand here or in
# `NOBODYS`.
THINGS: dict[str, Callable[[Person], str]] = {
    "/profile/sessions/<int(max=2147483647):number>": another_session,
}
# Why there is nothing of somebody's behind these.
NOBODYS = {
    "token": "whoever has the token of a link has the mail",
    "slug": "pictures are the site's own; `access` looks at them",
    "seed": "a drawing",
    "field": "a field of a form",
    "name": "whoever is shown a tile may see it",
    "filename": "a file of the site's own",
}
NOTHING = 2_147_483_647  # a number that nothing has
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


@dataclass
class Route:
    """A rule of the URL map; `methods` is empty where only its address is known."""

    rule: str
    methods: set[str] = field(default_factory=set)

    @property
    def path(self) -> str:
        """An address that the rule matches."""
        return PART.sub(_example, self.rule)

    @property
    def parts(self) -> set[str]:
        """The names of the parts that vary."""
        return {part[2] for part in PART.finditer(self.rule)}

    def at(self, number: str) -> str:
        """An address that the rule matches, with this number in it."""
        is_number = lambda part: (part[1] or "") == "int"  # noqa: E731
        return PART.sub(lambda p: number if is_number(p) else _example(p), self.rule)

    @property
    def pattern(self) -> re.Pattern[str]:
        """What matches the addresses of the rule."""
        pieces, at = [], 0
        for part in PART.finditer(self.rule):
            pieces += [re.escape(self.rule[at : part.start()]), r"[^/]+"]
            at = part.end()
        return re.compile("".join(pieces) + re.escape(self.rule[at:]) + r"\Z")

    @property
    def is_open(self) -> bool:
        return self.rule in OPEN

    @property
    def is_for_development(self) -> bool:
        return self.rule.startswith(DEVELOPMENT)


def routes_of(site: Site) -> list[Route]:
    """Return the rules of the app if it can be imported here, else what its pages link to."""
    return _of_app() or _of_pages(site)


def _of_app() -> list[Route]:
    try:
        from minimaluser import create_app
    except ImportError:
        return []
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"INSTANCE_PATH": folder, "SITE_URL": "http://127.0.0.1"})
    found: dict[str, Route] = {}
    for rule in app.url_map.iter_rules():
        route = found.setdefault(rule.rule, Route(rule.rule))
        route.methods |= set(rule.methods or ())
    return list(found.values())


def _of_pages(site: Site) -> list[Route]:
    visitor, seen = site.visitor(), set()
    to_see = {"/", *(rule for rule in OPEN if "<" not in rule)}
    while to_see and len(seen) < 200:
        path = to_see.pop()
        seen.add(path)
        page = visitor.open(path)
        to_see |= {a.partition("?")[0] for a in page.addresses} - seen
    return [Route(path) for path in sorted(seen)]


def _example(part: re.Match[str]) -> str:
    return BY_CONVERTER.get(part[1] or "") or EXAMPLES.get(part[2], "x")
