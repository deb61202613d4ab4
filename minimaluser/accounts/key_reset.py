"""A forgotten key: a code is asked for, then a new key set with it."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import current_app

from minimaluser import mail
from minimaluser.accounts import (
    access_key,
    codes,
    events,
    known_browsers,
    limits,
    links,
    people,
    sessions,
)
from minimaluser.accounts.refusal import Refused
from minimaluser.extensions import transaction
from minimaluser.lib import hashing, tokens

FLOW, FLOW_LIFETIME = "reset-flow", timedelta(hours=1)
WRONG_CODE = "This code is not right, or no longer good. Look at it again, or ask for a new one."


def request_code(email: str, browser: str, known_browser: str = "") -> str:
    """Mail a code to the owner of the address, if there is one; the answer never tells.

    Args:
        email: the address as typed.
        browser: a secret of the browser that asks; the code is good only there.
        known_browser: the token of a browser that the owner has used.

    Returns:
        The token of the flow for the address of the next page; it names no account.

    Raises:
        limits.TooMany: from this network, or on the whole site; never because of the address.
    """
    limits.count("forgot-key")
    flow = secrets.token_hex(16)
    known = known_browsers.find(known_browser, people.by_email(email))
    may_mail = limits.may_mail("forgot-key-mail", email, known)
    user = people.by_email(email)
    if user is not None and not user.is_active:
        user = None
    with transaction():
        digits = codes.make(user, flow, browser)
        if user is not None and may_mail:
            mail.send_key_reset_code(user, digits)
        else:
            mail.send_no_code(email, digits)
    token, _ = tokens.issue(current_app.config["JWT_SECRET_HTML"], FLOW, flow, FLOW_LIFETIME)
    return token


def look_at_flow(token: str) -> str:
    """Return the flow that a token names.

    Raises:
        links.BadLink: it names none.
    """
    try:
        return str(tokens.read(current_app.config["JWT_SECRET_HTML"], FLOW, token)["sub"])
    except tokens.BadToken:
        raise links.BadLink from None


def reset_key(token: str, browser: str, digits: str, new_key: str) -> None:
    """Set a new key with the code; all sessions end, a notice is mailed, nobody is logged in.

    Raises:
        links.BadLink: the token names no flow.
        Refused: the code is wrong, used, expired or asked for elsewhere; or the key is weak.
        limits.TooMany: wrong ones were tried too often from this network.
    """
    flow = look_at_flow(token)
    hit = limits.count("code")
    code = codes.find(flow, browser)
    if code is None:
        raise Refused("code", WRONG_CODE)  # costs the owner of the code no try
    identity, user_id = code.id, code.user_id
    with transaction():
        user = people.lock(user_id) if user_id else None
        right = codes.is_right(code, flow, digits)
        if right:
            limits.give_back(hit)
    if user is None or not right or not user.is_active:
        raise Refused("code", WRONG_CODE)
    access_key.check(user, new_key)
    hashed = hashing.hash_key(new_key)
    with transaction():
        if people.lock(user.id) is None or not codes.use(identity):
            raise Refused("code", WRONG_CODE)
        access_key.put_in_force(user, hashed)
        sessions.end_sessions(user)
        limits.clear(user.email_key, "wrong-keys")
        events.note(user, "key_reset")
        mail.send_key_reset_done(user)
