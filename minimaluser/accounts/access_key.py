"""The access key: checking it, entering it again, changing it."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import delete, update

from minimaluser import mail
from minimaluser.accounts import confirmation, events, undo
from minimaluser.accounts.refusal import Refused, read
from minimaluser.database import db, transaction, transaction_before
from minimaluser.lib import clock, hashing, keys
from minimaluser.models import Session, User, people
from minimaluser.rules import rules
from minimaluser.security import credentials, limits, mails, sessions
from minimaluser.security.acting import SessionEnded, acting, living_session
from minimaluser.security.credentials import After
from minimaluser.settings import CHOSEN, SITE_NAME, settings

WRONG_KEY = "This is not your current access key."
OFF = "Your access key is off. Please ask for a code by mail and choose a new one first."
UNPROVED = "Please confirm your email first, by the link in our mail. Then you can do this."


def require(user: User, key: str) -> None:
    """Check that what was typed is the user's access key.

    Raises:
        Refused: the key is wrong; the field is `current_key`.
        SessionEnded: it was wrong too often in this session, which is ended.
        limits.TooMany: keys were tried too often.
    """
    if user.key_off_at is not None:
        raise Refused("current_key", OFF)
    attempt = limits.count("key", user)
    if keys.match(user.key_hash, key, rules.key) and user.key_is_good:
        with transaction_before():
            limits.give_back(attempt)
        return
    if user.session is not None and _end_if_too_often(user, user.session):
        raise SessionEnded(wrong_keys=True)
    raise Refused("current_key", WRONG_KEY)


def insist_on_proof(user: User, field: str) -> None:
    """Let nobody change a key or an address, or delete an account, who has proved nothing yet.

    Whoever chose the key at the sign-up may have entered somebody else's address. Each of these
    ends links that the owner of the mailbox holds, or sends mail there.

    Raises:
        Refused: neither the address was proved, nor a key that came by mail.
    """
    if settings.signup_key == CHOSEN and not user.is_confirmed and not user.key_is_first:
        raise Refused(field, UNPROVED)


def is_recent_key_needed(user: User) -> bool:
    """Tell whether the access key must be entered again before a sensitive action."""
    return user.session is None or not user.session.key_is_recent


def enter_key(user: User, key: str) -> None:
    """Enter the access key again: that counts for some minutes, and the session gets a new id.

    Raises:
        Refused: the key is wrong.
        SessionEnded: see `require`.
    """
    require(user, key)
    limits.count("key-entry", user)
    with acting(user):
        note_entry(user)


def note_entry(user: User) -> None:
    """Record that the key was just entered in this session, in the caller's transaction."""
    if user.session is None:
        return
    this = update(Session).where(Session.id == user.session.id)
    db.session.execute(this.values(key_entered_at=clock.now(), wrong_keys=0))
    sessions.change_secret(user)
    events.note(user, "key_entered")


def change_key(user: User, current_key: str, new_key: str) -> None:
    """Replace the access key; other sessions end and a notice is mailed.

    Raises:
        Refused: the current key is wrong, or the new one is weak; see `insist_on_proof`.
        SessionEnded: see `require`.
        limits.TooMany: it was changed too often.
    """
    insist_on_proof(user, "current_key")
    require(user, current_key)
    verified = user.key_hash
    strong = check(user, new_key)
    limits.count("new-key", user)
    hashed = hashing.hash_key(strong)
    with acting(user):
        if user.key_hash != verified:
            raise Refused("current_key", WRONG_KEY)
        set_key(user, hashed, After.KEY_CHANGE)
        sessions.renew_session(user)
        events.note(user, "key_changed")
        _tell(user)


def replace_first_key(user: User) -> str:
    """Replace the key that came by mail with one that is shown once and never mailed.

    Other sessions end and a notice is mailed.

    Returns:
        The new key; empty if the user has replaced the first key already.

    Raises:
        KeyNeeded: the current key was not entered recently.
        limits.TooMany: the key was changed too often.
    """
    limits.count("new-key", user)
    key = hashing.generate_key()
    hashed = hashing.hash_key(key)
    with acting(user, recent_key=True):
        if not user.key_is_first:
            return ""
        set_key(user, hashed, After.KEY_CHANGE)
        sessions.renew_session(user)
        events.note(user, "key_changed")
        _tell(user)
    return key


def _tell(user: User) -> None:
    """Mail that the key was changed, with a link that turns it off: a thief may have changed it."""
    if user.is_confirmed:  # an unconfirmed address may be a stranger's
        mail.send_key_changed(user, undo.email_link(user))


def own_words(user: User | None) -> list[str]:
    """Return the words that a key must not be built on: anybody's, or those of a user, too."""
    return [SITE_NAME] if user is None else [user.email, user.nickname, SITE_NAME]


def check(user: User, new_key: str) -> str:
    """Check that a new key is strong enough, and return it clean, as it is to be hashed.

    Raises:
        Refused: it is weak; the field is `new_key`.
    """
    return _strong(new_key, own_words(user))


def check_for(email: str, new_key: str) -> str:
    """Check the same of the key with which somebody signs up.

    Raises:
        Refused: it is weak; the field is `new_key`.
    """
    return _strong(new_key, [email, SITE_NAME])


def set_key(user: User, hashed: str, after: After) -> None:
    """Set a key that was never mailed, and end other credentials. The caller commits."""
    credentials.end(user, after)
    user.key_hash, user.key_is_first, user.key_set_at = hashed, False, clock.now()
    user.key_off_at = None
    if not user.is_confirmed:  # the earlier link is void now, so send another
        with suppress(mails.NoMail):  # it can be asked for later
            confirmation.send(user, None)


def _strong(new_key: str, words: list[str]) -> str:
    from minimaluser.lib import strength  # word lists of 12 MiB

    return read("new_key", strength.check, new_key, rules.key, words)


def _end_if_too_often(user: User, session: Session) -> bool:
    more = (
        update(Session)
        .where(Session.id == session.id)
        .values(wrong_keys=Session.wrong_keys + 1)
        .returning(Session.wrong_keys)
    )
    with transaction():
        if people.lock(user.id) is None or living_session(user) is None:
            return True
        if (db.session.scalar(more) or 0) < rules.wrong_keys_a_session:
            return False
        events.note(user, "wrong_keys")
        mail.send_wrong_keys(user)
        db.session.execute(delete(Session).where(Session.id == session.id))
    return True
