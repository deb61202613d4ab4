"""Requests that are under way while the owner ends the session they came from."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from minimaluser.testing.pages import Page
from minimaluser.testing.people import NEW_KEY
from tests.abuse.attack import Trial, attack
from tests.abuse.attacks.links import is_refused
from tests.abuse.visitor import Person, Visitor, at_once

ROUNDS = 10
THIEFS_KEY = "a thief was quicker with this one"
LONGEST_PAUSE = 0.2  # seconds; hashing takes about as long


def later(seconds: float, deed: Callable[[], Page]) -> Callable[[], Page]:
    """Do something after a pause."""

    def wait() -> Page:
        time.sleep(seconds)
        return deed()

    return wait


def requests_of(thief: Visitor, key: str, mine: str, token: str) -> list[Callable[[], Page]]:
    """What a thief with a session and the key sends, each from a copy of the browser."""
    keys = {"current_key": key, "new_key": THIEFS_KEY, "confirm_key": THIEFS_KEY}
    sent = [("/profile/email", {"email": mine, "current_key": key})] * 3
    sent += [("/profile/key", keys)] * 2
    requests = []
    for path, fields in sent:
        copy = thief.twin()
        values = {"csrf_token": token, **fields}
        requests.append(lambda c=copy, p=path, v=values: c.send(p, v))
    return [later(random.uniform(0, LONGEST_PAUSE), deed) for deed in requests]


def check_late(trial: Trial, owner: Person, thief: Visitor, mine: str, number: int) -> None:
    """See that nothing of the thief's is in force, or still to come."""
    trial.check(not thief.is_logged_in, f"round {number}: a session of before is alive")
    trial.check(not owner.can_log_in(THIEFS_KEY), f"round {number}: the thief's key is in force")
    trial.check(mine not in owner.portrait(), f"round {number}: the thief's move is pending")
    for mail in trial.site.mailbox.to(mine):
        answer = trial.site.visitor().press(mail.path("/email/confirm/"))
        trial.check(is_refused(answer), f"round {number}: the thief's move can be confirmed")
        trial.check(owner.email in owner.portrait(), f"round {number}: the account is moved")


@attack("SE5")
def a_late_request_changes_nothing_after_a_reset(trial: Trial) -> None:
    """A thief's session asks for another address and sets another key, five requests at once, while
    the owner resets the key with a code. Ten times, with other pauses.

    Once the reset is answered nothing of it is in force or pending. A reset that came too late,
    because the thief's change voided the code, is done again.
    """
    for number in range(ROUNDS):
        owner = trial.site.confirmed()
        thief, mine = owner.twin(), trial.site.stranger("thief").email
        elsewhere = owner.elsewhere()
        page, code = elsewhere.code()
        token = thief.open("/profile/email").token
        deeds = requests_of(thief, owner.key, mine, token)
        reset = later(
            random.uniform(0, LONGEST_PAUSE / 2),
            lambda e=elsewhere, p=page, c=code: e.use_code(p, c, NEW_KEY),
        )
        answers = at_once([reset, *deeds])
        trial.check(max(answer.status for answer in answers) < 500, f"round {number}: an error")
        if answers[0].status != 303:
            elsewhere.reset_key(NEW_KEY)
        elsewhere.log_in(NEW_KEY)
        trial.control(elsewhere.is_logged_in, "the owner is not in")
        check_late(trial, elsewhere, thief, mine, number)


@attack("SE6")
def a_late_request_changes_nothing_after_confirming(trial: Trial) -> None:
    """A thief who has signed up with the owner's address, and has the mailed key, asks for another
    address, sets another key and has one shown, while the owner presses the link. Ten times.

    Once the owner has confirmed nothing of it is in force or pending. A link that a key change was
    quicker to void is replaced by the one of the next mail.
    """
    for number in range(ROUNDS):
        owner = trial.site.stranger("ann")
        thief = Person(trial.site, owner.email)
        thief.sign_up()
        thief.log_out()
        thief.log_in()
        mine, token = trial.site.stranger("thief").email, thief.open("/profile/email").token
        deeds = requests_of(thief, thief.key, mine, token)
        copy = thief.twin()
        deeds.append(lambda c=copy, t=token: c.send("/profile/first-key", {"csrf_token": t}))
        link = owner.site.mailbox.wait(owner.email, "/confirm/", frozenset()).path("/confirm/")
        page = owner.open(link)
        form = page.form("Confirm my email")
        press = later(
            random.uniform(0, LONGEST_PAUSE), lambda o=owner, p=page, f=form: o.submit(p, f)
        )
        answers = at_once([press, *deeds])
        trial.check(max(answer.status for answer in answers) < 500, f"round {number}: an error")
        confirmed = answers[0].location.endswith("/profile")
        trial.check(
            owner.is_logged_in or not confirmed, f"round {number}: who has confirmed is thrown out"
        )
        for mail in [] if confirmed else owner.mails():
            if not owner.is_logged_in and mail.path("/confirm/"):
                owner.press(mail.path("/confirm/"))
        if confirmed and not owner.is_logged_in:
            continue
        trial.control(owner.is_logged_in, "the owner could not confirm")
        check_late(trial, owner, thief, mine, number)
