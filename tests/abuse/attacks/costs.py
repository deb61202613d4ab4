"""What costs the site much and a stranger little."""

from __future__ import annotations

import secrets
import statistics
import string

from tests.abuse.attack import NotTried, Trial, attack
from tests.abuse.site import CROWD
from tests.abuse.visitor import Person, Visitor, at_once

SIGNS = "4@8({[<369&#!1/|0$5+7%2"
COSTLY = (
    SIGNS * 3 + "abc",
    "".join(sign * 3 for sign in SIGNS) + "abc",
    "4@4@4@([<{([<{1!|1!|0o0o$5$57+7+%2%2" * 2,
)
TIMES, LEAST_SECONDS = 25, 1.0  # as much as an ordinary key, or so long
CHECKS_A_MINUTE = 240
PLACES = ("/check/reset-key/new_key", "/check/new-key/new_key")


def ordinary() -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(72))


def seconds(visitor: Visitor, place: str, key: str, token: str) -> float:
    page = visitor.send(place, {"csrf_token": token, "new_key": key, "confirm_key": key})
    return page.seconds


@attack("CR8")
def a_costly_key_costs_like_any(trial: Trial) -> None:
    """Keys full of signs that could be letters are checked while they are typed, and sent with the
    form for a forgotten key, as a guest.

    None takes longer than 25 ordinary keys of the same length, measured just before (or a second).
    """
    guest = trial.site.confirmed()
    page, _ = guest.code()
    form = page.form("Reset access key")
    places = [place for place in PLACES if guest.post(place, {"new_key": "x"}).status == 200]
    trial.control(places, "no key is checked while it is typed")
    token = guest.token()
    for place in (*places, form.action or page.path):
        usual = statistics.median(seconds(guest, place, ordinary(), token) for _ in range(5))
        most = max(LEAST_SECONDS, TIMES * usual)
        for key in COSTLY:
            least = min(seconds(guest, place, key, token) for _ in range(2))  # others work, too
            trial.check(least < most, f"{place}: {least:.1f} s for one key, usually {usual:.2f} s")


@attack("CR8")
def checks_have_an_end(trial: Trial) -> None:
    """A guest has keys checked as fast as it goes, for more than any typing takes.

    A 429 comes, from that network alone.
    """
    site = trial.site
    if not site.is_ours:
        raise NotTried("needs to know what the limits are")
    guest = site.visitor()
    token = guest.token()
    copies = [guest.twin() for _ in range(8)]
    for copy in copies:
        copy.http.headers["X-Forwarded-For"] = guest.address

    def check(copy: Visitor) -> list[int]:
        found: list[int] = []
        while len(found) < CHECKS_A_MINUTE * CROWD // 8 + 20 and 429 not in found:
            sent = {"csrf_token": token, "new_key": "short"}
            found.append(copy.send(PLACES[0], sent).status)
        return found

    statuses = [s for found in at_once([lambda c=c: check(c) for c in copies]) for s in found]
    trial.tries += len(statuses)
    trial.check(max(statuses) < 500, f"answers {sorted(set(statuses))}")
    trial.check(429 in statuses, f"{len(statuses)} checks at once, and no end")
    other = site.visitor().post(PLACES[0], {"new_key": "short"})
    trial.check(other.status == 200, f"others are shut out ({other.status})")


@attack("ST3")
def a_check_holds_nobody_up(trial: Trial) -> None:
    """Six people who are logged in have costly keys checked, while somebody else changes a nickname
    and signs up.

    What is written is done within three seconds, or a few times what it takes when all is quiet.
    """
    site = trial.site
    crowd = [site.unconfirmed("crowd") for _ in range(6)]
    writer = site.unconfirmed("ann")
    tokens = [person.token() for person in crowd]
    names = iter(range(10))

    def write() -> float:
        name = f"Writer {next(names)} {writer.email[4:12]}"
        page = writer.post("/profile/nickname", {"nickname": name})
        trial.check(page.status == 303, f"a nickname could not be changed: {page.status}")
        return page.seconds

    def check(person: Person, token: str) -> float:
        sent = {"csrf_token": token, "new_key": COSTLY[0]}
        return person.send("/check/key/new_key", sent).seconds

    quiet = max(write(), write())
    found = at_once(
        [
            *(lambda p=p, t=t: check(p, t) for p, t in zip(crowd, tokens, strict=True)),
            lambda: max(write(), write()),
        ]
    )
    trial.check(found[-1] < max(3.0, 10 * quiet), f"a nickname took {found[-1]:.1f} s meanwhile")
    began = site.stranger("ben")
    answer = began.asks_to_sign_up()
    trial.check(answer.status in {200, 303} and answer.seconds < 3, "a sign-up is held up")
