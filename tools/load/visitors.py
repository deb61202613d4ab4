"""The crowd. Locust runs this file in a Python of its own, which has nothing of the site.

LOAD_PLAN names a file with what is to be done (`tools/load/phase.py`). Each visit comes from a
network address of its own, over a connection of its own. What has happened is written down at the
end.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import ssl
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

from locust import User, events

from tools.bench.things import Thing
from tools.load.walk import Answer, Deed, Walk

PLAN = json.loads(Path(os.environ["LOAD_PLAN"]).read_text())
PATIENCE_SECONDS = 30
KEPT_SECONDS = 10  # nginx keeps a connection a little longer
CONTEXT = ssl.create_default_context(cafile=PLAN["authority"])
known = deque(PLAN["known"])  # nobody is here twice at once: who comes is taken out meanwhile
numbers, addresses = itertools.count(PLAN["first"]), itertools.count(PLAN["first"])
deeds: list[Deed] = []


class Browser(http.client.HTTPSConnection):
    """A connection to the site's name on loopback, which is kept for a visit."""

    def __init__(self) -> None:
        number = next(addresses)
        address = f"127.{1 + (number >> 16) % 250}.{number >> 8 & 255}.{number & 255}"
        more: dict[str, Any] = {"context": CONTEXT, "source_address": (address, 0)}
        self.used = time.monotonic()
        super().__init__("127.0.0.1", PLAN["port"], timeout=PATIENCE_SECONDS, **more)

    def connect(self) -> None:
        http.client.HTTPConnection.connect(self)
        self.sock = CONTEXT.wrap_socket(self.sock, server_hostname=PLAN["host"])

    def send_request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """Send a request once, and return the answer."""
        if time.monotonic() > self.used + KEPT_SECONDS:
            self.close()
        try:
            self.request(method, path, body or None, {"Host": PLAN["host"], **headers})
            got = self.getresponse()
            coding = got.headers.get("Content-Encoding", "")
            return Answer(got.status, got.headers.get_all("Set-Cookie", []), got.read(), coding)
        except (OSError, http.client.HTTPException):
            self.close()
            return Answer(0, [], b"")
        finally:
            self.used = time.monotonic()


def visit(steps: list[dict[str, Any]], by_known: bool) -> Callable[[User], None]:
    """Return what a visitor does in one visit; after something unexpected the visit ends."""
    things = [Thing(**step) for step in steps]
    has_session = "log-in" not in {thing.name for thing in things}

    def made(visitor: User) -> None:
        browser = Browser()
        email, cookie = who = known.popleft() if by_known else ("", "")
        walk = Walk(browser.send_request, numbers, email, cookie if has_session else "")
        try:
            for thing in things:
                time.sleep(PLAN["pause"] * random.uniform(0.5, 1.5))
                if not tell(visitor, walk.step(thing)):
                    break
        finally:
            browser.close()
            if by_known:
                known.append(who)

    return made


def tell(visitor: User, deed: Deed) -> bool:
    """Write a deed down, for Locust too; return whether it ended as it should."""
    deeds.append(deed)
    visitor.environment.events.request.fire(
        request_type="",
        name=deed.name,
        response_time=1000 * deed.seconds,
        response_length=0,
        exception=None if deed.good else RuntimeError(f"status {deed.status}"),
        context={},
    )
    return deed.good


class Visitor(User):
    """Somebody who makes one visit after the other, each of a kind that the mix says."""

    tasks: ClassVar = {
        visit(each["steps"], each["known"]): each["share"] for each in PLAN["visits"]
    }


@events.test_start.add_listener
def say_that_it_has_begun(**_about: Any) -> None:
    Path(PLAN["began"]).touch()


@events.quitting.add_listener
def write_down(**_about: Any) -> None:
    Path(PLAN["deeds"]).write_text(json.dumps([asdict(deed) for deed in deeds]))
