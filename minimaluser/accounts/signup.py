"""Signing up with an address and nothing else."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from minimaluser import mail
from minimaluser.accounts import limits, links, people, sessions, tile
from minimaluser.accounts.refusal import Refused
from minimaluser.extensions import db, transaction
from minimaluser.lib import browsers, clock, emails, hashing, namer, nicknames, tokens
from minimaluser.models import User

NICKNAME_TRIES = 5
TAKEN = "There is an account with this email already. You can log in, or ask for a new access key."


@hashing.room()
def sign_up(email: str, user_agent: str, browser: str) -> User:
    """Open an UNCONFIRMED account with a granted nickname, access key and tile, and log in.

    Args:
        email: the address as typed.
        user_agent: what the browser says of itself.
        browser: a secret of this browser; the same sign-up from it again (a double click) is one.

    Raises:
        Refused: the address is taken or none.
        limits.TooMany: from this network, or on the whole site.
    """
    try:
        address, email_key = emails.parse(email)
    except emails.BadEmail as problem:
        raise Refused("email", str(problem)) from None
    limits.count("sign-up")
    may_mail = people.by_email(email_key) is None and limits.may_mail("sign-up-mail", address)
    key = hashing.generate_key()
    hashed = hashing.hash_key(key)
    browser_hash = tokens.digest(browser)
    for _ in range(NICKNAME_TRIES):
        try:
            with transaction():
                user = add_user(address, email_key, hashed, browser_hash)
                link = links.make(user, links.CONFIRM)
                if may_mail:
                    mail.send_confirmation(user, key, link)
                sessions.open_session(
                    user, False, browsers.describe(user_agent), key_entered_at=clock.now()
                )
            return user
        except IntegrityError:
            if db.session.scalar(select(User.id).where(User.email_key == email_key)) is not None:
                return _again(email_key, user_agent, browser_hash)
    raise Refused("email", "Something went wrong on our side. Please try again.")


def add_user(address: str, email_key: str, hashed: str, browser_hash: str) -> User:
    """Add a user with a granted nickname and tile, inside the caller's transaction."""
    nickname = namer.suggest()
    user = User(
        email=address,
        email_key=email_key,
        nickname=nickname,
        nickname_key=nicknames.same(nickname),
        key_hash=hashed,
        signup_browser=browser_hash,
    )
    tile.give_first(user)
    db.session.add(user)
    db.session.flush()
    tile.store_later(user)
    return user


def _again(email_key: str, user_agent: str, browser_hash: str) -> User:
    with transaction():
        found = people.by_email(email_key)
        user = people.lock(found.id) if found else None
        if user is None or user.is_confirmed or user.signup_browser != browser_hash:
            raise Refused("email", TAKEN)
        sessions.open_session(
            user, False, browsers.describe(user_agent), key_entered_at=clock.now()
        )
    return user
