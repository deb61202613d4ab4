"""The messages that were accepted, so that no id is sent twice and limits are kept.

The one exception: a mailer that is killed after the SMTP server accepted a message and before that
is recorded. Nobody can know then whether the message left. A duplicate is better than no mail, so
it is sent again after `LONGEST_SENDING_SECONDS`, with the same Message-ID.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from minimaluser.lib import private_file

SENDING, SENT = "sending", "sent"
LONGEST_SENDING_SECONDS = 120  # more than all time-outs of one conversation with an SMTP server
KEPT_SECONDS = 7 * 24 * 3600
Limit = tuple[str, str, int, float]  # column, its value, maximum, window in seconds


class Full(Exception):
    """Too many messages were sent.

    Attributes:
        seconds: time until one more may be sent.
    """

    def __init__(self, limit: str, seconds: float) -> None:
        super().__init__(f"too many for one {limit}")
        self.seconds = seconds


class Ledger:
    """A small SQLite file, shared by all processes of one mailer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        private_file.of_sqlite(str(path))
        with self._open() as ledger:
            ledger.execute("PRAGMA journal_mode=WAL")
            ledger.execute(
                "CREATE TABLE IF NOT EXISTS message "
                "(id TEXT PRIMARY KEY, state TEXT NOT NULL, at REAL NOT NULL)"
            )
            ledger.execute("BEGIN IMMEDIATE")
            known = {row[1] for row in ledger.execute("PRAGMA table_info(message)")}
            for column in {"recipient", "issuer"} - known:  # the file is older than the limits
                ledger.execute(f"ALTER TABLE message ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
            for columns in ("at", "recipient, at", "issuer, at"):  # what `begin` asks for
                name = "message_" + columns.replace(", ", "_")
                ledger.execute(f"CREATE INDEX IF NOT EXISTS {name} ON message ({columns})")

    def begin(self, identity: str, recipient: str, issuer: str, *limits: Limit) -> str | None:
        """Claim a message.

        Args:
            identity: id of the message.
            recipient: key of the recipient, which is not an address.
            issuer: who sent the message to us.
            limits: limits on the messages sent and being sent, this one included.

        Returns:
            None if the caller has to send it now, otherwise its state: `sent`, or `sending` if
            somebody else does.

        Raises:
            Full: a limit is reached; the message is not claimed.
        """
        moment = time.time()
        with self._open() as ledger:
            ledger.execute("DELETE FROM message WHERE at < ?", (moment - KEPT_SECONDS,))
            claimed = ledger.execute(
                "INSERT INTO message (id, state, at, recipient, issuer) "
                "VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at "
                "WHERE state = excluded.state AND at < ?",
                (identity, SENDING, moment, recipient, issuer, moment - LONGEST_SENDING_SECONDS),
            )
            if claimed.rowcount == 1:
                for limit in limits:
                    _insist(ledger, limit, moment)
                return None
            row = ledger.execute("SELECT state FROM message WHERE id = ?", (identity,)).fetchone()
            return str(row[0]) if row else SENDING

    def sent(self, identity: str) -> None:
        """Record that the message was sent."""
        with self._open() as ledger:
            moment = time.time()
            ledger.execute(
                "UPDATE message SET state = ?, at = ? WHERE id = ?", (SENT, moment, identity)
            )

    def forget(self, identity: str) -> None:
        """Record that the message was not sent, so that it may come again."""
        with self._open() as ledger:
            ledger.execute("DELETE FROM message WHERE id = ? AND state = ?", (identity, SENDING))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=5)) as ledger, ledger:
            yield ledger


def _insist(ledger: sqlite3.Connection, limit: Limit, moment: float) -> None:
    """Raise `Full`, which undoes the claim, if this message is one too many."""
    column, value, most, window = limit
    row = ledger.execute(
        f"SELECT at FROM message WHERE {column} = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?",  # noqa: S608
        (value, moment - window, most),
    ).fetchone()
    if row is not None:
        raise Full(column, row[0] + window - moment)
