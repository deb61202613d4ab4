"""The holes that attackers once came through, dug again one by one: each model finds its own.

`HOLES=one,another pytest tests/fuzz/test_thief.py` digs before anything is used. A hole names its
models, and words with which each says what it has found.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from minimaluser import accounts, mail
from minimaluser.accounts import (
    access_key,
    closing,
    confirmation,
    email_address,
    key_reset,
    login,
    signup,
    undo,
)
from minimaluser.database import transaction
from minimaluser.lib import browsers, clock, htmx
from minimaluser.mailer import contract
from minimaluser.models import Token, User, people
from minimaluser.rules import rules
from minimaluser.security import acting, credentials, known_browsers, limits, links, mails, sessions
from minimaluser.security.credentials import After
from minimaluser.views import signup as signup_view
from tests.abuse.broken import nothing, put, put_in, without

MODELS = {
    "thief": "tests/fuzz/test_thief.py",
    "life": "tests/fuzz/test_life.py",
    "budgets": "tests/fuzz/test_budgets.py",
    "worlds": "tests/fuzz/test_worlds.py::test_EN1_EN4_EN5_in_two_worlds_a_stranger_sees_the_same",
    "siege": "tests/fuzz/test_worlds.py"
    "::test_EN3_a_hundred_wrong_keys_do_not_tell_that_an_owner_logs_in_between",
}
KINDS = credentials.KINDS  # as they should be


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


def keep(kind: str, *after: After) -> None:
    """Have a kind of credential survive what ends it."""
    (found,) = [each for each in KINDS if each.name.startswith(kind)]
    assert found.ends_after.intersection(after)
    weak = replace(found, ends_after=found.ends_after.difference(after))
    put(credentials, "KINDS", tuple(weak if k is found else k for k in KINDS))


# --- what somebody holds outlives a proof of the mailbox


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


@hole(thief="still works: key")
def signing_up_enters_the_key() -> None:
    """Who signs up may do what needs the key, and a confirmation leaves what they have set."""

    def log_in(user: User, user_agent: str) -> None:
        browser = browsers.describe(user_agent)
        sessions.open_session(user, False, browser, key_entered_at=clock.now())

    put(signup, "_log_in", log_in)
    put(confirmation, "_has_entered_key", lambda *_: True)


@hole(thief="still works: key")
def a_confirmation_keeps_any_key() -> None:
    """Whoever has set a key before the address was confirmed keeps it."""
    put(confirmation, "_has_entered_key", lambda *_: True)


@hole(thief="still works: .*sign-up")
def a_double_click_has_no_end() -> None:
    """The browser that signed up is let in again, whatever the owner has done since."""

    def is_double_click(user: User, browser_hash: str) -> bool:
        return user.signup_browser == browser_hash

    put(signup, "_is_double_click", is_double_click)
    keep("browser that signed up", *After)


@hole(thief="still works: key", life="^\\('")
def an_undo_keeps_the_key() -> None:
    """An undo leaves the key in force, which whoever has moved the account set."""
    keep("access key", After.UNDO)


@hole(thief="still works: key")
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


@hole(thief="still works: .*known browser")
def known_browsers_stay_known() -> None:
    """A browser that was once let in has limits of its own for ever."""
    keep("known browser", *After)


@hole(thief="still works: .*known browser")
def unproved_browsers_are_known() -> None:
    """Whoever logs in before the address is confirmed has a known browser."""

    def find(token: str, user: User | None) -> str | None:
        try:
            secrets, purpose = known_browsers.settings.jwt_secret_user, "known-browser"
            claims = known_browsers.tokens.read(secrets, purpose, token)
        except known_browsers.tokens.BadToken:
            return None
        return str(claims["jti"]) if user is not None and claims["sub"] == str(user.id) else None

    put(known_browsers, "find", find)
    keep("known browser", *After)


@hole(thief="still works: .*link /email/confirm|took the account away")
def a_pending_move_survives_a_confirmation() -> None:
    """What another browser asked for before goes on after the address is confirmed."""
    keep("pending address", After.CONFIRMATION)


@hole(thief="still works: .*link /email/confirm|took the account away")
def a_pending_move_survives_a_reset() -> None:
    """A thief's move can be confirmed after the owner has set a new key."""
    keep("pending address", After.RESET)


@hole(thief="still works: .*link /email/confirm|took the account away")
def a_pending_move_survives_an_undo() -> None:
    """An undo leaves another move of the thief's standing."""
    keep("pending address", After.UNDO)


@hole(thief="still works: .*(code|link /reset-key)")
def codes_survive() -> None:
    """A code, and the link beside it, is good until it expires, whatever the owner does."""
    keep("code", *After)


@hole(thief="still works: .*link /(email|closing)/undo")
def an_undo_leaves_later_undo_links() -> None:
    """What was mailed to the thief, who had moved the account twice, undoes the owner's undo."""
    put(links, "void_since", nothing)


@hole(thief="still works: .*session", life=r"^\d\n")
def a_reset_ends_no_session() -> None:
    """A copied session outlives a new key."""
    keep("session", After.RESET)


@hole(thief="still works: .*session", life=r"^\d\n")
def a_confirmation_ends_no_session() -> None:
    """Who signed up with somebody's address stays logged in when the owner confirms."""
    keep("session", After.CONFIRMATION)


@hole(thief="not confirmed")
def a_reset_does_not_confirm() -> None:
    """Whoever has set a key by a mailed code is still asked to confirm the address."""
    set_key = access_key.set_key

    def and_take_back(user: User, hashed: str, after: After) -> None:
        is_new = user.confirmed_at == clock.now() and after == After.RESET
        user.confirmed_at = None if is_new else user.confirmed_at
        set_key(user, hashed, after)

    put(key_reset, "access_key", without(access_key, set_key=and_take_back))


@hole(thief="the account is (nowhere|lost|another)|took the account away|the owner gets no code")
def a_move_cannot_be_undone_after_another() -> None:
    """A newer link that undoes voids the older one, so who moves twice keeps the account."""
    put(links, "UNDO", ())


# --- a stranger learns who has an account


@hole(worlds="line [0-9]+:|lines and")
def only_a_free_address_has_a_link() -> None:
    """A move to an address that somebody has adds no link, and the own export shows it."""
    change = email_address.change_email

    def with_fewer_rows(user: User, email: str, current_key: str | None) -> None:
        identity = people.id_of(user)
        change(user, email, current_key)
        if people.by_email(email) is not None:
            with transaction():
                person = people.lock(identity)
                assert person is not None
                links._remove(person, links.CHANGE_EMAIL)

    put(accounts, "change_email", with_fewer_rows)


@hole(worlds="line [0-9]+:|lines and")
def a_private_sign_up_shows_what_was_granted() -> None:
    """The nickname that a private sign-up shows is in use only if the address was free."""
    privately, grant, granted = accounts.sign_up_privately, signup._grant, list[str]()

    def note(*arguments: Any) -> User:
        user = grant(*arguments)
        granted.append(user.nickname)
        return user

    def show() -> Any:
        return htmx.go("/signup/mail", f"You are {granted[-1]}.")

    create = signup_view._create_privately

    def create_and_show(form: Any) -> Any:
        answer = create(form)
        return show() if answer.status_code in {204, 303} else answer

    put(signup, "_grant", note)
    put(accounts, "sign_up_privately", privately)
    put(signup_view, "_create_privately", create_and_show)


@hole(worlds="line [0-9]+:|lines and")
def a_taken_address_costs_no_number() -> None:
    """A private sign-up adds a user only where there is none, so later numbers tell."""
    open_account = signup._open

    def open_or_tell(user: User, key: str, owner: User | None = None, **more: Any) -> None:
        if owner is None:
            return open_account(user, key, owner, **more)
        sent = bool(more.get("is_told", True))
        return mail.send_email_taken(owner, budgets=mails.AT_SIGN_UP, sent=sent)

    put(signup, "_open", open_or_tell)


@hole(siege="line [0-9]+:|lines and")
def too_many_wrong_keys_are_told() -> None:
    """After a hundred wrong keys in a row the answer is another one; an owner ends such a row."""

    class Told(Exception):
        pass

    put(login, "limits", without(limits, TooMany=Told))


# --- mail


def no_limit(*actions: str) -> None:
    for action in actions:
        put_in(rules.limits, action, {})


@hole(budgets="waits in vain")
def the_mailer_has_one_cap_for_all() -> None:
    """Mails of all kinds to somebody share ten a day, so that notices keep codes away."""
    name_of = contract.name_of
    put(contract, "name_of", lambda secret, address, _class="": name_of(secret, address))
    put(contract, "CLASSES", dict.fromkeys(contract.CLASSES, 1))


@hole(budgets="waits in vain")
def a_crowd_of_accounts_holds_up_everybody() -> None:
    """Codes and undo links of all accounts share the minute of all other mail."""
    put(contract, "ESSENTIAL_TIMES", 1)


@hole(budgets="'undo', |waits in vain")
def log_ins_have_no_end() -> None:
    """Each log-in with the right key is told by mail, however many there are."""
    no_limit("log-in-done", "log-in", "new-device-mail")


@hole(budgets="'(proof|notice)', ")
def key_changes_have_no_end() -> None:
    """Each change of the key sends a mail, past every cap."""
    no_limit("new-key", "notice-mail", "confirm-mail")


@hole(budgets="promised, and 0 came")
def a_code_is_promised_and_not_sent() -> None:
    """The page says that a code is on its way when too many were sent already."""

    def send(*arguments: Any, **more: Any) -> None:
        try:
            mail._send_code(*arguments, **more)
        except mails.NoMail:
            return

    put(
        key_reset,
        "mail",
        without(
            mail,
            send_key_reset_code=lambda user, code, link, browser="": send(
                user, user.email, browser, code=code, link=link
            ),
            send_no_code=lambda email, code, link: send(
                None, email, "", sent=False, user=None, code=code, link=link
            ),
        ),
    )


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
    ways = mails.ways_for_code
    put(mails, "ways_for_code", lambda address, _browser: ways(address, ""))


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


@hole(budgets="'code', ")
def known_browsers_count_for_themselves() -> None:
    """Each known browser has a budget of codes, and nobody adds up those of one account."""
    no_limit("forgot-key-mail-known")


# What no model sees, and the unit test that does.
FOR_UNIT_TESTS = {
    # Whoever has the link moves the account, with or without a session: nothing differs later.
    "a link pressed where the session has ended meanwhile gives a new one": (
        "tests/accounts/test_acting.py"
        "::test_SE5_using_a_link_opens_no_session_where_one_has_ended_meanwhile"
    ),
    # Strangers cause as many rows in both worlds, so such numbers are equal, too.
    "the export shows numbers of the database": (
        "tests/accounts/test_channels.py"
        "::test_EN1_rows_of_the_export_are_numbered_without_those_of_others"
    ),
    # It is about what belongs to an account, not about who gets in.
    "what a new owner put in goes to the address of before": (
        "tests/accounts/test_email_address.py"
        "::test_EM5_what_a_new_owner_has_added_does_not_go_to_the_earlier_address"
    ),
}
