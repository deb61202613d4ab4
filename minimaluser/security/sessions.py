"""Sessions: logging in and out, and the user token that Flask-Login keeps."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import contains_eager

from minimaluser.database import db, transaction
from minimaluser.lib import audit, caller, clock, tokens
from minimaluser.models import Session, User
from minimaluser.rules import rules
from minimaluser.settings import settings

PURPOSE = "user"
WITH_THIS_SECRET = (
    select(Session)
    .join(Session.user)
    .options(contains_eager(Session.user))
    .where(Session.secret_hash == bindparam("secret_hash"))
)


def load_user(user_token: str) -> User | None:
    """Return the user of a user token, or None (GUEST) if anything at all is wrong with it."""
    try:
        claims = tokens.read(settings.jwt_secret_user, PURPOSE, user_token)
    except tokens.BadToken:
        return None
    found: Session | None = db.session.scalar(
        WITH_THIS_SECRET, {"secret_hash": tokens.digest(str(claims.get("sid")))}
    )
    if found is None or not found.is_alive or not found.user.is_active:
        return None
    user: User = found.user
    if str(user.id) != claims["sub"] or user.email != claims.get("email"):
        return None
    user.user_token, user.session = user_token, found
    return user


def touch(user: User) -> None:
    """Record that the session of this request was used, at most every few minutes."""
    session, moment = user.session, clock.now()
    if session is None or moment < session.seen_at + rules.session_seen_every:
        return
    identity = session.id
    try:
        db.session.rollback()
        with transaction():
            db.session.execute(update(Session).where(Session.id == identity).values(seen_at=moment))
    except OperationalError:  # a busy database is no reason not to show the page
        db.session.rollback()


def open_session(user: User, keep: bool, browser: str, *, key_entered_at: datetime | None) -> None:
    """Add a session row and give the user its token, inside the caller's transaction.

    Args:
        user: the user who is logged in from now on.
        keep: whether the browser keeps the session when it is closed.
        browser: name of the browser in words, see `lib.browsers`.
        key_entered_at: when the key (or another proof) was last given.
    """
    secret = secrets.token_hex(32)
    session = Session(
        user_id=user.id,
        secret_hash=tokens.digest(secret),
        keep=keep,
        browser=browser,
        network=caller.network(),
        created_at=clock.now(),
        seen_at=clock.now(),
        key_entered_at=key_entered_at,
    )
    db.session.add(session)
    db.session.flush()
    db.session.expunge(session)  # other log-ins at the same time may end it before it is used
    newest = (
        select(Session.id)
        .where(Session.user_id == user.id)
        .order_by(Session.id.desc())
        .limit(rules.sessions_most)
    )
    db.session.execute(delete(Session).where(Session.user_id == user.id, Session.id.not_in(newest)))
    user.session = session
    give_token(user, secret)


def give_token(user: User, secret: str) -> None:
    """Make the user token (JWT: user id, address, session) for the session with this secret."""
    user.user_token, _ = tokens.issue(
        settings.jwt_secret_user,
        PURPOSE,
        str(user.id),
        rules.session_absolute,
        email=user.email,
        sid=secret,
    )


def renew_session(user: User) -> None:
    """Give this browser a new session and end all others, in the caller's transaction."""
    now = user.session
    keep = now.keep if now else False
    browser = now.browser if now else ""
    end_sessions(user)
    open_session(user, keep, browser, key_entered_at=clock.now())


def change_secret(user: User) -> None:
    """Give this browser's session a new secret (SE3), in the caller's transaction."""
    if user.session is None:
        return
    secret = secrets.token_hex(32)
    this = update(Session).where(Session.id == user.session.id)
    db.session.execute(this.values(secret_hash=tokens.digest(secret)))
    give_token(user, secret)


def end_session(user: User) -> None:
    """End the session of this request."""
    if user.session is None:
        return
    audit.concern(user.id)
    with transaction():
        this = (Session.id == user.session.id, Session.created_at == user.session.created_at)
        db.session.execute(delete(Session).where(*this))


def end_unproved_sessions(user: User) -> None:
    """End sessions in which no key was entered (those of a sign-up), once somebody enters it."""
    unproved = (Session.user_id == user.id, Session.key_entered_at.is_(None))
    db.session.execute(delete(Session).where(*unproved))


def end_sessions(user: User) -> None:
    """End every session of the user, in the caller's transaction."""
    db.session.execute(delete(Session).where(Session.user_id == user.id))
