"""Signing up with an address and nothing else; with SIGNUP_KEY=chosen also with an own key.

A key that was chosen here may be a stranger's, who has signed up with somebody else's address. So
it outlives the confirmation of the address only where it is entered, see `confirmation.confirm`.
"""

from __future__ import annotations

import uuid

from sqlalchemy import delete, select

from minimaluser import mail
from minimaluser.accounts import access_key, events, tile
from minimaluser.accounts.refusal import Refused, read
from minimaluser.database import Taken, db, transaction
from minimaluser.lib import browsers, clock, emails, hashing, namer, nicknames, tokens
from minimaluser.lib.emails import Email
from minimaluser.models import User, people
from minimaluser.rules import rules
from minimaluser.security import limits, links, mails, sessions

NICKNAME_TRIES = 5
NOT_DONE = "Something went wrong on our side. Please try again."
TAKEN = "There is an account with this email already. You can log in, or ask for a new access key."


@hashing.queue()
def sign_up(email: str | Email, user_agent: str, browser: str, own_key: str | None = None) -> User:
    """Open an UNCONFIRMED account with a granted nickname, access key and tile, and log in.

    Args:
        email: the address.
        user_agent: the User-Agent header of the browser.
        browser: a secret of this browser; the same sign-up again from it within a minute (a double
            click) counts as one.
        own_key: a chosen access key; without one, one is made and mailed.

    Raises:
        Refused: the address is taken or invalid, or the key is weak.
        limits.TooMany: too many sign-ups from this network or on the whole site.
    """
    new = read("email", emails.parse, email)
    key, browser_hash = _Key(new, own_key), tokens.digest(browser)
    for _ in range(NICKNAME_TRIES):
        user = key.given(_grant(new.address, new.key, key.hashed, browser_hash))
        try:
            with transaction():
                _open_mailed_or_not(user, key.mailed)
                _log_in(user, user_agent, has_chosen=own_key is not None)
            return user
        except Taken:
            if db.session.scalar(select(User.id).where(User.email_key == new.key)) is not None:
                return _again(new, user_agent, browser_hash)
    raise Refused("email", NOT_DONE)


@hashing.queue()
def sign_up_privately(email: str | Email, browser: str, own_key: str | None = None) -> None:
    """Do the same without logging in, and without revealing whether the address is taken.

    The owner of an address that is taken gets a mail instead. A user is added all the same and
    removed before anybody can see it, so that neither the time it takes nor the ids of later users
    reveal it. Nothing granted is returned: others could check later whether it is in use.

    Args:
        email: the address.
        browser, own_key: see `sign_up`.

    Raises:
        Refused: the address is invalid, or the key is weak.
        limits.TooMany: too many sign-ups from this network or on the whole site.
        mails.NoMail: too many mails went to the address; no account is opened.
    """
    new = read("email", emails.parse, email)
    key, browser_hash = _Key(new, own_key), tokens.digest(browser)
    for _ in range(NICKNAME_TRIES):
        nobody = f"nobody {uuid.uuid4()}"
        try:
            with transaction():
                owner = people.by_email(new)
                again = owner is not None and _is_double_click(owner, browser_hash)
                address_key = nobody if owner else new.key
                user = key.given(_grant(new.address, address_key, key.hashed, browser_hash))
                _open(user, key.mailed, owner, is_told=not again)
                db.session.execute(delete(User).where(User.email_key == nobody))
            return
        except Taken:
            continue  # another request was faster, or the nickname is taken
    raise Refused("email", NOT_DONE)


class _Key:
    """The access key of a new account: a chosen one, or one that is made and mailed.

    Raises:
        Refused: it is weak.
        limits.TooMany: too many sign-ups from this network or on the whole site.
    """

    def __init__(self, email: Email, own: str | None) -> None:
        strong = access_key.check_for(email.address, own) if own is not None else None
        limits.count("sign-up")
        self.mailed = None if strong else hashing.generate_key()
        self.hashed = hashing.hash_key(strong or self.mailed or "")

    def given(self, user: User) -> User:
        """Say at a new user which kind of key it is."""
        user.key_is_first = self.mailed is not None
        return user


def add_user(address: str, email_key: str, hashed: str, browser_hash: str) -> User:
    """Add a user with a granted nickname and tile, inside the caller's transaction."""
    return _add(_grant(address, email_key, hashed, browser_hash))


def _grant(address: str, email_key: str, hashed: str, browser_hash: str) -> User:
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
    return user


def _add(user: User) -> User:
    db.session.add(user)
    db.session.flush()
    tile.store_later(user)
    return user


def _open(user: User, key: str | None, owner: User | None = None, *, is_told: bool = True) -> None:
    link = links.make(_add(user), links.CONFIRM)
    events.note(user, "signed_up")
    # Counted this late because of many sign-ups at once only one succeeds: the others must not use
    # up its mail.
    if owner is not None:  # counted, too, or the limit would reveal that the address is taken
        mail.send_email_taken(owner, budgets=mails.AT_SIGN_UP, sent=is_told)
    else:
        mail.send_confirmation(user, key, link, user.nickname, budgets=mails.AT_SIGN_UP)


def _open_mailed_or_not(user: User, key: str | None) -> None:
    """Open the account even if no mail can go out: it can be sent later from the profile."""
    try:
        _open(user, key)
    except mails.NoMail:
        links.void(user, links.CONFIRM)  # it was not mailed


def _again(new: Email, user_agent: str, browser_hash: str) -> User:
    with transaction():
        found = people.by_email(new)
        user = people.lock(found.id) if found else None
        if user is None or not _is_double_click(user, browser_hash):
            raise Refused("email", TAKEN)
        _log_in(user, user_agent)
    return user


def _is_double_click(user: User, browser_hash: str) -> bool:
    """Tell whether the same browser repeats the sign-up at once, and nothing else has happened."""
    since = clock.now() - user.created_at
    return (
        user.signup_browser == browser_hash
        and since < rules.signup_double_click
        and not user.is_confirmed
        and user.is_active
        and user.generation == 0
    )


def _log_in(user: User, user_agent: str, *, has_chosen: bool = False) -> None:
    """Log in the new user. A sign-up proves nothing, but who has chosen a key has entered it."""
    entered = clock.now() if has_chosen else None
    sessions.open_session(user, False, browsers.describe(user_agent), key_entered_at=entered)
