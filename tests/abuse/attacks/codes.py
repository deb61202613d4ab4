"""The six-digit code: few tries, one use, one browser."""

from __future__ import annotations

from minimaluser.testing.people import NEW_KEY, OWN_KEY
from tests.abuse.attack import Trial, attack
from tests.abuse.visitor import at_once

RESET = "/reset-key/mail/"
TRIES = 5
TRIES_A_DAY = 25


def wrong(code: str, number: int) -> str:
    """Six digits that are not the code; another one for each number."""
    return f"{(int(code) + 1 + number) % 1_000_000:06d}"


@attack("TK10")
def guessing_burns_the_code(trial: Trial) -> None:
    """Five wrong codes are entered one after the other, then the right one.

    The right one no longer works. Control: after four wrong ones it does.
    """
    owner = trial.site.confirmed()
    page, code = owner.code()
    for number in range(TRIES - 1):
        trial.check(owner.use_code(page, wrong(code, number)).status != 303, "a wrong code works")
    trial.control(owner.use_code(page, code).status == 303, "the right code did not work")
    trial.control(owner.can_log_in(NEW_KEY), "the new key is not in force")
    page, code = owner.code()
    for number in range(TRIES):
        owner.use_code(page, wrong(code, number))
    answer = owner.use_code(page, code, OWN_KEY)
    trial.check(answer.status != 303, f"the right code worked after {TRIES} wrong ones")
    trial.check(not owner.can_log_in(OWN_KEY), f"a key was set after {TRIES} wrong codes")


@attack("TK10")
def guessing_at_once_burns_it_too(trial: Trial) -> None:
    """40 wrong codes are entered in the same moment, then the right one, which must be dead."""
    owner = trial.site.confirmed()
    page, code = owner.code()
    form = page.form("Reset access key")
    values = {"New access key": NEW_KEY, "Confirm new access key": NEW_KEY}

    def guess(number: int) -> int:
        sent = form.filled({**values, "Code": wrong(code, number)})
        return owner.send(form.action or page.path, sent).status

    statuses = at_once([lambda number=number: guess(number) for number in range(40)])
    trial.check(303 not in statuses, "a wrong code works")
    trial.check(max(statuses) < 500, f"answers {sorted(set(statuses))}")
    answer = owner.use_code(page, code)
    trial.check(answer.status != 303, "the right code works after 40 wrong ones")
    trial.check(not owner.can_log_in(NEW_KEY), "a key was set after 40 wrong codes")


@attack("TK9")
def a_stolen_code_is_worth_nothing_elsewhere(trial: Trial) -> None:
    """Somebody who read the code enters it at the same address in another browser, seven times.

    It is refused there, and the owner's own tries are not used up: the owner's still works.
    """
    owner, thief = trial.site.confirmed(), trial.site.visitor()
    page, code = owner.code()
    key = OWN_KEY + "!"
    values = {"Code": code, "New access key": key, "Confirm new access key": key}
    for _ in range(TRIES + 2):
        answer = thief.press(page.path, values)
        trial.check(answer.status != 303, "the code works in another browser")
        answer = thief.post(page.path, {"code": code, "new_key": NEW_KEY, "confirm_key": NEW_KEY})
        trial.check(answer.status != 303, "the code works in another browser, by its address")
    other = trial.site.stranger("thief")
    answer = other.use_code(other.forget_key(), code)
    trial.check(answer.status != 303, "the code of one flow works in another")
    trial.check(owner.can_log_in(), "the key was changed from another browser")
    mine = owner.use_code(page, code).status == 303
    trial.check(mine, "a stranger used up the owner's tries")


@attack("TK9")
def code_and_link_end_each_other(trial: Trial) -> None:
    """The mail with the code has a link, too: one is used, then the other with another key.

    What comes second is refused and sets no key.
    """
    owner = trial.site.confirmed()
    fields = {"New access key": OWN_KEY + "!", "Confirm new access key": OWN_KEY + "!"}
    page, code = owner.code()
    link = owner.site.mailbox.wait(owner.email, RESET, frozenset()).path(RESET)
    trial.control(owner.use_code(page, code).status == 303, "the right code did not work")
    trial.check(
        trial.site.visitor().press(link, fields).status != 303, "the link outlives the code"
    )
    trial.check(not owner.can_log_in(OWN_KEY + "!"), "the link sets a key after the code")
    page, code = owner.code()
    link = owner.site.mailbox.wait(owner.email, RESET, frozenset()).path(RESET)
    trial.control(trial.site.visitor().press(link, fields).status == 303, "the link did not work")
    trial.control(owner.can_log_in(OWN_KEY + "!"), "the key is not in force")
    trial.check(owner.use_code(page, code).status != 303, "the code outlives the link")
    trial.check(not owner.can_log_in(NEW_KEY), "the code sets a key after the link")


@attack("TK3")
def a_code_works_once(trial: Trial) -> None:
    """A code is used, then used again with another key. The second key is not set."""
    owner = trial.site.confirmed()
    page, code = owner.code()
    trial.control(owner.use_code(page, code).status == 303, "the right code did not work")
    trial.check(owner.use_code(page, code, OWN_KEY).status != 303, "a used code works again")
    trial.check(not owner.can_log_in(OWN_KEY), "a used code set a key")
    trial.control(owner.can_log_in(NEW_KEY), "the new key is not in force")


@attack("TK11")
def a_reset_logs_nobody_in(trial: Trial) -> None:
    """A key is reset while somebody else is logged in with the old one.

    Before the code is right nothing changes; afterwards the one who reset is a guest, every
    session is over, the old key is dead, and the owner gets a mail.
    """
    owner = trial.site.confirmed()
    elsewhere = owner.elsewhere()
    page, code = elsewhere.code()
    trial.check(owner.is_logged_in, "asking for a code ends sessions")
    elsewhere.use_code(page, wrong(code, 0))
    trial.check(owner.is_logged_in and owner.can_log_in(), "a wrong code changes something")
    older = len(owner.mails())
    trial.control(elsewhere.use_code(page, code).status == 303, "the right code did not work")
    trial.check(not elsewhere.is_logged_in, "a reset logs in")
    trial.check(not owner.is_logged_in, "a session survives a reset")
    trial.check(not owner.can_log_in(), "the old key still works")
    trial.check(len(owner.mails()) > older, "nobody told the owner")


@attack("TK12")
def many_codes_give_no_more_tries(trial: Trial) -> None:
    """Codes are asked for again and again, from many addresses, and five guessed at each.

    After 25 wrong codes in a day no right one works, or none is mailed any more.
    """
    owner = trial.site.confirmed()
    guessed = 0
    for _ in range(TRIES_A_DAY // (TRIES - 1) + 2):
        asker = owner.elsewhere()
        older = len(owner.mails())
        page = asker.forget_key()
        if page.status == 429 or len(owner.mails()) == older:
            trial.check(guessed <= TRIES_A_DAY, f"{guessed} wrong codes were taken in a day")
            return
        code = next(line for line in owner.mails()[0].text.split() if line.isdecimal())
        if guessed >= TRIES_A_DAY:
            answer = asker.use_code(page, code)
            trial.check(answer.status != 303, f"after {guessed} wrong codes a right one works")
            return
        for number in range(TRIES - 1):
            asker.use_code(page, wrong(code, number))
        guessed += TRIES - 1
    trial.check(guessed <= TRIES_A_DAY, f"{guessed} wrong codes were taken in a day")
