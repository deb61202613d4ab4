"""Codes: making, trying and voiding them; the database has keyed hashes, and counts the tries."""

from __future__ import annotations

import hmac
import secrets

from sqlalchemy import ColumnElement, func, select, update

from minimaluser.database import db
from minimaluser.lib import clock, tokens
from minimaluser.models import Code, User
from minimaluser.rules import rules
from minimaluser.security import limits
from minimaluser.settings import settings


def make(user: User | None, flow: str, browser: str) -> str:
    """Add a code for a flow. Older codes of the same browser become void, those of others do not.

    Args:
        user: owner of the code; None for an address that nobody has, which takes just as long.
        flow: a random name of the flow.
        browser: a secret of the browser that asks.

    Returns:
        The digits.
    """
    digits = f"{secrets.randbelow(10**rules.code_digits):0{rules.code_digits}d}"
    asked_here = Code.browser_hash == tokens.digest(browser)
    _void(Code.user_id == (user.id if user else 0), asked_here)
    db.session.add(
        Code(
            user_id=user.id if user else None,
            flow_hash=tokens.digest(flow),
            browser_hash=tokens.digest(browser),
            digest=_digests(flow, digits)[0],
            created_at=clock.now(),
            expires_at=clock.now() + rules.code,
        )
    )
    db.session.flush()
    return digits


def asked_lately(user: User | None) -> int:
    """Return how many codes were requested for a user within the lifetime of one."""
    since = clock.now() - rules.code
    mine = (Code.user_id == (user.id if user else 0), Code.created_at > since)
    return db.session.scalar(select(func.count()).select_from(Code).where(*mine)) or 0


def find(flow: str, browser: str) -> Code | None:
    """Return the code of a flow, if this browser asked for it."""
    row = of_flow(flow)
    if row is None or not hmac.compare_digest(row.browser_hash, tokens.digest(browser)):
        return None
    return row


def of_flow(flow: str) -> Code | None:
    """Return the code of a flow, whichever browser asked for it."""
    return db.session.scalar(select(Code).where(Code.flow_hash == tokens.digest(flow)))


def is_right(code: Code, flow: str, digits: str) -> bool:
    """Count a try and tell whether the digits are right; a right try is not counted after all.

    After many wrong tries in a row, over days, no code is accepted; the link in the mail still is.
    """
    identity, owner = code.id, code.user_id
    good = (
        Code.id == identity,
        Code.tries < rules.code_tries,
        Code.expires_at > clock.now(),
        Code.used_at.is_(None),
    )
    counted = db.session.execute(update(Code).where(*good).values(tries=Code.tries + 1))
    if counted.rowcount != 1 or _wrong_lately(owner) > rules.code_tries_a_day:  # type: ignore[attr-defined]
        return False
    in_a_row = limits.count_inside([("wrong-codes", owner or flow)])
    stored = db.session.scalar(select(Code.digest).where(Code.id == identity)) or ""
    if in_a_row.wait:
        return False
    right = any(hmac.compare_digest(stored, digest) for digest in _digests(flow, digits))
    if right:
        limits.give_back(in_a_row)
        db.session.execute(update(Code).where(Code.id == identity).values(tries=Code.tries - 1))
    return right


def use(identity: int) -> bool:
    """Use up a code; False if another request was faster."""
    mine = (Code.id == identity, Code.used_at.is_(None))
    used = db.session.execute(update(Code).where(*mine).values(used_at=clock.now()))
    return used.rowcount == 1  # type: ignore[attr-defined,no-any-return]


def void(user: User) -> None:
    """Void the user's codes; their tries still count."""
    _void(Code.user_id == user.id)


def _void(*which: ColumnElement[bool]) -> None:
    old = update(Code).where(*which, Code.used_at.is_(None))
    db.session.execute(old.values(used_at=clock.now()))


def _wrong_lately(user_id: int | None) -> int:
    since = clock.now() - rules.code_counted
    total = select(func.sum(Code.tries)).where(
        Code.user_id == (user_id or 0), Code.created_at > since
    )
    return db.session.scalar(total) or 0


def _digests(flow: str, digits: str) -> list[str]:
    secrets = settings.jwt_secret_html  # a new one may have been added since the mail was sent
    return [tokens.keyed_digest(secret, f"{flow}:{digits}") for secret in secrets]
