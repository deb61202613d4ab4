"""What strangers learn of others, look-alike names, and races."""

from __future__ import annotations

import time
import uuid
from typing import Any

from flask import Flask, Response, request, session
from sqlalchemy import select, update

from minimaluser import accounts
from minimaluser.accounts import confirmation, email_address, login, signup
from minimaluser.database import db, transaction
from minimaluser.lib import clock, emails, hashing, nicknames
from minimaluser.models import Token, User, people
from minimaluser.rules import rules
from minimaluser.testing.apps import change_settings
from tests import digging
from tests.abuse.broken import hole, holes
from tests.digging import put, without

holes(
    put,
    {
        # Nicknames in capitals are other nicknames.
        "capitals_make_a_nickname": (
            (nicknames, "same", lambda name: name),
            "names.a_nickname_has_one_owner",
            "races.fifty_want_one_nickname",
        ),
    },
)


@hole("enumeration.answers_are_the_same_for_everybody", "enumeration.time_does_not_tell_either")
def log_in_knows_nobody(_app: Flask) -> None:
    """An unknown address is told so at log-in."""

    def by_email(text: str) -> User:
        user = people.by_email(text)
        if user is None:
            raise accounts.Refused("email", "There is no account with this address.")
        return user

    put(login, "people", without(people, by_email=by_email))


@hole("enumeration.time_does_not_tell_either")
def unknown_is_quicker(_app: Flask) -> None:
    """No key is hashed for an address that nobody has."""
    verify = hashing.verify_key

    def quick(hashed: str | None, key: str, most_bytes: int) -> bool:
        return hashed is not None and verify(hashed, key, most_bytes)

    put(hashing, "verify_key", quick)


@hole("enumeration.moving_does_not_tell_who_is_there")
def moving_tells(_app: Flask) -> None:
    """A user who moves to a taken address is told so."""

    def told(_owner: User) -> None:
        raise accounts.Refused("email", "Somebody has this address already.")

    put(email_address.mail, "send_email_taken", told)


@hole("enumeration.private_sign_up_tells_nobody")
def private_sign_up_tells(app: Flask) -> None:
    """Sign-up is private, but for an address that is taken."""
    change_settings(app, private_signup=True)
    privately = accounts.sign_up_privately

    def tell(email: str, *more: Any) -> Any:
        if people.by_email(email) is not None:
            raise accounts.Refused("email", signup.TAKEN)
        return privately(email, *more)

    put(accounts, "sign_up_privately", tell)


@hole("channels.ones_own_data_do_not_tell")
def only_free_addresses_make_a_link(_app: Flask) -> None:
    """Whoever asks for an address that is taken has no row of a link in the data."""
    digging.make_links_to_free_addresses_only()


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


@hole("names.a_mailbox_has_one_account")
def capitals_make_an_address(_app: Flask) -> None:
    """Addresses in capitals are other addresses."""
    put(emails, "same", lambda address: address)


@hole("races.fifty_sign_ups_of_one_address", "races.fifty_clicks_on_sign_up")
def look_then_insert(_app: Flask) -> None:
    """Whether an address is taken is looked up before, and nothing in the database keeps it so."""
    add = signup._add

    def slowly(user: User) -> User:
        if db.session.scalar(select(User.id).where(User.email == user.email)) is not None:
            raise accounts.Refused("email", signup.TAKEN)
        db.session.rollback()  # as if it were a transaction of its own
        time.sleep(0.2)
        user.email_key += f"#{uuid.uuid4().hex[:8]}"
        return add(user)

    put(signup, "_add", slowly)


@hole("races.fifty_want_one_nickname")
def look_then_rename(_app: Flask) -> None:
    """Whether a nickname is taken is looked up before, and nothing in the database keeps it so."""

    def change(user: User, name: str) -> None:
        accounts.check_nickname(user, name)
        identity = user.id
        db.session.rollback()
        time.sleep(0.2)
        shown, key = nicknames.parse(name, rules.nickname)
        key += f"#{uuid.uuid4().hex[:8]}"
        with transaction():
            to_set = update(User).where(User.id == identity)
            db.session.execute(to_set.values(nickname=shown, nickname_key=key))

    put(accounts, "change_nickname", change)


@hole("races.many_move_to_one_address")
def many_have_one_address(_app: Flask) -> None:
    """Nothing keeps two people from confirming the same address."""

    def move(user: User, row: Token) -> None:
        user.email, user.key_hash, user.key_is_first = str(row.email), str(row.key_hash), True
        user.email_key = f"{emails.parse(user.email)[1]}#{uuid.uuid4().hex[:8]}"
        user.confirmed_at = user.confirmed_at or clock.now()

    put(email_address, "_move", move)


@hole("races.a_form_sent_twice_is_done_once", "races.fifty_clicks_on_sign_up")
def twice_is_two_mails(_app: Flask) -> None:
    """A second click on “Sign up” sends a second mail."""
    again = signup._again

    def and_mail(*arguments: Any) -> User:
        user = again(*arguments)
        with transaction():
            confirmation.send(user, None)
        return user

    put(signup, "_again", and_mail)
