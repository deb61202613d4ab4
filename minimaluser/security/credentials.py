"""One list of all credentials: whatever opens an account or could give it to another owner.

Each kind declares when it ends. A use case that must lock others out calls `end`; it names no
kinds. A part brings its own: `Part(credentials=…)`. `tests/accounts/test_list_of_credentials.py`
finds what looks like a credential and is not listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from minimaluser.database import db
from minimaluser.lib import clock
from minimaluser.models import User
from minimaluser.security import codes, links, sessions
from minimaluser.services import services


class After(Enum):
    """The events that end credentials of an account."""

    CONFIRMATION = "the address was confirmed by the link"
    MOVE = "another address was confirmed by the link mailed there"
    RESET = "the key was set anew, by a code or a link from the mailbox"
    UNDO = "a move or a deletion was undone by the link in the mail"
    KEY_CHANGE = "the key was changed by somebody who knew it"
    CLOSING = "the account was deleted"


EVERYTHING = frozenset(After)
PROOFS = frozenset({After.CONFIRMATION, After.MOVE, After.RESET, After.UNDO})  # of the mailbox


@dataclass(frozen=True)
class Kind:
    """A kind of credential.

    Attributes:
        name: name in words.
        kept_in: where it is: tables, columns (`table.column`), purposes of signed tokens
            (`token:purpose`) and entries of the session cookie (`cookie:name`).
        ends_after: the events that end all of the account's credentials of this kind. The browser
            in which one happens may get a new one.
        end: ends them; None if something else does, which `told` explains.
        told: further explanation.
    """

    name: str
    kept_in: tuple[str, ...]
    ends_after: frozenset[After]
    end: Callable[[User], object] | None
    told: str = ""


def turn_key_off(user: User) -> None:
    """Make the access key open nothing until it is reset by mail; the caller commits."""
    user.key_hash, user.key_is_first, user.key_off_at = "", False, clock.now()


def end_pending_move(user: User) -> None:
    """Forget the address that the user has asked to move to; the caller commits."""
    user.pending_email = None
    links.void(user, links.CHANGE_EMAIL)


def _forget_signup(user: User) -> None:
    user.signup_browser = ""


def _raise_generation(user: User) -> None:
    user.generation += 1


KINDS = (
    Kind(
        "access key",
        ("users.key_hash", "users.key_is_first", "users.key_set_at", "users.key_off_at"),
        frozenset({After.UNDO}),
        turn_key_off,
        "A key change, a reset and a move put another one in force. A confirmation by a browser in"
        " which the key was not entered turns off a key that did not come by mail.",
    ),
    Kind(
        "session",
        ("session", "token:user", "cookie:_user_id"),
        EVERYTHING,
        sessions.end_sessions,
    ),
    Kind(
        "code, and the link beside it",
        ("code", "token:reset", "token:reset-flow", "cookie:browser"),
        EVERYTHING,
        codes.void,
    ),
    Kind(
        "link that confirms the address",
        ("token", "token:confirm"),
        EVERYTHING,
        lambda user: links.void(user, links.CONFIRM),
        "After a key change an address that is not confirmed is sent another one.",
    ),
    Kind(
        "pending address, and the link that puts it in force",
        ("users.pending_email", "token.key_hash", "token:change-email"),
        EVERYTHING,
        end_pending_move,
    ),
    Kind(
        "link that undoes a move",
        ("token:undo-email",),
        frozenset({After.CLOSING}),
        lambda user: links.void(user, links.UNDO_EMAIL),
        "A thief must not be able to void it. An undo voids the later ones. At a deletion the link"
        " that undoes it takes its place.",
    ),
    Kind(
        "link that undoes a deletion",
        ("token.sealed", "token:undo-closing"),
        frozenset(),
        None,
        "An undo voids the later ones.",
    ),
    Kind(
        "browser that signed up",
        ("users.signup_browser", "cookie:browser"),
        EVERYTHING,
        _forget_signup,
        "A double click is one sign-up: within a minute, and while nothing else has happened.",
    ),
    Kind(
        "known browser",
        ("users.generation", "token:known-browser"),
        EVERYTHING,
        _raise_generation,
        "It opens nothing by itself: it gives a browser of the owner limits of its own.",
    ),
)

# What looks like a credential but is not one, with the reason.
NO_CREDENTIALS = {
    "users.email_key": "the address, for comparing",
    "users.nickname_key": "the nickname, for comparing",
    "users.tile_seed": "a drawing",
    "outbox_item.sealed": "mail on its way, encrypted; what it carries has its own kind",
    "token.before": "what belonged to the account before a move",
    "token:stop-mail": "it stops mail that is not about the account, and nothing else",
    "cookie:mailed": "that a private sign-up was done",
    "cookie:first_key": "whether to ask for another key",
    "cookie:welcome": "whether the address was confirmed just now",
}


def kinds() -> Iterator[Kind]:
    """Yield the kinds of the site and those of its parts."""
    yield from KINDS
    for part in services().parts:
        yield from part.credentials


def end(user: User, after: After) -> None:
    """End all credentials that must not survive an event, in the caller's transaction."""
    for kind in kinds():
        if after in kind.ends_after and kind.end is not None:
            kind.end(user)
    db.session.flush()
