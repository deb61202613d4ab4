"""Logging in with an address and an access key."""

from __future__ import annotations

from functools import partial

from minimaluser import mail
from minimaluser.accounts import events, undo
from minimaluser.accounts.refusal import Refused
from minimaluser.database import transaction
from minimaluser.lib import browsers, caller, clock, emails, hashing, keys
from minimaluser.models import User, people
from minimaluser.rules import rules
from minimaluser.security import known_browsers, limits, sessions

NOT_KNOWN = (
    "We do not know this email and access key together."
    " Please look at both again, or ask for a new access key."
)


@hashing.queue()  # a flood is turned away before it reaches the database
def log_in(email: str, key: str, keep: bool, user_agent: str, known_browser: str = "") -> User:
    """Open a session for the owner of the address and the key; a new device is reported by mail.

    Args:
        email: the address as typed.
        key: the access key as typed.
        keep: whether the browser keeps the session when it is closed.
        user_agent: the User-Agent header of the browser.
        known_browser: the token of a known browser, empty if it has none.

    Raises:
        Refused: the address is unknown, or the key is wrong, expired or off; it never says which.
        limits.TooMany: log-ins were tried too often.
        hashing.Busy: too many log-ins are tried at once.
    """
    typed = emails.parse_any(email)
    user, subject = people.by_email(typed), typed.key
    identity, hashed = (user.id, user.key_hash) if user else (None, None)
    browser = known_browsers.find(known_browser, user)
    tried, is_off = _count(subject, user, browser), False
    if not browser:
        try:
            tried.append(limits.count("wrong-keys", subject))
        except limits.TooMany:  # hidden: a log-in resets the count, so an error would reveal it
            is_off = True
    right = keys.match(hashed, key, rules.key)
    known = right and not is_off
    if known and identity:
        _count_log_in(identity, browser, tried)
    fresh = hashing.hash_key(right) if known and hashed and hashing.is_outdated(hashed) else None
    with transaction():
        user = people.lock(identity) if known and identity else None
        if user is None or user.key_hash != hashed or not user.is_active or not user.key_is_good:
            raise Refused("key", NOT_KNOWN)
        limits.give_back(*tried)
        limits.clear(subject, "wrong-keys")
        user.key_hash = fresh or user.key_hash
        sessions.end_unproved_sessions(user)
        user.signup_browser = ""  # a double click of the sign-up does not log in any more, either
        sessions.open_session(user, keep, browsers.describe(user_agent), key_entered_at=clock.now())
        events.note(user, "logged_in" if browser else "logged_in_new")
        if not browser and user.is_confirmed:  # an unconfirmed address may be mistyped
            link = partial(undo.email_link, user)
            mail.send_new_device(user, browsers.describe(user_agent), caller.network(), link)
    return user


def _count(subject: str, user: User | None, browser: str | None) -> list[limits.Attempt]:
    """Count a try: for the address, or for a known browser and for all of the user's together.

    A proof of the mailbox voids all known browsers, some of which a thief may have had, and starts
    a new count.
    """
    if user is None or not browser:
        return [limits.count("log-in", subject)]
    together = limits.count("log-in-known-all", f"{user.id} {user.generation}")
    return [limits.count("log-in-known", browser), together]


def _count_log_in(identity: int, browser: str | None, tried: list[limits.Attempt]) -> None:
    """Count right keys, too: each log-in adds a row and perhaps a mail.

    A thief who exhausts this limit locks out neither the owner's known browsers nor an owner who
    resets the key.
    """
    try:
        if browser:
            limits.count("log-in-done-known", browser)
        else:
            limits.count("log-in-done", identity)
    except limits.TooMany:
        with transaction():
            limits.give_back(*tried)
        raise
