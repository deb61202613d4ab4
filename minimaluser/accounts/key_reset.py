"""A forgotten key: asking for a code, then setting a new key with it or with the link beside it.

Two tokens name the flow. The token of the page works in the browser that asked, with the code; the
token of the link works anywhere, without it, for as long. Both end with the row of the code.
"""

from __future__ import annotations

import secrets

from minimaluser import mail
from minimaluser.accounts import access_key, events
from minimaluser.accounts.link_about import About
from minimaluser.accounts.refusal import Refused, read
from minimaluser.database import transaction
from minimaluser.lib import clock, emails, hashing, tokens
from minimaluser.lib.emails import Email
from minimaluser.models import Code, User, people
from minimaluser.rules import rules
from minimaluser.security import codes, known_browsers, limits, links
from minimaluser.security.credentials import After
from minimaluser.settings import settings

FLOW = "reset-flow"
WRONG_CODE = (
    "This code is not right, or no longer good."
    " Look at it again, use the link in the same mail, or ask for a new code."
)


def request_code(
    email: str | Email, browser: str, known_browser: str = "", visitor: User | None = None
) -> str:
    """Mail a code and a link to the owner of the address; the response is the same without one.

    Args:
        email: the address.
        browser: a secret of the browser that asks; the code works only there.
        known_browser: the token of a known browser, empty if it has none.
        visitor: the user who is logged in in this browser, if any.

    Returns:
        The token of the flow for the address of the next page; it names no account.

    Raises:
        Refused: the address is invalid.
        limits.TooMany: too many requests from this network or on the whole site; never raised for a
            browser of the owner.
        mails.NoMail: too many codes were requested for this address, whether or not it is taken.
    """
    typed = read("email", emails.parse, email)
    user = people.by_email(typed)
    known = _owners_browser(user, known_browser, visitor)
    limits.count("forgot-key", known=bool(known))
    flow, signing = secrets.token_hex(16), settings.jwt_secret_html
    if user is not None and not user.is_active:
        user = None
    token, _ = tokens.issue(signing, links.RESET, flow, links.lifetime(links.RESET))
    link = links.address(links.RESET, token)
    with transaction():
        again, digits = codes.asked_lately(user), codes.make(user, flow, browser)
        if user is not None:
            mail.send_key_reset_code(user, digits, link, known, again)
        else:
            mail.send_no_code(typed.address, digits, link)
    return tokens.issue(signing, FLOW, flow, rules.reset_page)[0]


def _owners_browser(user: User | None, known_browser: str, visitor: User | None) -> str:
    """Return an id of this browser if it is one of the owner's; empty for a stranger's."""
    if user is None:
        return ""
    if visitor is not None and visitor.id == user.id and visitor.session is not None:
        return f"session {visitor.session.id}"
    return known_browsers.find(known_browser, user) or ""


def look_at_flow(token: str) -> str:
    """Return the flow that the token of a page names.

    Raises:
        links.BadLink: the token names no flow.
    """
    return _flow(FLOW, token)


def look_at_reset(token: str) -> About:
    """Tell what the link beside a code is about, without using up either.

    Raises:
        links.BadLink: the link is not valid (any more); it says so if its work is done.
    """
    try:
        user, _ = _of_link(token)
    except links.BadLink:
        code = codes.of_flow(_flow(links.RESET, token))
        is_done = code and events.has_happened(code.user_id or 0, "key_reset", code.created_at)
        raise links.BadLink(links.RESET if is_done else "") from None
    return About(user.id, user.nickname, user.email)


def reset_key(token: str, browser: str, digits: str, new_key: str, known_browser: str = "") -> User:
    """Set a new key with the code; all sessions end, a notice is mailed, nobody is logged in.

    Raises:
        links.BadLink: the token names no flow.
        Refused: the code is wrong, used, expired, requested by another browser, or was tried too
            often; or the key is weak.
        limits.TooMany: wrong codes were tried too often from this network.
    """
    flow = look_at_flow(token)
    code = codes.find(flow, browser)
    owner = people.by_id(code.user_id or 0) if code else None
    known = known_browsers.find(known_browser, owner) is not None
    attempt = limits.count("code", known=known)
    if code is None:
        raise Refused("code", WRONG_CODE)  # not counted as a try of the owner's code
    identity, user_id = code.id, code.user_id
    with transaction():
        user = people.lock(user_id or 0)  # takes as long without a user
        right = codes.is_right(code, flow, digits)
        if right:
            limits.give_back(attempt)
    if user is None or not right or not user.is_active:
        raise Refused("code", WRONG_CODE)
    strong = access_key.check(user, new_key)
    if not _set_key(user, identity, strong):
        raise Refused("code", WRONG_CODE)
    return user


def reset_key_by_link(token: str, new_key: str) -> User:
    """Set a new key with the link from the mail; the effects are the same as with the code.

    Raises:
        links.BadLink: the link is not valid (any more).
        Refused: the key is weak.
        limits.TooMany: links were tried too often from this network.
    """
    links.count_try(links.RESET, token)
    user, code = _of_link(token)
    strong = access_key.check(user, new_key)
    if not _set_key(user, code.id, strong):
        raise links.BadLink
    return user


def _of_link(token: str) -> tuple[User, Code]:
    code = codes.of_flow(_flow(links.RESET, token))
    user = people.by_id(code.user_id or 0) if code is not None and code.is_good else None
    if code is None or user is None or not user.is_active:
        raise links.BadLink
    return user, code


def _flow(purpose: str, token: str) -> str:
    try:
        return str(tokens.read(settings.jwt_secret_html, purpose, token)["sub"])
    except tokens.BadToken:
        raise links.BadLink from None


def _set_key(user: User, code_id: int, new_key: str) -> bool:
    """Use up the code, and so its link, for a new key; False if another request was faster."""
    hashed = hashing.hash_key(new_key)
    with transaction():
        if people.lock(user.id) is None or not codes.use(code_id):
            return False
        if not user.is_confirmed:  # the code came by mail
            user.confirmed_at = clock.now()
            events.note(user, "confirmed")
        access_key.set_key(user, hashed, After.RESET)
        limits.clear(user.email_key, "wrong-keys")
        limits.clear(user, "wrong-codes", "log-in-done", "new-key")
        events.note(user, "key_reset")
        mail.send_key_reset_done(user)
    return True
