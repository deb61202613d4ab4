"""Holes that were once in this site, each dug again: what an attack must find if they come back."""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, Response, request, session
from sqlalchemy import select, update

import minimaluser
from minimaluser import accounts, mail
from minimaluser.accounts import closing, confirmation, key_reset, removal, signup, undo
from minimaluser.accounts import sessions as session_list
from minimaluser.database import db, transaction
from minimaluser.lib import clock, cookies, rates, strength, tokens
from minimaluser.models import Session, User, people
from minimaluser.personal import belongings
from minimaluser.rules import rules
from minimaluser.security import acting, credentials, known_browsers, limits, links, mails, sessions
from minimaluser.security.credentials import After
from minimaluser.settings import settings_of
from minimaluser.testing.apps import change_settings
from minimaluser.views import guard, mailed_link
from minimaluser.views.browser import KNOWN_BROWSER
from minimaluser.views.logged_in import me_or_none
from tests.abuse.broken import hole, nothing, put, put_in, replace_view, spare, without

PLANTED = tuple(credentials.PROOFS)


def everywhere(name: str, new: Any) -> None:
    """Replace what views import by its name."""
    for module in vars(minimaluser.views).values():
        if hasattr(module, name):
            put(module, name, new)


# access


@hole("access.nobody_comes_where_they_may_not")
def what_is_declared_is_not_enforced(_app: Flask) -> None:
    """What a view declares for confirmed people is not looked at."""
    put(guard, "access", without(guard.access, CONFIRMED="nobody looks at it"))


# budgets


@hole("budgets.who_had_the_key_does_not_take_every_way_in")
def a_new_device_is_only_told(_app: Flask) -> None:
    """The mail about a new device leads to the forgotten key, which the thief has used up."""
    told = mail.send_new_device

    def tell(user: User, browser: str, network: str, _link: Any) -> None:
        told(user, browser, network, lambda: "http://127.0.0.1/forgot-key")

    put(mail, "send_new_device", tell)


@hole(
    "budgets.many_log_ins_use_up_no_undo_and_no_code",
    "budgets.strangers_do_not_use_up_the_owners_codes",
)
def all_mails_share_one_budget(_app: Flask) -> None:
    """Ten mails a day for a recipient, whatever they are; what is too many is left out silently."""
    rules.limits["mails"] = {"account": ((10, mails.DAY),)}
    kinds = {
        name: kind._replace(budgets=("mails",), courtesy=True) for name, kind in mails.KINDS.items()
    }
    put(mails, "KINDS", kinds)
    put(mails, "ways_for_code", lambda address, _browser: [[("mails", address)]])


@hole("budgets.many_log_ins_use_up_no_undo_and_no_code")
def every_log_in_is_mailed(_app: Flask) -> None:
    """Mails about new devices have no end."""
    put_in(rules.limits, "new-device-mail", {})


@hole("budgets.key_changes_fill_no_mailbox")
def key_changes_mail_past_the_budget(_app: Flask) -> None:
    """Each key change sends another link, however many there were."""
    put_in(rules.limits, "new-key", {})
    put_in(rules.limits, "confirm-mail", {})


@hole("budgets.strangers_do_not_use_up_the_owners_codes")
def sent_is_always_said(_app: Flask) -> None:
    """The page says that a code is on its way, whether or not one is."""
    code = mails.KINDS["key_reset_code"]
    put_in(mails.KINDS, "key_reset_code", code._replace(courtesy=True))


@hole("budgets.strangers_do_not_use_up_the_owners_codes")
def the_owners_browser_is_any(_app: Flask) -> None:
    """Strangers and the owner have one budget for codes, and nothing is sent once it is empty."""
    put_in(rules.limits, "forgot-key-mail-more", {"account": ((1, mails.DAY),)})
    ways = mails.ways_for_code
    put(mails, "ways_for_code", lambda address, _browser: ways(address, ""))


@hole("budgets.a_wide_network_shuts_nobody_out")
def ipv6_is_counted_by_64(_app: Flask) -> None:
    """Each /64 counts for itself, so a /48 has 65,536 times as much."""
    put(rates, "IPV6", {64: 1})


# channels


@hole("channels.ones_own_data_do_not_tell")
def only_free_addresses_make_a_link(_app: Flask) -> None:
    """Whoever asks for an address that is taken has no row of a link in the data."""
    change = accounts.change_email

    def told(user: User, email: str, key: str | None) -> None:
        change(user, email, key)
        if people.by_email(email) is not None:
            with transaction():
                links.void(user, links.CHANGE_EMAIL)

    put(accounts, "change_email", told)


@hole("channels.a_private_sign_up_grants_nothing_to_see")
def a_private_sign_up_shows_the_nickname(app: Flask) -> None:
    """The page after a private sign-up greets by the nickname, which is in use if it was free."""
    change_settings(app, private_signup=True)
    privately = accounts.sign_up_privately

    def greet(email: str, *more: Any) -> None:
        privately(email, *more)
        user = people.by_email(email)
        session["granted"] = user.nickname if user and not user.is_confirmed else ""

    def show(answer: Response) -> Response:
        if request.path == "/signup/mail" and answer.mimetype == "text/html":
            answer.set_data(answer.get_data() + session.get("granted", "").encode())
        return answer

    put(accounts, "sign_up_privately", greet)
    app.after_request(show)


# costs


@hole("costs.a_costly_key_costs_like_any")
def keys_are_read_in_every_way(_app: Flask) -> None:
    """Each sign of a key is read as each letter it could be."""
    put(strength, "_readable", lambda key: key)


@hole("costs.checks_have_an_end")
def checks_are_not_counted(_app: Flask) -> None:
    """What is checked while it is typed may be asked as often as one likes."""
    put_in(rules.limits, "field-check", {})


@hole("costs.a_check_holds_nobody_up")
def checks_hold_the_lock(app: Flask) -> None:
    """While a field is checked for who is logged in nobody can write (on SQLite)."""
    check = app.view_functions["validation.create"]

    def locked(**named: Any) -> Any:
        if not me_or_none():
            return check(**named)
        with transaction():
            db.session.execute(update(User).where(User.id == 0).values(generation=0))
            time.sleep(4)
        return check(**named)

    replace_view(app, "validation.create", locked)


# inflight


@hole(
    "inflight.a_late_request_changes_nothing_after_a_reset",
    "inflight.a_late_request_changes_nothing_after_confirming",
)
def sessions_are_not_looked_at_again(_app: Flask) -> None:
    """What was checked at the start of a request is believed to its end."""
    put(acting, "living_session", lambda user: user.session)


@hole("inflight.a_late_request_changes_nothing_after_confirming")
def a_session_is_its_number(_app: Flask) -> None:
    """A session is looked at again by its id alone, which SQLite gives to the next one."""

    def living(user: User) -> Session | None:
        found = db.session.get(Session, people.id_of(user.session), populate_existing=True)
        return found if found is not None and found.user_id == user.id else None

    put(acting, "living_session", living)


# planting


@hole(
    "planting.signing_up_is_no_key_entry",
    "planting.the_browser_that_signed_up_is_forgotten",  # and is not told from who has the key
)
def signing_up_is_a_key_entry(_app: Flask) -> None:
    """Whoever has signed up may do for ten minutes what the key is asked for."""

    def log_in(user: User, user_agent: str) -> None:
        sessions.open_session(user, False, user_agent[:60], key_entered_at=clock.now())

    put(signup, "_log_in", log_in)


@hole("planting.who_proves_the_mailbox_is_in")
def a_reset_does_not_confirm(_app: Flask) -> None:
    """Who has set the key by mail must still press the first link."""
    set_anew = key_reset._set_key

    def unconfirmed(user: User, *more: Any) -> bool:
        was, identity = user.confirmed_at, user.id
        done = set_anew(user, *more)
        with transaction():
            me = update(User).where(User.id == identity)
            db.session.execute(me.values(confirmed_at=was))
        return done

    put(key_reset, "_set_key", unconfirmed)


@hole("planting.a_planted_key_opens_nothing")
def keys_survive_the_confirmation(_app: Flask) -> None:
    """A key that was set before by whomever stays in force when the owner confirms."""
    put(confirmation, "_has_entered_key", lambda *_: True)


@hole("planting.a_planted_session_is_over", "planting.the_browser_that_signed_up_is_forgotten")
def planted_sessions_live(_app: Flask) -> None:
    """Sessions of before outlive every proof of the mailbox."""
    spare("session", *PLANTED)


@hole("planting.the_browser_that_signed_up_is_forgotten")
def a_double_click_has_no_end(_app: Flask) -> None:
    """The browser that signed an address up is logged in again whenever it asks."""
    spare("browser that signed up", *credentials.EVERYTHING)

    def is_one(user: User, browser_hash: str) -> bool:
        return user.signup_browser == browser_hash and user.is_active

    put(signup, "_is_double_click", is_one)


@hole("planting.a_planted_browser_is_not_known")
def browsers_are_known_before_the_proof(_app: Flask) -> None:
    """Whoever logs in is known from then on, though nobody has confirmed the address."""

    def find(token: str, user: User | None) -> str | None:
        try:
            claims = tokens.read(settings_of(_app).jwt_secret_user, known_browsers.PURPOSE, token)
        except tokens.BadToken:
            return None
        mine = user is not None and claims["sub"] == str(user.id)
        return str(claims["jti"]) if mine else None

    def know(answer: Response, user: User) -> Response:
        made = known_browsers.make_known_browser(user)
        lifetime = rules.known_browser
        return cookies.give(answer, KNOWN_BROWSER, made, lifetime)

    put(known_browsers, "find", find)
    everywhere("know_browser", know)


@hole("planting.a_planted_browser_is_not_known")
def known_browsers_outlive_a_reset(_app: Flask) -> None:
    """What makes a browser known stays good whatever the owner does."""
    spare("known browser", *credentials.EVERYTHING)


@hole("planting.a_planted_code_is_void")
def codes_outlive_the_confirmation(_app: Flask) -> None:
    """A code, and the link beside it, are good for their time though the owner has confirmed."""
    spare("code, and the link beside it", *PLANTED)


@hole("planting.a_planted_move_is_void")
def pending_moves_outlive_the_proof(_app: Flask) -> None:
    """A move that was asked for before can still be confirmed."""
    spare("pending address, and the link that puts it in force", *PLANTED)


# sessions


@hole("sessions.somebody_elses_things_stay_theirs")
def somebody_elses_session_is_told(_app: Flask) -> None:
    """Who asks for another person's session is told that it is there."""
    end = accounts.end_other_session

    def tell(user: User, number: int) -> bool:
        others = db.session.scalars(select(Session.id).where(Session.user_id != user.id))
        if any(number in session_list._numbers(identity) for identity in others):
            raise limits.TooMany(60)
        return end(user, number)

    put(accounts, "end_other_session", tell)


# swaps


@hole("swaps.somebody_elses_link_is_refused_first")
def links_swap_the_account(_app: Flask) -> None:
    """Whoever presses the button of a link is who the link says, whoever they were."""
    put(mailed_link.MailedLink, "_is_expected", lambda *_: True)


# undoing


@hole(
    "undoing.an_undo_ends_a_thief_who_has_the_key",
    "undoing.an_undone_move_brings_no_old_key_back",
    "undoing.a_strangers_deletion_is_undone",
    "undoing.an_undone_deletion_brings_all_of_it_back",
)
def an_undo_leaves_the_key(_app: Flask) -> None:
    """The key in force stays in force when a move or a deletion is undone."""
    spare("access key", After.UNDO)

    def keep(user: User) -> None:
        names = ("key_hash", "key_is_first", "key_set_at")
        identity, kept = user.id, {name: getattr(user, name) for name in names}
        removal.empty(user)
        db.session.execute(update(User).where(User.id == identity).values(kept))

    put(closing, "removal", without(removal, empty=keep))


@hole("undoing.an_undone_deletion_brings_all_of_it_back")
def an_undone_deletion_brings_back_an_empty_account(_app: Flask) -> None:
    """Only the address comes back."""
    put(belongings, "give_back", nothing)


@hole("undoing.the_address_before_gets_what_was_there_before")
def an_undone_move_takes_everything(_app: Flask) -> None:
    """Whoever undoes a move gets the account with all that was put in since."""
    put(undo, "move_back", lambda user, row: undo.restore_address(user, row.email))
