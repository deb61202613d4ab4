"""Which messages were taken: none with the same id is sent twice, and not too many are sent.

The one exception: a mailer killed between the SMTP server's yes and the note of it. Nobody can know
then whether the message left, and a mail too many is better than none, so it is sent again after
`LONGEST_SENDING_SECONDS`, with the same Message-ID.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

SENDING, SENT = "sending", "sent"
LONGEST_SENDING_SECONDS = 120  # more than all time-outs of one conversation with an SMTP server
KEPT_SECONDS = 7 * 24 * 3600
Limit = tuple[str, str, int, float]  # column, value in it, how many at most in so many seconds


class Full(Exception):
    """Too many were sent.

    Attributes:
        seconds: until one more may be.
    """

    def __init__(self, limit: str, seconds: float) -> None:
        super().__init__(f"too many for one {limit}")
        self.seconds = seconds


class Ledger:
    """A small SQLite file, shared by all processes of one mailer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._open() as ledger:
            ledger.execute("PRAGMA journal_mode=WAL")
            ledger.execute(
                "CREATE TABLE IF NOT EXISTS message "
                "(id TEXT PRIMARY KEY, state TEXT NOT NULL, at REAL NOT NULL)"
            )
            ledger.execute("BEGIN IMMEDIATE")
            known = {row[1] for row in ledger.execute("PRAGMA table_info(message)")}
            for column in {"recipient", "issuer"} - known:  # made before there were limits
                ledger.execute(f"ALTER TABLE message ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")

    def begin(self, identity: str, recipient: str, issuer: str, *limits: Limit) -> str | None:
        """Claim a message.

        Args:
            identity: its id.
            recipient: whom it is for; a name that is no address.
            issuer: whom it is from.
            limits: what the messages sent and being sent, this one among them, must not exceed.

        Returns:
            None if it is ours to send now, otherwise its state: `sent`, or `sending` elsewhere.

        Raises:
            Full: a limit is reached; the message is not claimed.
        """
        moment = time.time()
        with self._open() as ledger:
            ledger.execute("DELETE FROM message WHERE at < ?", (moment - KEPT_SECONDS,))
            claimed = ledger.execute(
                "INSERT INTO message (id, state, at, recipient, issuer) "
                "VALUES (?1, ?2, ?3, ?5, ?6) ON CONFLICT (id) DO UPDATE SET at = ?3 "
                "WHERE state = ?2 AND at < ?4",
                (identity, SENDING, moment, moment - LONGEST_SENDING_SECONDS, recipient, issuer),
            )
            if claimed.rowcount == 1:
                for limit in limits:
                    _insist(ledger, limit, moment)
                return None
            row = ledger.execute("SELECT state FROM message WHERE id = ?", (identity,)).fetchone()
            return str(row[0]) if row else SENDING

    def sent(self, identity: str) -> None:
        """Note that the message left."""
        with self._open() as ledger:
            moment = time.time()
            ledger.execute(
                "UPDATE message SET state = ?, at = ? WHERE id = ?", (SENT, moment, identity)
            )

    def forget(self, identity: str) -> None:
        """Note that the message did not leave, so that it may come again."""
        with self._open() as ledger:
            ledger.execute("DELETE FROM message WHERE id = ? AND state = ?", (identity, SENDING))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=5)) as ledger, ledger:
            yield ledger


def _insist(ledger: sqlite3.Connection, limit: Limit, moment: float) -> None:
    """Raise `Full`, which undoes the claim, when this message is one too many."""
    column, value, most, window = limit
    row = ledger.execute(
        f"SELECT at FROM message WHERE {column} = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?",  # noqa: S608
        (value, moment - window, most),
    ).fetchone()
    if row is not None:
        raise Full(column, row[0] + window - moment)
