"""Limits: guessing and flooding are slowed down, and the owner still gets in."""

from __future__ import annotations

from minimaluser.testing.people import NEW_KEY
from tests.abuse.attack import Trial, attack

FAILURES_AN_ACCOUNT = 10
SOME_MORE = 5


@attack("RL1")
def guessing_a_key_is_stopped(trial: Trial) -> None:
    """15 wrong keys for one account from as many network addresses, then 15 for an address that
    nobody has.

    At the eleventh at the latest a 429 says in whole seconds when to come back, as page and as
    fragment, for both alike.
    """
    site = trial.site
    owner = site.confirmed()
    counts = {}
    for name, email in {"known": owner.email, "unknown": site.stranger().email}.items():
        stopped = 0
        for number in range(1, FAILURES_AN_ACCOUNT + SOME_MORE + 1):
            asker = site.visitor()
            page = asker.post("/login", {"email": email, "key": f"a wrong key, number {number}"})
            trial.tries += 1
            if page.status == 429:
                stopped = number
                wait = page.headers.get("Retry-After", "")
                trial.check(wait.isdecimal(), f"{name}: Retry-After is {wait!r}")
                break
        counts[name] = stopped
        trial.check(
            0 < stopped <= FAILURES_AN_ACCOUNT + 1,
            f"{name}: {FAILURES_AN_ACCOUNT + SOME_MORE} wrong keys and no end",
        )
    trial.check(counts["known"] == counts["unknown"], f"known and unknown differ: {counts}")


@attack("RL3")
def a_flood_does_not_lock_the_owner_out(trial: Trial) -> None:
    """Strangers enter 20 wrong keys for an account, from as many network addresses.

    The owner's session goes on, and the way by a mailed code works.
    """
    site = trial.site
    owner = site.confirmed()
    for number in range(20):
        site.visitor().post("/login", {"email": owner.email, "key": f"wrong, number {number}"})
        trial.tries += 1
    trial.check(owner.is_logged_in, "the owner's session ended")
    elsewhere = owner.elsewhere()
    page, code = elsewhere.code()
    answer = elsewhere.use_code(page, code)
    trial.check(answer.status == 303, f"the mailed code does not work: {answer.status}")


@attack("RL2")
def a_made_up_address_is_not_believed(trial: Trial) -> None:
    """One client enters wrong keys for one account and claims another network address each time,
    in `X-Forwarded-For` before the proxy's own, `Forwarded`, `X-Real-IP`, `CF-Connecting-IP`.

    The limit holds all the same.
    """
    site = trial.site
    owner, client = site.confirmed(), site.visitor()
    for number in range(FAILURES_AN_ACCOUNT + SOME_MORE):
        made_up = f"198.51.100.{number}"
        chain = f"{made_up}, {client.address}" if site.is_ours else made_up
        headers = {
            "X-Forwarded-For": chain,
            "Forwarded": f"for={made_up}",
            "X-Real-IP": made_up,
            "CF-Connecting-IP": made_up,
            "True-Client-IP": made_up,
        }
        sent = {"email": owner.email, "key": f"a wrong key, number {number}"}
        page = client.post("/login", sent, headers)
        trial.tries += 1
        if page.status == 429:
            return
    trial.check(False, f"{FAILURES_AN_ACCOUNT + SOME_MORE} wrong keys and no end")


@attack("CR8")
def a_flood_of_keys_leaves_the_site_quick(trial: Trial) -> None:
    """60 wrong keys for as many addresses are entered at once.

    Each gets an answer or a 503 that says when; none a 500; the home page answers meanwhile.
    """
    from tests.abuse.visitor import at_once

    site = trial.site
    clients = [site.visitor() for _ in range(60)]
    pages = [client.ask("GET", "/login") for client in clients]
    watcher = site.visitor()

    def enter(number: int) -> int:
        sent = {"csrf_token": pages[number].token, "email": f"n{number}@flood.example"}
        return clients[number].send("/login", {**sent, "key": NEW_KEY}).status

    def watch() -> int:
        pages = [watcher.ask("GET", "/healthz") for _ in range(10)]
        return 200 if max(page.seconds for page in pages) < 5 else 504

    statuses = at_once([lambda n=n: enter(n) for n in range(60)] + [watch])
    odd = sorted(set(statuses) - {200, 422, 429, 503})
    trial.check(not odd, f"answers {odd}")
    trial.check(statuses[-1] == 200, "the site was slow meanwhile")
    trial.tries += 60
