"""Codes, links and their tokens, moves to another address, and what undoes them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import jwt
from flask import Flask, redirect, request
from sqlalchemy import select, update

from minimaluser import accounts
from minimaluser.accounts import closing, removal, undo
from minimaluser.database import db, transaction
from minimaluser.lib import cookies, emails, tokens
from minimaluser.models import Code, Token, User, people
from minimaluser.personal import belongings
from minimaluser.rules import rules
from minimaluser.security import codes, links
from minimaluser.security.credentials import After
from minimaluser.views import logged_in, mailed_link
from tests.abuse.broken import hole, holes, replace_view
from tests.digging import nothing, put, put_in, spare, without

holes(
    spare,
    {
        # Who stole a session keeps it when the owner resets the key.
        "sessions_survive_a_reset": (
            ("session", After.RESET),
            "codes.a_reset_logs_nobody_in",
            "sessions.a_stolen_cookie_dies_with_the_session",
        ),
    },
)

holes(
    put,
    {
        # Deleting only logs out here.
        "deleting_only_logs_out": (
            (accounts, "close_account", nothing),
            "moves.a_deleted_account_is_gone",
        ),
        # Whoever presses the button of a link is who the link says, whoever they were.
        "links_swap_the_account": (
            (mailed_link.MailedLink, "_is_expected", lambda *_: True),
            "swaps.somebody_elses_link_is_refused_first",
        ),
        # Only the address comes back.
        "an_undone_deletion_brings_back_an_empty_account": (
            (belongings, "give_back", nothing),
            "undoing.an_undone_deletion_brings_all_of_it_back",
        ),
        # Whoever undoes a move gets the account with all that was put in since.
        "an_undone_move_takes_everything": (
            (undo, "move_back", lambda user, row: undo.restore_address(user, row.email)),
            "undoing.the_address_before_gets_what_was_there_before",
        ),
    },
)


@hole(
    "codes.guessing_burns_the_code",
    "codes.guessing_at_once_burns_it_too",
)
def codes_are_not_counted(_app: Flask) -> None:
    """A code can be guessed as often as one likes."""

    def is_right(code: Code, flow: str, digits: str) -> bool:
        return code.digest in codes._digests(flow, digits) and code.used_at is None

    put(codes, "is_right", is_right)


@hole("codes.a_stolen_code_is_worth_nothing_elsewhere")
def codes_work_in_any_browser(_app: Flask) -> None:
    """A code is not bound to the browser that asked."""

    def find(flow: str, _browser: str) -> Code | None:
        return db.session.scalar(select(Code).where(Code.flow_hash == tokens.digest(flow)))

    put(codes, "find", find)


@hole(
    "codes.a_code_works_once",
    "codes.code_and_link_end_each_other",
    "races.one_code_entered_at_once",
)
def codes_work_again(_app: Flask) -> None:
    """A used code is still good."""

    def is_right(code: Code, flow: str, digits: str) -> bool:
        counted = (Code.id == code.id, Code.tries < rules.code_tries)
        more = update(Code).where(*counted).values(tries=Code.tries + 1)
        good = db.session.execute(more).rowcount == 1  # type: ignore[attr-defined]
        right = good and code.digest in codes._digests(flow, digits)
        if right:
            less = update(Code).where(Code.id == code.id).values(tries=Code.tries - 1)
            db.session.execute(less)
        return right

    put(codes, "is_right", is_right)
    put(codes, "use", lambda _identity: True)


@hole("codes.code_and_link_end_each_other")
def link_outlives_code(_app: Flask) -> None:
    """The link beside a code is good for its time, whatever became of the code."""
    put(Code, "is_good", True)
    use = codes.use
    put(codes, "use", lambda identity: use(identity) or True)


@hole("codes.many_codes_give_no_more_tries")
def a_new_code_gives_new_tries(_app: Flask) -> None:
    """Wrong codes are counted for each code, not for the account."""
    put(rules, "code_tries_a_day", 10**6)
    for action in [name for name in rules.limits if "mail" in name]:
        put_in(rules.limits, action, {})


@hole("links.purposes_are_not_exchanged")
def any_token_is_a_link(_app: Flask) -> None:
    """A link for one thing is accepted for another."""
    put(tokens, "_key", lambda secret, _purpose: secret.encode())

    def read(secrets: Sequence[str], _purpose: str, token: str) -> dict[str, Any]:
        try:
            free: Any = {"verify_aud": False}
            return jwt.decode(token, secrets[0], algorithms=["HS256"], options=free)
        except jwt.PyJWTError:
            raise tokens.BadToken from None

    put(tokens, "read", read)
    matches = links.matches

    def any_purpose(purpose: str, token: str) -> tuple[Any, ...]:
        return tuple(one for one in matches(purpose, token) if "purpose" not in str(one))

    put(links, "matches", any_purpose)


@hole(
    "links.a_link_works_once",
    "links.a_newer_link_voids_the_older",
    "races.one_link_pressed_at_once",
    "races.many_move_to_one_address",
    "races.a_form_sent_twice_is_done_once",
)
def links_work_again(_app: Flask) -> None:
    """A link is not used up."""

    def take(purpose: str, token: str) -> tuple[User, Token]:
        row = db.session.scalar(select(Token).where(*links.matches(purpose, token)))
        user = people.lock(row.user_id) if row else None
        if row is None or user is None:
            raise links.BadLink
        db.session.expunge(row)
        return user, row

    put(links, "take", take)
    older_links_stay(_app)


@hole("links.a_newer_link_voids_the_older")
def older_links_stay(_app: Flask) -> None:
    """A newer link does not void the one before."""
    put(links, "_remove", nothing)
    put(links, "mail_of", lambda *_: str(uuid.uuid4()))  # there are several now


@hole("links.the_page_of_a_link_has_no_token")
def token_in_the_address(app: Flask) -> None:
    """The page behind a link has the link's own address."""

    def show(token: str) -> Any:
        name = cookies.named("mu_link_confirmation")
        request.cookies = {**request.cookies, name: token}  # type: ignore[assignment]
        return app.view_functions["confirmation.show"]()

    replace_view(app, "confirmation.keep", show)


@hole("links.opening_a_link_changes_nothing")
def opening_confirms(app: Flask) -> None:
    """Opening the link confirms, whoever opens it."""

    def keep(token: str) -> Any:
        logged_in.remember(accounts.confirm(token, "", logged_in.me_or_none()))
        return redirect("/profile")

    replace_view(app, "confirmation.keep", keep)


@hole("tokens.no_forged_link_is_taken")
def links_live_for_ever(_app: Flask) -> None:
    """The end of a token is not looked at."""
    decode = jwt.decode

    def without_an_end(token: str, key: bytes, **more: Any) -> Any:
        required = [name for name in tokens.REQUIRED if name != "exp"]
        free: Any = {**more.pop("options"), "verify_exp": False, "require": required}
        return decode(token, key, options=free, **more)

    put(tokens, "jwt", without(jwt, decode=without_an_end))


@hole("tokens.no_forged_link_is_taken")
def unsigned_links_are_taken(_app: Flask) -> None:
    """`alg: none` is believed."""
    read = tokens.read

    def believe(secrets: Sequence[str], purpose: str, token: str) -> dict[str, Any]:
        try:
            if str(jwt.get_unverified_header(token).get("alg")).lower() == "none":
                return jwt.decode(token, options={"verify_signature": False})
        except jwt.PyJWTError:
            raise tokens.BadToken from None
        return read(secrets, purpose, token)

    put(tokens, "read", believe)


@hole("tokens.no_forged_cookie_is_somebody")
def the_secret_is_dev(app: Flask) -> None:
    """Cookies are signed with a secret that everybody knows."""
    app.config["SECRET_KEY"] = "dev"


@hole("moves.a_new_address_counts_when_confirmed")
def moving_counts_at_once(_app: Flask) -> None:
    """A new address is in force when it is asked for."""
    change = accounts.change_email

    def at_once(user: User, email: str, key: str | None) -> None:
        change(user, email, key)
        with transaction():
            address, email_key = emails.parse(email)
            if people.by_email(address) is None:
                where = update(User).where(User.id == user.id)
                db.session.execute(where.values(email=address, email_key=email_key))

    put(accounts, "change_email", at_once)


@hole("moves.who_lost_an_account_gets_it_back")
def a_thief_voids_the_undo(_app: Flask) -> None:
    """A change of the key voids the link that brings an account back."""
    void = links.void
    put(links, "void", lambda user, *purposes: void(user, *purposes, links.UNDO_EMAIL))


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
