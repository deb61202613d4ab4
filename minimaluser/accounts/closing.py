"""Leaving by one's own wish, and coming back within some days."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from minimaluser import mail
from minimaluser.accounts import access_key, credentials, events, links, people, removal, tile, undo
from minimaluser.accounts.acting import acting
from minimaluser.accounts.credentials import After
from minimaluser.accounts.refusal import SessionEnded
from minimaluser.extensions import db, transaction
from minimaluser.lib import clock, namer, nicknames
from minimaluser.models import User
from minimaluser.security import limits


def close_account(user: User, current_key: str) -> None:
    """Delete everything: rows, sessions, tile file, unsent mail; address and nickname are free.

    An empty row stays for some days. What makes an account of it again is sealed so that only
    the link in the goodbye mail can open it. Who could still undo a move of this account to
    another address gets such a mail, too: somebody else may have moved and deleted it.

    Raises:
        Refused: the key is wrong.
    """
    access_key.require(user, current_key)
    try:
        with acting(user):
            nickname = user.nickname if user.is_confirmed else ""
            for email, link in undo.closing_links(user):
                mail.send_account_deleted(email, nickname, link)
            credentials.end(user, After.CLOSING)
            removal.empty(user)
    except SessionEnded:
        if people.by_id(people.id_of(user)) is not None:
            raise  # else a second click: it is done already


def undo_closing(token: str) -> User:
    """Bring a deleted account back: address, nickname if it is still free, and tile.

    The access key is off until it is reset: who deleted the account may know it.

    For an account that somebody else has brought back meanwhile: take it from them.

    Raises:
        links.BadLink: the link is not good, or somebody confirmed the address by now.
        limits.TooMany: links were tried too often from this network.
    """
    limits.count("link")
    try:
        with transaction():
            user, row = links.take(links.UNDO_CLOSING, token)
            known = undo.opened(row, token)
            undo.restore_address(user, known["email"])
            if user.closed_at is not None:
                _reopen(user, known["nickname"])
            user.confirmed_at = user.confirmed_at or clock.now()  # the link came by mail
            undo.settle(user, row)
            events.note(user, "reopened")
            mail.send_account_restored(user)
    except IntegrityError:
        raise links.BadLink from None
    return user


def _reopen(user: User, nickname: str) -> None:
    taken = select(User.id).where(User.nickname_key == nicknames.same(nickname))
    if db.session.scalar(taken) is not None:
        nickname = namer.suggest()
    user.nickname, user.nickname_key = nickname, nicknames.same(nickname)
    user.closed_at = None
    tile.draw_again(user)
