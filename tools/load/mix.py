"""What visitors come for: kinds of visits, how often each is made, and its steps."""

from __future__ import annotations

from dataclasses import dataclass

from tools.bench.things import KEY, Thing, of_the_site

LOG_IN, LOG_OUT, SIGN_UP, NICKNAME = "log-in", "log-out", "sign-up", "nickname POST"


@dataclass(frozen=True)
class Visit:
    """A visit.

    Attributes:
        kind: what the report calls it.
        share: how many of a hundred visits are of this kind.
        steps: what is done in it, in this order.
        known: whether a known user makes it; one who comes to log in has no session yet.
    """

    kind: str
    share: int
    steps: tuple[Thing, ...]
    known: bool = True


def visits() -> list[Visit]:
    """Return the mix. Most steps are things of `make bench` and have its names."""
    things = {thing.name: thing for thing in of_the_site()}
    read = [each for each in things.values() if each.who == "member" and not each.htmx]
    edit = ("profile", "nickname form", "field check, logged in", NICKNAME)
    looked_at = ("home, guest", "log-in page", "field check, guest")
    return [
        Visit(
            "guests",
            50,
            (*(things[name] for name in looked_at), Thing("about, guest", "/about")),
            known=False,
        ),
        Visit("readers", 35, tuple(each for each in read if each.form is None)),
        Visit("editors", 10, tuple(things[name] for name in edit)),
        Visit(
            "log-ins",
            4,
            (
                things["log-in page"],
                Thing(LOG_IN, "/login", "returning", {"email": "{email}", "key": KEY}, status=303),
                things["home, logged in"],
                Thing(LOG_OUT, "/logout", "member", {}, status=303),
            ),
        ),
        Visit(
            "sign-ups",
            1,
            (
                Thing("sign-up page", "/signup"),
                things[SIGN_UP],
                Thing("home, signed up", "/", "member"),
            ),
            known=False,
        ),
    ]
