"""What the states of the core are made of: people who do not exist, and what they would see.

Each function is a sample: `"@ann"`, `"@sessions(count=10)"`. A parameter of a template that its
file does not give is the sample of that name. A part has its own in `samples.py`.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import url_for

from minimaluser.lib import clock, namer
from minimaluser.mailer import contract
from minimaluser.personal import whose
from minimaluser.rules import rules

NICKNAME = "brave-otter-482913-teal"
SEED = "0123456789abcdef"
BROWSERS = ("Firefox on Linux", "Safari on iPhone", "Chrome on Windows", "Edge on Windows", "")


def ann(**changes: Any) -> Any:
    """Return somebody who is logged in, confirmed and not in the database."""
    moment = clock.now()
    colour = namer.colour_of(NICKNAME) or ""
    words = {name: name.capitalize() for name in whose.texts()}
    sample = words | {
        "id": 0,
        "email": "ann@example.org",
        "nickname": NICKNAME,
        "pending_email": None,
        "is_confirmed": True,
        "is_authenticated": True,
        "key_is_first": False,
        "key_off_at": None,
        "key_expires_at": moment + rules.first_key,
        "tile_colour": colour,
        "tile_name": f"../dev/gallery/tiles/{SEED}-{colour[1:]}",  # nobody stored this tile
        "tile_svg": "",
        "created_at": moment,
        "session": SimpleNamespace(id=1),
    }
    return SimpleNamespace(**sample | changes)


def new(**changes: Any) -> Any:
    """Return somebody who has just signed up."""
    return ann(**{"is_confirmed": False, "key_is_first": True} | changes)


def user() -> Any:
    """Return whom a template is given, unless it says somebody else."""
    return ann()


def guest() -> Any:
    """Return nobody in particular."""
    return SimpleNamespace(is_authenticated=False)


def none() -> None:
    """Return nothing at all, which TOML has no word for."""


def now() -> Any:
    """Return this moment."""
    return clock.now()


def this_year() -> int:
    """Return the year of the footer."""
    return clock.now().year


def moment() -> Any:
    """Return the moment that a mail tells of."""
    return clock.now()


def sessions(count: int = 2) -> list[Any]:
    """Return sessions, the first of which is this one."""
    return [
        SimpleNamespace(
            id=n,
            number=n,
            browser=BROWSERS[(n - 1) % len(BROWSERS)],
            network="192.0.2.0" if n % 4 else "2001:db8:1234:5678::",
            created_at=clock.now(),
            seen_at=clock.now(),
        )
        for n in range(1, count + 1)
    ]


def events(count: int = 2) -> list[Any]:
    """Return what happened lately."""
    words = ("Logged in", "You signed up", "Access key changed", "Asked to move to another email")
    where = {"browser": BROWSERS[0], "network": "192.0.2.0", "created_at": clock.now()}
    return [SimpleNamespace(words=words[n % len(words)], **where) for n in range(count)]


def subscription(is_stopped: bool = False) -> Any:
    """Return mail that is not about the account, as somebody gets it."""
    bulletin = SimpleNamespace(name="news", title="News of the month")
    return SimpleNamespace(bulletin=bulletin, token=token(), is_stopped=is_stopped)


def subscriptions() -> list[Any]:
    """Return all such mail of somebody."""
    return [subscription()]


def about(**changes: Any) -> Any:
    """Return what a link in a mail is about."""
    sample = {"nickname": NICKNAME, "email": "ann@new.example", "former": "ann@example.org"}
    return SimpleNamespace(**sample | {"asks_key": False} | changes)


def token() -> str:
    """Return what stands in the address of a mailed link."""
    return "a-token"


def link() -> str:
    """Return a mailed link."""
    return f"https://example.org/confirm/{token()}"


def key() -> str:
    """Return an access key as we make it."""
    return "abcde-fghij-kmnpq-rstuv"


def code() -> str:
    """Return the digits of a mail."""
    return "012345"


def new_email() -> str:
    """Return where somebody moves to."""
    return "ann@new.example"


def long_email() -> str:
    """Return an address for which there is hardly room."""
    return "a.very.long.address.of.somebody@a-very-long-name.example"


def nickname() -> str:
    """Return a nickname that the site has granted."""
    return NICKNAME


def browser() -> str:
    """Return the name of a browser."""
    return BROWSERS[0]


def network() -> str:
    """Return a network as it is shown."""
    return "192.0.2.0"


def preview_url() -> str:
    """Return the address of a tile that might become somebody's."""
    return url_for("gallery.tile", seed=SEED[::-1], colour=ann().tile_colour[1:])


def mail(can_be_stopped: bool = False) -> dict[str, Any]:
    """Return a mail as the mailbox has it."""
    sent = {"id": "1", "to": ann().email, "subject": "Hello", "created_at": "now", "text": "Hello."}
    headers = contract.stop_headers("https://example.org/mail/x") if can_be_stopped else {}
    return {**sent, "headers": headers}
