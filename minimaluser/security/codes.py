"""Codes: made, tried, void. Stored as keyed hashes, counted by the database."""

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
    """Add a code for a flow of a browser; older ones of this browser are void, not of others.

    Args:
        user: whose; None for an address that nobody has, which costs just as much.
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
    """Return how many codes were asked for with somebody's address while one is good."""
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
    """Return the code of a flow, whoever asked for it."""
    return db.session.scalar(select(Code).where(Code.flow_hash == tokens.digest(flow)))


def is_right(code: Code, flow: str, digits: str) -> bool:
    """Count a try and tell whether it is right; a right one is given its try back.

    After many wrong ones in a row, over days, none is right; the link in the mail still is.
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
    """Use a code up; False if somebody was faster."""
    mine = (Code.id == identity, Code.used_at.is_(None))
    used = db.session.execute(update(Code).where(*mine).values(used_at=clock.now()))
    return used.rowcount == 1  # type: ignore[attr-defined,no-any-return]


def void(user: User) -> None:
    """Make the user's codes worthless; their tries still count."""
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
    secrets = settings.jwt_secret_html  # one may have come since the mail was sent
    return [tokens.keyed_digest(secret, f"{flow}:{digits}") for secret in secrets]
