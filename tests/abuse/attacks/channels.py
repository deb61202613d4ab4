"""Ways round the answer itself by which one could learn who has an account."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.abuse.attack import NotTried, Trial, attack
from tests.abuse.attacks.enumeration import difference
from tests.abuse.visitor import Person, opened

# What differs from one person to the next, or from one moment to the next.
EMAIL = re.compile(r"[\w.+-]+@[\w.-]+")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+(\+[\d:]+|Z)?")
RANDOM = re.compile(r"[0-9a-f]{16,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OWN = {"user_id", "nickname", "nickname_key", "tile_seed", "tile_colour", "tile_svg", "network"}


def shape(value: Any, name: str = "") -> Any:
    """An export without what is somebody's own anyway."""
    if isinstance(value, dict):
        return {key: shape(one, key) for key, one in sorted(value.items())}
    if isinstance(value, list):
        return [shape(one) for one in value]
    if name in OWN and value is not None:
        return "own"
    if isinstance(value, str):
        return RANDOM.sub("random", MOMENT.sub("moment", EMAIL.sub("address", value)))
    return value


def asks_to_move(person: Person, email: str) -> tuple[int, Any, str, list[str], list[str]]:
    """Ask to move; return all that the person can see of it."""
    answer = person.ask_to_move(email)
    data = json.loads(person.ask("GET", "/profile/export").text)
    data["account"].pop("id", None)
    events = RANDOM.sub("random", person.ask("GET", "/profile/events").main)
    mails = [EMAIL.sub("address", mail.subject) for mail in person.mails()]
    again = [person.ask_to_move(email).status for _ in range(3)]  # the limits
    return answer.status, shape(data), events, mails, [str(status) for status in again]


@attack("EN5")
def ones_own_data_do_not_tell(trial: Trial) -> None:
    """Two people ask to move, to an address that somebody has and to a free one. Then they look at
    their data, their events and their mails, and ask again until it is too often.

    All is the same for both, for an address of a confirmed and of an unconfirmed account.
    """
    site = trial.site
    names = ("answer", "data", "events", "mails", "limits")
    for kind, owner in {"confirmed": site.confirmed("ann"), "new": site.unconfirmed("ben")}.items():
        taken = asks_to_move(site.confirmed("eve"), owner.email)
        free = asks_to_move(site.confirmed("eve"), site.stranger("ann").email)
        for name, one, other in zip(names, taken, free, strict=True):
            trial.check(one == other, f"{kind}: the own {name} tell: {differing(one, other)}")
        trial.control(taken[0] == 303, f"nobody can ask to move ({taken[0]})")


def differing(one: Any, other: Any) -> str:
    """In which part two exports differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = [name for name in {*one, *other} if one.get(name) != other.get(name)]
        return ", ".join(f"{n}: {one.get(n)!r} or {other.get(n)!r}"[:160] for n in sorted(names))
    return f"{one!r} or {other!r}"[:300]


@attack("EN4")
def a_private_sign_up_grants_nothing_to_see(trial: Trial) -> None:
    """With PRIVATE_SIGNUP, a free and a taken address are signed up. What the pages and the cookie
    say of it is looked through for the nickname that was granted.

    It is nowhere: another account could ask whether it is in use. Nickname and tile are in the mail
    alone, and the two answers are the same.
    """
    site = trial.site
    free, owner = site.stranger("ben"), site.unconfirmed("ann")
    first = free.asks_to_sign_up()
    if free.is_logged_in:
        raise NotTried("sign-up logs in here: PRIVATE_SIGNUP is off")
    asker = Person(site, owner.email)
    second = asker.asks_to_sign_up()
    pages = {"free": free.open(first.location), "taken": asker.open(second.location)}
    found = difference(pages["free"], pages["taken"])
    trial.check(not found, f"known and unknown differ by their {found}")
    mine, other = (len(opened(each.cookie()[1])) for each in (free, asker))
    trial.check(mine == other, "the cookies differ in length")
    shown = pages["free"].text + first.text + opened(free.cookie()[1])
    mail = site.mailbox.wait(free.email, "/confirm/", frozenset())
    free.press(mail.path("/confirm/"))
    name = free.open("/profile/nickname").form("Save").filled({})["nickname"]
    trial.check(name not in shown, "a private sign-up shows the nickname that it granted")
