"""No answer tells who has an account, not by its words, its headers or its time."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Sequence

from minimaluser.testing.pages import Page
from tests.abuse.attack import Trial, attack
from tests.abuse.visitor import Person

PAIRS = 40
LEAST_SECONDS, LEAST_SHARE, LEAST_Z = 0.003, 0.05, 3.29  # p < 0.001
CHANGING = (
    re.compile(r'(name="csrf_token"[^>]*value=")[^"]+'),
    re.compile(r'(name="csrf-token" content=")[^"]+'),
    re.compile(r"()eyJ[\w-]+\.[\w-]+\.[\w-]+"),
    re.compile(r"()[\w.-]+@[\w.-]+"),
)
VALUE, EXPIRES = re.compile(r"=[^;]*"), re.compile(r"expires=[^;]*", re.IGNORECASE)
OF_EACH_ANSWER = {"date", "content-length", "x-request-id", "set-cookie", "x-csrf-token", "etag"}


def plain(page: Page) -> tuple[int, str, str, str]:
    """An answer without what differs from one to the next: tokens, addresses, the date."""
    text = page.text
    for pattern in CHANGING:
        text = pattern.sub(r"\1…", text)
    headers = sorted(
        f"{name.lower()}: {CHANGING[2].sub('…', value)}"
        for name, value in page.headers.items()
        if name.lower() not in OF_EACH_ANSWER
    )
    cookies = [
        EXPIRES.sub("expires=…", VALUE.sub("=…", cookie, count=1)) for cookie in page.cookies
    ]
    return page.status, text, "\n".join(headers), "\n".join(sorted(cookies))


def difference(one: Page, other: Page) -> str:
    """In what two answers differ, or nothing."""
    for name, left, right in zip(
        ("status", "text", "headers", "cookies"), plain(one), plain(other), strict=True
    ):
        if left != right:
            return f"{name}: {_around(str(left), str(right))}"
    return ""


def _around(left: str, right: str) -> str:
    at = next((n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), 0)
    start = max(0, at - 20)
    return f"{left[start : at + 40]!r} or {right[start : at + 40]!r}"


@attack("EN1")
def answers_are_the_same_for_everybody(trial: Trial) -> None:
    """Log-in with a wrong key, a forgotten key (four times) and the check while typing are asked
    for a confirmed, an unconfirmed, a deleted and an unknown address.

    Status, text, headers and cookies are the same.
    """
    site = trial.site
    gone = site.confirmed("bob")
    trial.control(gone.leave().status < 400, "the account could not be deleted")
    people = {
        "confirmed": site.confirmed("ann").email,
        "unconfirmed": site.unconfirmed("ben").email,
        "deleted": gone.email,
    }
    for kind, email in people.items():
        for name, pages in asked(site.stranger("eve"), email).items():
            unknown = asked(site.stranger("eve"), site.stranger("eve").email, only=name)[name]
            for page, other in zip(pages, unknown, strict=True):
                found = difference(page, other)
                trial.check(not found, f"{name} tells {kind} from unknown by its {found}")


def asked(eve: Person, email: str, only: str = "") -> dict[str, list[Page]]:
    """What a stranger gets to see for an address, form by form."""

    def log_in(asker: Person) -> list[Page]:
        return [asker.fill_in("/login", {"email": email, "key": "a wrong one"})]

    def forget(asker: Person) -> list[Page]:
        found = []
        for _ in range(4):
            page = asker.elsewhere().fill_in("/forgot-key", {"email": email})
            found.append(page)
        page = asker.fill_in("/forgot-key", {"email": email})
        return [*found, page, asker.open(page.location)]

    def type_it(asker: Person) -> list[Page]:
        forms = ("signup", "forgot-key")
        return [asker.post(f"/check/{form}/email", {"email": email}) for form in forms]

    deeds: dict[str, Callable[[Person], list[Page]]] = {
        "log-in": log_in,
        "forgotten key": forget,
        "the check while typing": type_it,
    }
    return {name: deed(eve.elsewhere()) for name, deed in deeds.items() if only in {"", name}}


@attack("EN5")
def moving_does_not_tell_who_is_there(trial: Trial) -> None:
    """Somebody asks to move to a taken, an unconfirmed and an unknown address.

    The answers are the same, and the owner of a taken address is told by mail.
    """
    site = trial.site
    taken = {"confirmed": site.confirmed("ann"), "unconfirmed": site.unconfirmed("ben")}
    for kind, owner in taken.items():
        unknown = site.confirmed("eve").ask_to_move(site.stranger("new").email)
        older = len(owner.mails())
        page = site.confirmed("eve").ask_to_move(owner.email)
        found = difference(page, unknown)
        trial.check(not found, f"{kind} differs from unknown by its {found}")
        told = owner.mails()
        trial.check(len(told) > older, f"the owner ({kind}) is not told")
        trial.check(not told[0].path("/email/confirm/"), "the owner is sent a link for moving")


@attack("EN4")
def private_sign_up_tells_nobody(trial: Trial) -> None:
    """With PRIVATE_SIGNUP, a known and an unknown address are signed up by strangers.

    Both get the same page and neither is logged in.
    """
    site = trial.site
    known, unknown = site.unconfirmed("ann"), site.stranger("eve")
    first = unknown.asks_to_sign_up()
    if unknown.is_logged_in:
        trial.note("sign-up logs in here: PRIVATE_SIGNUP is off")
        return
    second = Person(site, known.email).asks_to_sign_up()
    found = difference(first, second)
    trial.check(not found, f"known and unknown differ by their {found}")


@attack("EN2")
def time_does_not_tell_either(trial: Trial) -> None:
    """Log-in with a wrong key and a forgotten key are timed for 40 known and 40 unknown addresses
    in turn, from as many network addresses.

    The medians differ by less than 3 ms or 5 %, or by chance (Mann-Whitney); a difference is
    measured again before it counts.
    """
    site = trial.site
    known = [person.email for person in site.crowd(PAIRS)]
    for name in ("log-in", "forgotten key"):
        for again in (False, True):
            pairs = []
            for email in known:
                both = email, site.stranger("crowd").email
                pairs.append([_seconds(trial, name, one) for one in both])
                trial.tries += 2
            found = slower([one for one, _ in pairs], [other for _, other in pairs])
            if not found:
                break
            if again:
                trial.check(False, f"{name}: {found}")


def _seconds(trial: Trial, name: str, email: str) -> float:
    asker = trial.site.visitor()
    path = "/login" if name == "log-in" else "/forgot-key"
    page = asker.ask("GET", path)
    sent = {"csrf_token": page.token, "email": email, "key": "surely not this key"}
    return asker.send(path, sent).seconds


def slower(known: Sequence[float], unknown: Sequence[float]) -> str:
    """Tell in words that one is slower than the other, or nothing if that is chance."""
    one, other = statistics.median(known), statistics.median(unknown)
    if abs(one - other) <= max(LEAST_SECONDS, LEAST_SHARE * min(one, other)):
        return ""
    if abs(z_of(known, unknown)) < LEAST_Z:
        return ""
    return f"known {one * 1000:.1f} ms, unknown {other * 1000:.1f} ms"


def z_of(left: Sequence[float], right: Sequence[float]) -> float:
    """How far from chance two samples differ (Mann-Whitney, normal approximation)."""
    m, n = len(left), len(right)
    wins = sum((a > b) + (a == b) / 2 for a in left for b in right)
    return float((wins - m * n / 2) / (m * n * (m + n + 1) / 12) ** 0.5)
