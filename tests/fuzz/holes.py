"""The holes that attackers once came through, dug again one by one: each model finds its own.

`HOLES=one,another pytest tests/fuzz/test_thief.py` digs before anything is used. A hole names its
models, and words with which each says what it has found.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from minimaluser import mail
from minimaluser.accounts import (
    access_key,
    closing,
    confirmation,
    email_address,
    key_reset,
    signup,
    undo,
)
from minimaluser.accounts import login as login_story
from minimaluser.database import transaction
from minimaluser.lib import htmx
from minimaluser.mailer import contract
from minimaluser.models import Token, User, people
from minimaluser.security import acting, limits, links, mails
from minimaluser.security.credentials import After
from minimaluser.views import signup as signup_view
from tests import digging
from tests.digging import no_limits, nothing, put, put_in, spare, without


@dataclass(frozen=True)
class Hole:
    """Something that was wrong, and which models must say what of it."""

    name: str
    found_by: dict[str, str]
    dig: Callable[[], Any]


HOLES: dict[str, Hole] = {}


def hole(**found_by: str) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Register a function that brings an old fault back; models by name with their words."""

    def register(dig: Callable[[], Any]) -> Callable[[], Any]:
        HOLES[dig.__name__] = Hole(dig.__name__, found_by, dig)
        return dig

    return register


def dig_those_wanted() -> None:
    """Dig the holes that the environment names, once in this process."""
    for name in filter(None, os.environ.pop("HOLES", "").split(",")):
        HOLES[name].dig()


KEY, KNOWN = "still works: key", "still works: .*known browser"
ROWS = "line [0-9]+:|lines and"  # of what two worlds show, which differ
MOVED = {"thief": "still works: .*link /email/confirm|took the account away"}
SESSION = {"thief": "still works: .*session", "life": r"^\d\n"}

# What outlives which proof of the mailbox.
for _name, _kind, _after, _found_by in (
    ("an_undo_keeps_the_key", "access key", [After.UNDO], {"thief": KEY, "life": "^\\('"}),
    ("known_browsers_stay_known", "known browser", [*After], {"thief": KNOWN}),
    ("a_move_survives_a_confirmation", "pending address", [After.CONFIRMATION], MOVED),
    ("a_move_survives_a_reset", "pending address", [After.RESET], MOVED),
    ("a_move_survives_an_undo", "pending address", [After.UNDO], MOVED),
    ("codes_survive", "code", [*After], {"thief": "still works: .*(code|link /reset-key)"}),
    ("a_reset_ends_no_session", "session", [After.RESET], SESSION),
    ("a_confirmation_ends_no_session", "session", [After.CONFIRMATION], SESSION),
):
    HOLES[_name] = Hole(_name, _found_by, partial(spare, _kind, *_after))


@hole(thief=KEY)
def a_confirmation_keeps_any_key() -> None:
    """Whoever has set a key before the address was confirmed keeps it."""
    put(confirmation, "_has_entered_key", lambda *_: True)


@hole(thief="still works: .*link /(email|closing)/undo")
def an_undo_leaves_later_undo_links() -> None:
    """What was mailed to the thief, who had moved the account twice, undoes the owner's undo."""
    put(links, "void_since", nothing)


@hole(thief="the account is (nowhere|lost|another)|took the account away|the owner gets no code")
def a_move_cannot_be_undone_after_another() -> None:
    """A newer link that undoes voids the older one, so who moves twice keeps the account."""
    put(links, "UNDO", ())


@hole(budgets="waits in vain")
def a_crowd_of_accounts_holds_up_everybody() -> None:
    """Codes and undo links of all accounts share the minute of all other mail."""
    put(contract, "ESSENTIAL_TIMES", 1)


@hole(budgets="'undo', |waits in vain")
def log_ins_have_no_end() -> None:
    """Each log-in with the right key is told by mail, however many there are."""
    no_limits("log-in-done", "log-in", "new-device-mail")


@hole(budgets="'(proof|notice)', ")
def key_changes_have_no_end() -> None:
    """Each change of the key sends a mail, past every cap."""
    no_limits("new-key", "notice-mail", "confirm-mail")


@hole(budgets="'code', ")
def known_browsers_count_for_themselves() -> None:
    """Each known browser has a budget of codes, and nobody adds up those of one account."""
    no_limits("forgot-key-mail-known")


@hole(thief="still works|took the account away")
def nobody_looks_again() -> None:
    """A use case locks the person, and does not see that the session has ended meanwhile."""

    @contextmanager
    def lax(user: User, *, recent_key: bool = False) -> Iterator[None]:
        with transaction():
            if people.lock(people.id_of(user)) is None:
                raise acting.SessionEnded
            yield

    for module in (access_key, confirmation, email_address, closing):
        put(module, "acting", lax)


@hole(thief=KEY)
def signing_up_enters_the_key() -> None:
    """Signing up counts as entering the key, and a confirmation leaves the key that was set."""
    digging.take_signing_up_for_a_key_entry()
    put(confirmation, "_has_entered_key", lambda *_: True)


@hole(thief="still works: .*sign-up")
def a_double_click_has_no_end() -> None:
    """The browser that signed up is let in again, whatever the owner has done since."""
    digging.let_double_clicks_in_for_ever()


@hole(thief=KEY)
def an_undo_restores_the_key() -> None:
    """An undo brings back the key of before, with which the thief came in."""
    settle = undo.settle

    def email_link(user: User) -> str:
        known: Any = {"key_hash": user.key_hash, "key_is_first": user.key_is_first}
        return links.make(user, links.UNDO_EMAIL, email=user.email, **known)

    def settle_with_key(user: User, row: Token) -> None:
        settle(user, row)
        if row.key_hash:
            user.key_hash, user.key_is_first = row.key_hash, bool(row.key_is_first)
            user.key_off_at = None

    put(undo, "email_link", email_link)
    put(undo, "settle", settle_with_key)


@hole(thief=KNOWN)
def unproved_browsers_are_known() -> None:
    """Whoever logs in before the address is confirmed has a known browser."""
    digging.know_browsers_without_proof()
    spare("known browser", *After)


@hole(thief="not confirmed")
def a_reset_does_not_confirm() -> None:
    """Whoever has set a key by a mailed code is still asked to confirm the address."""
    digging.reset_without_confirming()


@hole(worlds=ROWS)
def only_a_free_address_has_a_link() -> None:
    """A move to an address that somebody has adds no link, and the own export shows it."""
    digging.make_links_to_free_addresses_only()


@hole(worlds=ROWS)
def a_private_sign_up_shows_what_was_granted() -> None:
    """The nickname that a private sign-up shows is in use only if the address was free."""
    grant, create, granted = signup._grant, signup_view._create_privately, list[str]()

    def note(*arguments: Any) -> User:
        user = grant(*arguments)
        granted.append(user.nickname)
        return user

    def create_and_show(form: Any) -> Any:
        answer = create(form)
        went_well = answer.status_code in {204, 303}
        return htmx.go("/signup/mail", f"You are {granted[-1]}.") if went_well else answer

    put(signup, "_grant", note)
    put(signup_view, "_create_privately", create_and_show)


@hole(worlds=ROWS)
def a_taken_address_costs_no_number() -> None:
    """A private sign-up adds a user only where there is none, so later numbers tell."""
    open_account = signup._open

    def open_or_tell(user: User, key: str, owner: User | None = None, **more: Any) -> None:
        if owner is None:
            return open_account(user, key, owner, **more)
        sent = bool(more.get("is_told", True))
        return mail.send_email_taken(owner, budgets=mails.AT_SIGN_UP, sent=sent)

    put(signup, "_open", open_or_tell)


@hole(siege=ROWS)
def too_many_wrong_keys_are_told() -> None:
    """After a hundred wrong keys in a row the answer is another one; an owner ends such a row."""

    class Told(Exception):
        pass

    put(login_story, "limits", without(limits, TooMany=Told))


@hole(budgets="waits in vain")
def the_mailer_has_one_cap_for_all() -> None:
    """Mails of all kinds to somebody share ten a day, so that notices keep codes away."""
    name_of = contract.name_of
    put(contract, "name_of", lambda secret, address, _class="": name_of(secret, address))
    put(contract, "CLASSES", dict.fromkeys(contract.CLASSES, 1))


@hole(budgets="promised, and 0 came")
def a_code_is_promised_and_not_sent() -> None:
    """The page says that a code is on its way when too many were sent already."""

    def send(user: User | None, email: str, browser: str, **more: Any) -> None:
        with suppress(mails.NoMail):
            mail._send_code(user, email, browser, **more)

    def to_user(user: User, code: str, link: str, browser: str = "", again: int = 0) -> None:
        send(user, user.email, browser, code=code, link=link)

    def to_nobody(email: str, code: str, link: str) -> None:
        send(None, email, "", sent=False, user=None, code=code, link=link)

    put(key_reset, "mail", without(mail, send_key_reset_code=to_user, send_no_code=to_nobody))


@hole(budgets="no code within the hour")
def a_flood_takes_every_code() -> None:
    """When strangers have used up the codes of a day, none comes any more."""
    ways = mails.ways_for_code

    def fewer(address: str, browser: str) -> list[Any]:
        return [way for way in ways(address, browser) if way[0][0] != "forgot-key-mail-more"]

    put(mails, "ways_for_code", fewer)


@hole(budgets="a known browser is sent no code|no code within the hour")
def known_browsers_ask_as_strangers() -> None:
    """The owner's browsers have no budget of codes of their own."""
    digging.send_codes_as_to_strangers()


@hole(budgets="in silence|cannot come back")
def an_undo_mail_is_dropped() -> None:
    """A move or a deletion is done although the mail that could undo it does not go out."""
    for name, kind in mails.KINDS.items():
        if kind.mail_class == contract.UNDO:
            put_in(mails.KINDS, name, kind._replace(courtesy=True))


@hole(budgets="a known browser is sent no code")
def a_crowd_shuts_everybody_out() -> None:
    """When the whole site is asked for too many codes, known browsers are refused, too."""
    count = limits.count

    def same_for_all(action: str, *more: str, known: bool = False) -> limits.Attempt:
        return count(action, *more)

    put(limits, "count", same_for_all)
