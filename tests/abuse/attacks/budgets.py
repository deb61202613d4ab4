"""Mails: what an owner needs to come back is used up by nobody, and nobody is drowned."""

from __future__ import annotations

import ipaddress
import secrets

from minimaluser.testing.patterns import CODE
from tests.abuse.attack import NotTried, Trial, attack
from tests.abuse.site import CROWD
from tests.abuse.visitor import Person, Visitor, at_once

LOG_INS = 12
NEW_DEVICES, CONFIRMATIONS = 3, 5  # mails a day at most
A_NETWORK_AN_HOUR = 10  # times four for a /48
FLOOD = 8


def mails_of(person: Person, words: str) -> int:
    return sum(words in mail.subject for mail in person.mails())


@attack("EM2")
def many_log_ins_use_up_no_undo_and_no_code(trial: Trial) -> None:
    """A thief who knows the key logs in 12 times, each time as a new device, and changes the key,
    then moves the account away.

    Three mails about devices come at most, both mails with an undo link, and the owner's code; the
    first link brings the account back.
    """
    site = trial.site
    owner = site.confirmed()
    for _ in range(LOG_INS):
        thief = owner.elsewhere()
        trial.control(thief.log_in().status == 303, "the thief cannot log in")
    devices = mails_of(owner, "new device")
    trial.check(devices <= NEW_DEVICES, f"{devices} mails about new devices")
    mine = site.stranger("thief").email
    older = frozenset(mail.id for mail in owner.mails())
    answer = thief.ask_to_move(mine)
    links = undo_links(owner, older)
    if answer.status != 303:
        trial.check(not site.mailbox.to(mine), "a refused move is under way")
    trial.check(links or answer.status != 303, "a move began without an undo link")
    moving = [mail.path("/email/confirm/") for mail in site.mailbox.to(mine)]
    if moving:
        site.visitor().press(moving[0])
        links = undo_links(owner, older)
        trial.check(len(links) == 2, f"{len(links)} of two mails with an undo link came")
    undone = bool(links) and site.visitor().press(links[-1]).status == 303
    trial.check(undone, "the first undo link does not work")
    older = frozenset(mail.id for mail in owner.mails())
    asker = owner.elsewhere()
    asker.forget_key()
    came = [mail for mail in owner.mails() if mail.id not in older and CODE.search(mail.text)]
    trial.check(came, "the owner's code does not come")


def undo_links(owner: Person, older: frozenset[str]) -> list[str]:
    """Links in mails that are none of `older`, newest first."""
    found = [mail.path("/email/undo/") for mail in owner.mails() if mail.id not in older]
    return [link for link in found if link]


@attack("EN3")
def key_changes_fill_no_mailbox(trial: Trial) -> None:
    """Somebody signs up with another's address, has the mailed key, and changes the key 20 times.

    Five mails come at most.
    """
    thief = trial.site.unconfirmed()
    thief.log_out()
    thief.log_in()
    older, changed = len(thief.mails()), 0
    for number in range(20):
        changed += thief.try_key(f"a key of many words, number {number}").status == 303
    trial.control(changed, "the key cannot be changed at all")
    sent = len(thief.mails()) - older
    trial.tries += changed
    trial.check(sent <= CONFIRMATIONS, f"{sent} mails to an address that nobody has confirmed")


@attack("RL3")
def strangers_do_not_use_up_the_owners_codes(trial: Trial) -> None:
    """Strangers ask for codes for an owner's address, eight times from as many networks, and six
    times from one; then the owner asks, in a browser that is known.

    Whenever the page says that a code is on its way one came (each answer is compared with the
    mailbox); otherwise it says that none was sent. The owner's comes, and works.
    """
    site = trial.site
    owner = site.confirmed()
    owner.log_out()
    one = site.visitor()
    askers = [site.visitor() for _ in range(FLOOD)] + [one] * 6
    refused = 0
    for asker in askers:
        older = len(owner.mails())
        answer = asker.fill_in("/forgot-key", {"email": owner.email})
        came = len(owner.mails()) - older
        said = answer.status == 303
        trial.check(said == bool(came), f"{answer.status} was answered and {came} mails came")
        refused += not said
        if not said:
            trial.check(answer.status == 429, f"refused with {answer.status}")
            trial.check("no code was sent" in answer.main.lower(), "the refusal does not say so")
    trial.control(refused, "strangers may ask as often as they like")
    known = {mail.id for mail in owner.mails()}
    page = owner.forget_key()
    new = [mail for mail in owner.mails() if mail.id not in known]
    trial.check(page.status == 200 and new, f"the owner gets no code ({page.status})")
    if new and (found := CODE.search(new[0].text)):
        trial.check(owner.use_code(page, found[1]).status == 303, "the owner's code does not work")


@attack("RL2")
def a_wide_network_shuts_nobody_out(trial: Trial) -> None:
    """One /48 of IPv6 asks for codes for made-up addresses, each time from another /64 of it.

    It is told to wait after four times what one network may, and everybody else is still served:
    another /48, somebody with IPv4, and an owner.
    """
    site = trial.site
    if not site.is_ours:
        raise NotTried("needs to be the proxy, to come from an IPv6 network")
    owner = site.confirmed()
    owner.log_out()
    most = 4 * A_NETWORK_AN_HOUR * CROWD
    house = ipaddress.IPv6Address(f"2001:db8:{secrets.randbelow(1 << 16):x}::")
    other = ipaddress.IPv6Address(f"2001:db9:{secrets.randbelow(1 << 16):x}::")
    clients = [at_address(site.visitor(), house + (n << 64)) for n in range(8)]
    pages = [client.ask("GET", "/forgot-key") for client in clients]

    def ask(number: int) -> list[int]:
        client, found = clients[number], []
        for turn in range(most // len(clients) + 2):
            at_address(client, house + ((number * 1000 + turn) << 64) + turn)
            sent = {"csrf_token": pages[number].token, "email": site.stranger("made-up").email}
            found.append(client.send("/forgot-key", sent).status)
        return found

    statuses = [s for found in at_once([lambda n=n: ask(n) for n in range(8)]) for s in found]
    trial.tries += len(statuses)
    trial.check(max(statuses) < 500, f"answers {sorted(set(statuses))}")
    trial.check(429 in statuses, f"{len(statuses)} times from one /48, and no end")
    for name, visitor in {
        "another /48": at_address(site.visitor(), other),
        "IPv4": site.visitor(),
        "the owner": owner,
    }.items():
        answer = visitor.fill_in("/forgot-key", {"email": owner.email})
        trial.check(answer.status == 303, f"{name} is shut out ({answer.status})")


def at_address(visitor: Visitor, address: ipaddress.IPv6Address) -> Visitor:
    """Come from an address of IPv6, as the proxy tells it."""
    visitor.http.headers["X-Forwarded-For"] = str(address)
    return visitor


@attack("RL3")
def who_had_the_key_does_not_take_every_way_in(trial: Trial) -> None:
    """Somebody who had the key for a moment logs in and out in three browsers, uses up the codes
    that these may ask for, and tries wrong keys in them.

    A mail about a new device has a link that ends it all: after it the owner gets a code and in.
    """
    site = trial.site
    owner = site.confirmed()
    thieves = [owner.elsewhere() for _ in range(3)]
    for thief in thieves:
        trial.control(thief.log_in().status == 303, "the thief cannot log in")
        thief.log_out()
    for thief in thieves * 5:
        thief.forget_key()
        thief.log_in("not the key")
    told = [mail for mail in owner.mails() if "new device" in mail.subject]
    link = next((mail.path("/email/undo/") for mail in told), "")
    undone = bool(link) and site.visitor().press(link).status == 303
    trial.check(undone, "no mail about a new device has a link that ends it")
    older = {mail.id for mail in owner.mails()}
    owner.elsewhere().forget_key()
    codes = [mail for mail in owner.mails() if mail.id not in older and CODE.search(mail.text)]
    trial.check(codes, "the owner gets no code after that")
    for thief in thieves:
        trial.check(thief.log_in().status != 303, "the thief's key still opens the account")
