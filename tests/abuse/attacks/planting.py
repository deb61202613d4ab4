"""What a thief has set or been given before the owner proves the mailbox: none of it works after.

The thief is as strong as can be: the sign-up was theirs, and they have once read the mailbox.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from minimaluser.testing.pages import Page
from minimaluser.testing.patterns import CODE, HTMX, KEY
from minimaluser.testing.people import NEW_KEY, OWN_KEY
from tests.abuse.attack import Trial, attack
from tests.abuse.attacks.links import is_refused
from tests.abuse.visitor import Person, Visitor

THIEFS_KEY = "a thief has planted this one here"
RESET = "/reset-key/mail/"
FAILURES = 10  # wrong keys for one account, from strangers


def newest(owner: Person, place: str) -> str:
    """The link that the owner finds in the newest mail that has one."""
    return owner.site.mailbox.wait(owner.email, place, frozenset()).path(place)


def presses(owner: Person) -> Page:
    """Confirm as a browser without JavaScript does."""
    return owner.press(newest(owner, "/confirm/"))


def presses_with_htmx(owner: Person) -> Page:
    page = owner.open(newest(owner, "/confirm/"))
    form = page.form("Confirm my email")
    return owner.submit(page, form, headers=HTMX)


def resets_by_code(owner: Person) -> Page:
    owner.reset_key(NEW_KEY)
    return owner.log_in()


def resets_by_link(owner: Person) -> Page:
    mail = owner.mail_after(RESET, owner.forget_key)
    fields = {"New access key": NEW_KEY, "Confirm new access key": NEW_KEY}
    owner.site.visitor().press(mail.path(RESET), fields)
    return owner.log_in(NEW_KEY)


PROOFS: dict[str, Callable[[Person], Page]] = {
    "the link": presses,
    "the link with htmx": presses_with_htmx,
    "a reset by code": resets_by_code,
    "a reset by link": resets_by_link,
}


def planted(trial: Trial, *, reads_mail: bool = True) -> tuple[Person, Person]:
    """A thief who has signed up with the owner's address, and the owner at another browser.

    Args:
        trial: of this attack.
        reads_mail: the thief has the mailed key and has logged in with it.
    """
    owner = trial.site.stranger("ann")
    thief = Person(trial.site, owner.email)
    thief.sign_up()
    if reads_mail:
        thief.log_out()
        thief.log_in()
        trial.control(thief.is_logged_in, "the mailed key does not log in")
    return thief, owner


@attack("SE6")
def signing_up_is_no_key_entry(trial: Trial) -> None:
    """A thief who has signed up with somebody's address, and has no mail, asks for a shown key,
    the data, another address and another key, and deletes the account.

    Each time the mailed key is asked for first.
    """
    thief, owner = planted(trial, reads_mail=False)
    mine = trial.site.stranger("thief").email
    keys = {"new_key": THIEFS_KEY, "confirm_key": THIEFS_KEY}
    before = thief.portrait()
    for headers in ({}, HTMX):
        shown = thief.post("/profile/first-key", headers=headers)
        trial.check(not KEY.search(shown.main), "a key is shown to who has only signed up")
        data = thief.ask("GET", "/profile/export", headers=headers)
        trial.check(owner.email not in data.text, "the data is given to who has only signed up")
        thief.post("/profile/email", {"email": mine}, headers)
        trial.check(not trial.site.mailbox.to(mine), "the account moves without a key")
        thief.post("/profile/key", {"current_key": "", **keys}, headers)
        trial.check(not owner.can_log_in(THIEFS_KEY), "a key is set without a key")
        thief.post("/profile/delete", {"current_key": ""}, headers)
        trial.check(thief.portrait() == before, "something was changed without a key")


@attack("SE6")
def who_proves_the_mailbox_is_in(trial: Trial) -> None:
    """An address that a stranger has signed up is proved by the link and by a reset.

    The owner is in, and confirmed.
    """
    for way, proves in PROOFS.items():
        _, owner = planted(trial, reads_mail=False)
        proves(owner)
        trial.check(owner.is_logged_in, f"after {way} the owner is not in")
        trial.check(owner.is_confirmed, f"after {way} the address is not confirmed")


@attack("CR6")
def a_planted_key_opens_nothing(trial: Trial) -> None:
    """A thief sets a key of their own, or is shown one, before the owner proves the mailbox.

    Neither that key nor the mailed one from before logs in afterwards, and the owner gets in.
    """

    def chooses(thief: Person) -> str:
        thief.choose_key(THIEFS_KEY)
        return THIEFS_KEY

    def is_shown(thief: Person) -> str:
        found = KEY.search("\n".join(thief.post("/profile/first-key").main.split()))
        trial.control(found, "no key was shown")
        return found[1] if found else ""

    for way, proves in PROOFS.items():
        for plants in (chooses, is_shown):
            thief, owner = planted(trial)
            mailed, key = owner.mails()[-1], plants(thief)
            trial.control(owner.can_log_in(key), "the planted key does not work before")
            proves(owner)
            trial.check(not owner.can_log_in(key), f"a planted key works after {way}")
            first = KEY.search(mailed.text)
            used = first is not None and owner.can_log_in(first[1])
            trial.check(not used, f"the mailed key works after another and {way}")
            owner.reset_key(OWN_KEY)
            trial.control(owner.can_log_in(OWN_KEY), f"after {way} the owner does not get in")


@attack("SE6")
def a_planted_session_is_over(trial: Trial) -> None:
    """A thief is logged in: from the sign-up, with the mailed key, and with copied cookies.

    All are guests when the owner has proved the mailbox.
    """
    for way, proves in PROOFS.items():
        for reads in (False, True):
            thief, owner = planted(trial, reads_mail=reads)
            browsers = [thief, thief.twin()]
            trial.control(all(b.is_logged_in for b in browsers), "the thief is not in before")
            proves(owner)
            inside = any(browser.is_logged_in for browser in browsers)
            trial.check(not inside, f"a planted session lives on after {way}")


@attack("SE6")
def the_browser_that_signed_up_is_forgotten(trial: Trial) -> None:
    """A thief keeps the cookies that signed the address up, and the form, and sends it again: after
    the owner has proved the mailbox, and after the owner has logged in with the mailed key.

    It is refused each time; nobody is logged in by it.
    """

    def logs_in(owner: Person) -> Page:
        found = KEY.search(owner.mails()[-1].text)
        return owner.log_in(found[1] if found else "")

    for way, proves in {**PROOFS, "a log-in": logs_in}.items():
        owner = trial.site.stranger("ann")
        thief = Person(trial.site, owner.email)
        page = thief.open("/signup")
        copies = [thief.twin() for _ in range(2)]
        form = page.form("Sign up")
        thief.submit(page, form, {"Email": owner.email})
        copies[0].submit(page, form, {"Email": owner.email})  # a double click is one sign-up
        older = len(owner.mails())
        proves(owner)
        trial.control(owner.is_logged_in, f"{way}: the owner is not in")
        for copy in (*copies, *(copy.twin() for copy in copies)):
            copy.submit(page, form, {"Email": owner.email})
            trial.check(not copy.is_logged_in, f"the cookie of the sign-up logs in after {way}")
        trial.check(owner.is_logged_in, f"the owner was logged out after {way}")
        trial.check(len(owner.mails()) <= older + 3, f"more mails come after {way}")


@attack("RL3")
def a_planted_browser_is_not_known(trial: Trial) -> None:
    """A thief has logged in with the mailed key before the owner proves the mailbox, or with the
    owner's key before a reset, and keeps all cookies but the session. A flood of wrong keys comes.

    The thief's browser has no tries of its own: it is told to wait like any stranger, while the
    browser in which the owner logged in is not.
    """
    for way, proves in {name: PROOFS[name] for name in ("the link", "a reset by code")}.items():
        thief, owner = planted(trial)
        proves(owner)
        owner.reset_key(OWN_KEY)
        check_flood(trial, owner, thief, way)
    owner = trial.site.confirmed()
    thief = owner.elsewhere()
    thief.log_in()
    owner.reset_key(NEW_KEY)
    check_flood(trial, owner, thief, "a reset of a confirmed account")


def check_flood(trial: Trial, owner: Person, thief: Visitor, way: str) -> None:
    owner.log_in()
    owner.log_out()
    for number in range(FAILURES + 1):
        trial.site.visitor().post("/login", {"email": owner.email, "key": f"wrong, {number}"})
    stranger = tried(trial.site.visitor(), owner)
    trial.control(stranger == 429, f"a flood is not stopped ({stranger})")
    trial.control(tried(owner, owner) != 429, f"{way}: the owner's browser is shut out")
    trial.check(tried(thief, owner) == 429, f"{way}: a thief's browser has tries of its own")


def tried(visitor: Visitor, owner: Person) -> int:
    """Enter a wrong key at a browser, as a guest."""
    for cookie in [c for c in visitor.http.cookies if "session" in c.name]:
        visitor.http.cookies.clear(cookie.domain, cookie.path, cookie.name)
    return visitor.post("/login", {"email": owner.email, "key": "surely a wrong one"}).status


@attack("TK9")
def a_planted_code_is_void(trial: Trial) -> None:
    """A thief asks for a code for the owner's address and reads it, before the owner proves the
    mailbox. Then the thief uses the code where it was asked for, and the link beside it.

    Both are refused, and the thief's key is not set.
    """
    fields = {"New access key": THIEFS_KEY, "Confirm new access key": THIEFS_KEY}
    for way, proves in PROOFS.items():
        thief, owner = planted(trial, reads_mail=False)
        thief = thief.elsewhere()
        page, code = thief.code()
        link = newest(owner, RESET)
        trial.control(CODE.search(code), "no code was mailed")
        proves(owner)
        answer = thief.use_code(page, code, THIEFS_KEY)
        trial.check(answer.status != 303, f"a planted code works after {way}")
        answer = trial.site.visitor().press(link, fields)
        trial.check(answer.status != 303, f"the link beside a planted code works after {way}")
        trial.check(not owner.can_log_in(THIEFS_KEY), f"a planted code sets a key after {way}")


@attack("EM1")
def a_planted_move_is_void(trial: Trial) -> None:
    """A thief asks to move the account to an address of theirs, before the owner proves the
    mailbox, and presses the link mailed there afterwards.

    It is refused, and the account has the owner's address still.
    """
    for way, proves in PROOFS.items():
        thief, owner = planted(trial)
        mine = trial.site.stranger("thief").email
        move = partial(thief.ask_to_move, mine)
        mail = thief.mail_after("/email/confirm/", move, to=mine)
        proves(owner)
        trial.check(mine not in owner.portrait(), f"a planted move is pending after {way}")
        answer = trial.site.visitor().press(mail.path("/email/confirm/"))
        trial.check(is_refused(answer), f"a planted move is confirmed after {way}")
        trial.check(owner.email in owner.portrait(), f"the owner lost the account after {way}")
