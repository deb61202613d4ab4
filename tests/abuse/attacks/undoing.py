"""The undo links: the end of a thief, and of nothing that belongs to others."""

from __future__ import annotations

from minimaluser.testing.patterns import KEY
from minimaluser.testing.people import NEW_KEY, OWN_KEY
from tests.abuse.attack import Trial, attack
from tests.abuse.attacks.links import is_refused
from tests.abuse.visitor import Person

THIEFS_KEY = "the thief holds on to this one"
CONFIRM, UNDO, COMEBACK = "/email/confirm/", "/email/undo/", "/closing/undo/"


def moved(trial: Trial, person: Person, email: str) -> tuple[str, str]:
    """Move somebody to another address and confirm it there.

    Returns:
        The key mailed there, and the link that undoes the move.
    """
    mail = person.mail_after(CONFIRM, lambda: person.ask_to_move(email), to=email)
    undo = trial.site.mailbox.wait(person.email, UNDO, frozenset()).path(UNDO)
    trial.control(person.press(mail.path(CONFIRM)).status == 303, "it cannot be confirmed")
    found = KEY.search(mail.text)
    return found[1] if found else "", undo


@attack("EM5")
def an_undo_ends_a_thief_who_has_the_key(trial: Trial) -> None:
    """A thief knows the key, asks to move the account, and changes the key; the move is never
    confirmed. The owner presses the undo link of the notice.

    Neither the thief's key nor the one from before opens anything, the thief is logged out, the
    move is void; the owner gets in by a mailed code.
    """
    site = trial.site
    owner = site.confirmed()
    thief, mine = owner.elsewhere(), site.stranger("thief").email
    thief.log_in()
    mail = thief.mail_after(CONFIRM, lambda: thief.ask_to_move(mine), to=mine)
    undo = site.mailbox.wait(owner.email, UNDO, frozenset()).path(UNDO)
    thief.choose_key(THIEFS_KEY)
    copy = thief.twin()
    trial.check(site.visitor().press(undo).status == 303, "the undo link does not work")
    for browser in (thief, copy):
        trial.check(not browser.is_logged_in, "the thief is still logged in")
    trial.check(not owner.can_log_in(THIEFS_KEY), "the thief's key still works")
    trial.check(not owner.can_log_in(OWN_KEY), "the key that the thief knew works again")
    answer = site.visitor().press(mail.path(CONFIRM))
    trial.check(is_refused(answer), "the thief's move can be confirmed after the undo")
    owner.reset_key(NEW_KEY)
    trial.check(owner.can_log_in(), "the owner does not get in")


@attack("EM5")
def an_undone_move_brings_no_old_key_back(trial: Trial) -> None:
    """A thief who knows the key moves the account away and confirms. The owner undoes it.

    The key from before, which the thief knows, is off; so is the thief's browser; the owner gets in
    by a mailed code.
    """
    site = trial.site
    owner = site.confirmed()
    thief = owner.elsewhere()
    thief.log_in()
    fresh, undo = moved(trial, thief, site.stranger("thief").email)
    trial.check(site.visitor().press(undo).status == 303, "the undo link does not work")
    for key in (OWN_KEY, fresh):
        trial.check(not owner.can_log_in(key), "a key that the thief knows works after the undo")
    trial.check(not thief.is_logged_in, "the thief is still logged in")
    owner.reset_key(NEW_KEY)
    trial.check(owner.can_log_in(), "the owner does not get in")


@attack("DL1")
def a_strangers_deletion_is_undone(trial: Trial) -> None:
    """A stranger has signed up with the owner's address, has the mailed key, sets a key of their
    own, and deletes the account. The owner presses the link in the goodbye mail.

    The account is the owner's: confirmed, and no key or session of the stranger's works.
    """
    owner = trial.site.stranger("ann")
    thief = Person(trial.site, owner.email)
    thief.sign_up()
    mailed = thief.key
    thief.log_out()
    thief.log_in()
    thief.choose_key(THIEFS_KEY)
    copies = [thief.twin(), thief.twin()]
    mail = thief.mail_after(COMEBACK, thief.leave)
    trial.check(owner.press(mail.path(COMEBACK)).status == 303, "the undo link does not work")
    for browser in (thief, *copies):
        trial.check(not browser.is_logged_in, "the stranger is logged in again")
    for key in (mailed, THIEFS_KEY):
        trial.check(not owner.can_log_in(key), "the stranger's key works after the undo")
    owner.reset_key(OWN_KEY)
    owner.log_in()
    trial.check(owner.is_confirmed, "the owner is not in, or not confirmed")


@attack("DL1")
def an_undone_deletion_brings_all_of_it_back(trial: Trial) -> None:
    """A thief who knows the key deletes an account. The owner presses the link in the mail.

    Nickname and events are as before, and the thief's key and session are worth nothing.
    """
    owner = trial.site.confirmed()
    owner.fill_in("/profile/nickname", {"nickname": f"Mine {owner.email[4:14]}"})
    before = nickname(owner)
    events = owner.ask("GET", "/profile/events").main
    trial.control("Mine" in before and events, "the nickname could not be chosen")
    thief = owner.elsewhere()
    thief.log_in()
    mail = thief.mail_after(COMEBACK, thief.leave)
    trial.check(not owner.is_logged_in, "a session outlives the deletion")
    trial.check(trial.site.visitor().press(mail.path(COMEBACK)).status == 303, "it is not undone")
    trial.check(not owner.can_log_in(), "the key that the thief knows works after the undo")
    trial.check(not thief.is_logged_in, "the thief is logged in")
    owner.reset_key(NEW_KEY)
    owner.log_in()
    trial.check(owner.is_logged_in, "the owner does not get in")
    trial.check(nickname(owner) == before, "the nickname did not come back")


@attack("EM5")
def the_address_before_gets_what_was_there_before(trial: Trial) -> None:
    """An attacker moves an account to somebody's address, who accepts it and puts things in. Within
    72 hours the attacker undoes the move.

    The attacker gets the account as it was: nothing that the other has put in. The other is told by
    mail, and was told before, at the page of the link.
    """
    site = trial.site
    attacker, victim = site.confirmed("eve"), site.stranger("ann")
    was = nickname(attacker)
    mail = attacker.mail_after(CONFIRM, lambda: attacker.ask_to_move(victim.email), to=victim.email)
    undo = site.mailbox.wait(attacker.email, UNDO, frozenset()).path(UNDO)
    page = victim.open(mail.path(CONFIRM))
    trial.check(attacker.email in page.main, "the page does not say who can undo it")
    trial.control(victim.press(mail.path(CONFIRM)).status == 303, "it cannot be confirmed")
    found = KEY.search(mail.text)
    victim.key = found[1] if found else ""
    victim.log_in()
    secret = f"Private {victim.email[4:14]}"
    victim.fill_in("/profile/nickname", {"nickname": secret})
    trial.control(secret in victim.portrait(), "the victim cannot put anything in")
    older = len(victim.mails())
    trial.control(site.visitor().press(undo).status == 303, "the attacker cannot undo it")
    trial.check(len(victim.mails()) > older, "who loses the account is not told")
    attacker.reset_key(NEW_KEY)
    attacker.log_in()
    trial.control(attacker.is_logged_in, "the attacker does not get in")
    data = attacker.ask("GET", "/profile/export").text
    for text in (attacker.portrait(), data):
        trial.check(secret not in text, "the attacker gets what the victim put in")
    trial.check(victim.email not in data, "the attacker's data name the victim")
    trial.check(nickname(attacker) == was, "the account is not as it was")


def nickname(person: Person) -> str:
    """What somebody is called."""
    return person.open("/profile/nickname").form("Save").filled({})["nickname"]
