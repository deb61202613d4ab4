"""Two worlds: in one an address has an account, in the other none; no stranger finds out which.

The same stranger does the same things in both, whatever the owner does meanwhile. All that can be
seen by it is the same, but for random values. In the second world the owner exists, too, with
another address: so numbers that count everybody are the same unless the stranger moves them.

Not done here, as it is told by promise: a sign-up with the address where PRIVATE_SIGNUP is off, and
asking for the nickname of somebody whose nickname one knows. Wrong log-ins of the owner are left
out: they count for the address, whether or not it has an account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from minimaluser import accounts
from minimaluser.database import db
from minimaluser.models import Session, User
from minimaluser.rules import rules
from minimaluser.settings import bind, settings_of
from minimaluser.testing.apps import change_settings, close
from minimaluser.testing.database import work
from minimaluser.testing.sites import Site, bring_back, own_app
from tests.fuzz.conftest import WORLDS, WORLDS_IN_SHORT, effort
from tests.fuzz.counted import one_begins
from tests.fuzz.owner import KINDS, Owner
from tests.fuzz.stranger import FIELDS, OWN, Stranger, differences

HERE, THERE = "maya@home.example", "maya@nest.example"
TYPED = (HERE, HERE, HERE, "MAYA@Home.example ", OWN[0], OWN[2], "nobody@else.example")
DAYS = [0.0007, 0.0025, 0.003, 0.008, 0.05, 0.1, 0.5, 1.01, 3.1, 7.2]

Deed = tuple[Any, ...]
browser, number, yes = st.integers(0, 2), st.integers(0, 9), st.booleans()
email = st.sampled_from(TYPED)
STRANGERS: dict[str, tuple[st.SearchStrategy[Any], ...]] = {
    "sign_up": (browser, email, yes),
    "log_in": (browser, email, yes, yes),
    "guess": (browser, email, yes),
    "forget_key": (browser, email, yes),
    "use_code": (browser, number, yes, yes),
    "use_link": (browser, number, yes, yes),
    "move": (browser, email, yes),
    "send_again": (browser, email, yes),
    "rename": (browser, number, yes),
    "check": (browser, st.sampled_from(FIELDS), email, yes),
    "change_key": (browser, number, yes),
    "replace_key": (browser, yes),
    "enter_key": (browser, yes, yes),
    "leave": (browser, yes),
    "log_out": (browser, yes),
    "look_around": (browser, yes),
}
OWNERS = ("come", "forget_key", "reset_key", "confirm", "move", "rename", "leave")
deeds = st.one_of(
    *(st.tuples(st.just(name), *arguments) for name, arguments in STRANGERS.items()),
    st.tuples(st.sampled_from([f"owner {name}" for name in OWNERS])),
    st.tuples(st.just("wait"), st.sampled_from(DAYS)),
    st.tuples(st.sampled_from(["work", "purge"])),
)


class Worlds:
    """Both worlds side by side, at the same moment."""

    def __init__(self, apps: list[Flask], site: Site, kind: str, private: bool, crowd: int) -> None:
        one_begins()
        self.private, self.apps = private, apps
        self.moves = rules.limits["move-mail"]
        if (
            kind == "awaited"
        ):  # somebody has asked to move there, which its budget tells (docs/security.md)
            rules.limits["move-mail"] = {}
        self.clock = time_machine.travel(datetime.now(UTC).replace(microsecond=0), tick=False)
        self.time = self.clock.start()
        for app, name in zip(apps, ("house", "twin"), strict=True):
            close(app)
            bring_back(app, site, name)
            change_settings(app, private_signup=private, rate_limit_crowd=crowd)
            _begin_now(app)
        self.owners = [
            Owner(app, home, kind) for app, home in zip(apps, (HERE, THERE), strict=True)
        ]
        self.strangers = [Stranger(app, site) for app in apps]

    def do(self, deed: Deed) -> None:
        name, *arguments = deed
        if name == "wait":
            self.time.shift(timedelta(days=arguments[0]))
        elif name == "work":
            self.each(work)
        elif name == "purge":
            self.each(purge)
        elif name.startswith("owner "):
            for owner in self.owners:
                getattr(owner, name.removeprefix("owner "))()
        elif name != "sign_up" or self.private or arguments[1] not in TYPED[:4]:
            for stranger in self.strangers:
                getattr(stranger, name)(*arguments)

    def each(self, what: Callable[[Flask], None]) -> None:
        for app in self.apps:
            what(app)

    def compare(self, after: list[Deed]) -> None:
        one, other = self.strangers
        found = list(differences(one.told, other.told))
        assert not found, f"after {after}:\n" + "\n".join(found[:20])
        one.told.clear()
        other.told.clear()

    def end(self) -> None:
        self.clock.stop()
        rules.limits["move-mail"] = self.moves


@pytest.fixture(scope="session")
def twin(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A second copy of the site, with the same secrets."""
    folder = tmp_path_factory.mktemp("twin") / "instance"
    app = own_app(site, folder, "twin")
    yield app
    close(app)


@pytest.fixture(autouse=True)
def as_before(twin: Flask) -> Iterator[None]:
    before = settings_of(twin)
    yield
    close(twin)
    bind(twin, before)


@pytest.mark.parametrize("private", [True, False], ids=["private sign-up", "open sign-up"])
def test_EN1_EN4_EN5_in_two_worlds_a_stranger_sees_the_same(
    app: Flask, twin: Flask, site: Site, private: bool
) -> None:
    @effort((WORLDS or WORLDS_IN_SHORT) // 2)
    @given(
        kind=st.sampled_from(KINDS),
        crowd=st.sampled_from([1, 1000]),
        done=st.lists(deeds, min_size=3, max_size=12 if WORLDS else 6),
    )
    @example(kind="confirmed", crowd=1000, done=MOVED)
    def live(kind: str, crowd: int, done: list[Deed]) -> None:
        worlds = Worlds([app, twin], site, kind, private, crowd)
        try:
            for number, deed in enumerate(done, 1):
                worlds.do(deed)
                for stranger in worlds.strangers:
                    stranger.look()
                worlds.compare(done[:number])
            for stranger in worlds.strangers:
                stranger.look_everywhere(HERE)
            worlds.compare([*done, ("look_everywhere",)])
        finally:
            worlds.end()

    live()


@pytest.mark.slow
def test_EN3_a_hundred_wrong_keys_do_not_tell_that_an_owner_logs_in_between(
    app: Flask, twin: Flask, site: Site
) -> None:
    worlds = Worlds([app, twin], site, "moving", True, 1000)
    try:
        for day in range(3):
            for _ in range(5):
                worlds.do(("guess", 2, HERE, False))
                worlds.do(("wait", 0.004))
            worlds.do(("owner come",))
            worlds.do(("wait", 1.01))
            worlds.compare([("siege", day)])
    finally:
        worlds.end()


MOVED: list[Deed] = [
    ("sign_up", 2, HERE, False),
    ("check", 0, "nickname/nickname", HERE, True),
    ("sign_up", 2, OWN[2], False),
    ("use_link", 2, 0, False, False),
    ("move", 0, HERE, True),
]


def purge(app: Flask) -> None:
    with app.app_context():
        accounts.purge()


def _begin_now(app: Flask) -> None:
    """Ann and Ben have just come."""
    moment = datetime.now(UTC)
    now = dict.fromkeys(("created_at", "seen_at", "key_entered_at"), moment)
    with app.app_context():
        db.session.execute(db.update(Session).values(now))
        db.session.execute(db.update(User).values(created_at=moment, key_set_at=moment))
        db.session.commit()
