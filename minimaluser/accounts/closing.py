"""Deleting one's own account, and undoing that within some days."""

from __future__ import annotations

from minimaluser import mail
from minimaluser.accounts import access_key, events, nickname, removal, tile, undo
from minimaluser.database import Taken, transaction
from minimaluser.lib import clock
from minimaluser.models import User, people
from minimaluser.personal import belongings
from minimaluser.security import credentials, links
from minimaluser.security.acting import SessionEnded, acting
from minimaluser.security.credentials import After


def close_account(user: User, current_key: str) -> None:
    """Delete everything: rows, sessions, tile file, unsent mail; address and nickname become free.

    An empty row stays for some days. All that was deleted is sealed so that only the link in the
    goodbye mail can open it. Every earlier address that can still undo a move of this account gets
    such a mail, too: somebody else may have moved and deleted it.

    Raises:
        Refused: the key is wrong; see `access_key.insist_on_proof`.
    """
    access_key.insist_on_proof(user, "current_key")
    access_key.require(user, current_key)
    try:
        with acting(user):
            called = user.nickname if user.is_confirmed else ""
            for email, link in undo.closing_links(user):
                mail.send_account_deleted(email, called, link, is_proved=user.is_confirmed)
            credentials.end(user, After.CLOSING)
            removal.empty(user)
    except SessionEnded:
        if people.by_id(people.id_of(user)) is not None:
            raise  # otherwise this is a second click: the account is closed already


def undo_closing(token: str) -> User:
    """Bring a deleted account back: address, tile, and all that belonged to it.

    The access key is off until it is reset: whoever deleted the account may know it. Things that
    somebody else has by now are replaced (a nickname, say) or left out.

    If somebody else has brought the account back meanwhile, it is taken from them.

    Raises:
        links.BadLink: the link is not valid, or somebody has confirmed the address meanwhile.
        limits.TooMany: links were tried too often from this network.
    """
    links.count_try(links.UNDO_CLOSING, token)
    try:
        with transaction():
            user, row = links.take(links.UNDO_CLOSING, token)
            known = undo.opened(row, token)
            undo.insist_on_precedence(known)
            was_closed = user.closed_at is not None
            undo.restore_address(user, known["email"])
            if was_closed:
                belongings.give_back(user, known["belongings"])
                _reopen(user)
            else:
                undo.take_back(user, known["belongings"])
            user.confirmed_at = user.confirmed_at or clock.now()  # the link came by mail
            undo.settle(user, row)
            events.note(user, "reopened")
            mail.send_account_restored(user)
    except Taken:
        raise links.BadLink(links.HELD) from None
    return user


def _reopen(user: User) -> None:
    nickname.keep_or_grant(user)
    user.closed_at = None
    tile.draw_again(user)
