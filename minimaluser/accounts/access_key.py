"""The access key: changed with the current one, or set anew with a code from a mail."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

from flask import current_app
from sqlalchemy import delete, func, select, update

from minimaluser import config, mail
from minimaluser.accounts import confirmation, links, people, sessions
from minimaluser.accounts.refusal import Refused
from minimaluser.extensions import db, transaction
from minimaluser.lib import clock, hashing, strength, tokens
from minimaluser.models import Code, User

FLOW = "reset-flow"
WRONG_KEY = "This is not your current access key."
WRONG_CODE = "This code is not right, or no longer good. Look at it again, or ask for a new one."


def require(user: User, key: str) -> None:
    """Insist on the user's access key.

    Raises:
        Refused: at the field `current_key`.
    """
    if not hashing.verify_key(user.key_hash, key) or not user.key_is_good:
        raise Refused("current_key", WRONG_KEY)


def change_key(user: User, current_key: str, new_key: str) -> None:
    """Replace the access key; other sessions end and a notice is mailed.

    Raises:
        Refused: the current key is wrong or the new one weak.
    """
    require(user, current_key)
    _check(user, new_key)
    hashed = hashing.hash_key(new_key)
    with transaction():
        _set(user, hashed)
        sessions.renew_session(user)
        mail.send_key_changed(user)


def request_code(email: str, browser: str) -> str:
    """Mail a code to the owner of the address, if there is one; the answer never tells.

    Args:
        email: the address as typed.
        browser: a secret of the browser that asks; the code is good only there.

    Returns:
        The token of the flow for the address of the next page; it names no account.
    """
    code = f"{secrets.randbelow(1_000_000):06d}"
    flow = secrets.token_hex(16)
    user = people.by_email(email)
    if user is not None and not user.is_active:
        user = None
    with transaction():
        db.session.add(
            Code(
                user_id=user.id if user else None,
                flow_hash=tokens.digest(flow),
                browser_hash=tokens.digest(browser),
                digest=_digest(flow, code),
                expires_at=clock.now() + config.CODE_LIFETIME,
            )
        )
        if user is not None:
            db.session.flush()
            _void_oldest_codes(user)
            mail.send_key_reset_code(user, code)
    signing = current_app.config["JWT_SECRET_HTML"]
    token, _ = tokens.issue(signing, FLOW, flow, timedelta(hours=1))
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


def reset_key(token: str, browser: str, code: str, new_key: str) -> None:
    """Set a new key with the code; all sessions end, a notice is mailed, nobody is logged in.

    Raises:
        links.BadLink: the token names no flow.
        Refused: the code is wrong, used, expired or asked for elsewhere; or the key is weak.
    """
    flow = look_at_flow(token)
    row = db.session.scalar(select(Code).where(Code.flow_hash == tokens.digest(flow)))
    if row is None or not hmac.compare_digest(row.browser_hash, tokens.digest(browser)):
        raise Refused("code", WRONG_CODE)  # costs the owner of the code no try
    identity, user_id = row.id, row.user_id
    with transaction():
        right = _try(identity, user_id, _digest(flow, code))
    user = db.session.get(User, user_id) if right and user_id else None
    if user is None or not user.is_active:
        raise Refused("code", WRONG_CODE)
    _check(user, new_key)
    hashed = hashing.hash_key(new_key)
    with transaction():
        used = db.session.execute(
            update(Code)
            .where(Code.id == identity, Code.used_at.is_(None))
            .values(used_at=clock.now())
        )
        if used.rowcount != 1:  # type: ignore[attr-defined]
            raise Refused("code", WRONG_CODE)
        _set(user, hashed)
        sessions.end_sessions(user)
        mail.send_key_reset_done(user)


def _try(identity: int, user_id: int | None, digest: str) -> bool:
    """Count a try and tell whether the code is right; a right one is given its try back."""
    moment = clock.now()
    good = (
        Code.id == identity,
        Code.tries < config.CODE_TRIES,
        Code.expires_at > moment,
        Code.used_at.is_(None),
    )
    counted = db.session.execute(update(Code).where(*good).values(tries=Code.tries + 1))
    if counted.rowcount != 1 or _wrong_today(user_id) > config.CODE_TRIES_A_DAY:  # type: ignore[attr-defined]
        return False
    stored = db.session.scalar(select(Code.digest).where(Code.id == identity)) or ""
    right = hmac.compare_digest(stored, digest)
    if right:
        db.session.execute(update(Code).where(Code.id == identity).values(tries=Code.tries - 1))
    return right


def _wrong_today(user_id: int | None) -> int:
    if user_id is None:
        return 0
    since = clock.now() - timedelta(days=1)
    total = select(func.sum(Code.tries)).where(Code.user_id == user_id, Code.created_at > since)
    return db.session.scalar(total) or 0


def _void_oldest_codes(user: User) -> None:
    living = (Code.user_id == user.id, Code.used_at.is_(None))
    newest = (
        select(Code.id).where(*living).order_by(Code.id.desc()).limit(config.CODE_FLOWS_AT_ONCE)
    )
    db.session.execute(
        update(Code).where(*living, Code.id.not_in(newest)).values(used_at=clock.now())
    )


def _digest(flow: str, code: str) -> str:
    return tokens.keyed_digest(current_app.config["JWT_SECRET_HTML"][0], f"{flow}:{code}")


def _check(user: User, new_key: str) -> None:
    try:
        strength.check(new_key, [user.email, user.nickname, config.SITE_NAME])
    except strength.WeakKey as problem:
        raise Refused("new_key", str(problem)) from None


def _set(user: User, hashed: str) -> None:
    user.key_hash, user.key_is_first, user.key_set_at = hashed, False, clock.now()
    user.pending_email = None
    links.void(user, links.CONFIRM, links.CHANGE_EMAIL)
    if not user.is_confirmed:  # the link from before is void, so here is another
        confirmation.send(user, None)
    db.session.execute(delete(Code).where(Code.user_id == user.id, Code.expires_at < clock.now()))
