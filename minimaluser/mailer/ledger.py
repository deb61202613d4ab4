"""Which messages were taken, so that a message with the same id is not sent twice.

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

    def begin(self, identity: str) -> str | None:
        """Claim a message.

        Returns:
            None if it is ours to send now, otherwise its state: `sent`, or `sending` elsewhere.
        """
        moment = time.time()
        with self._open() as ledger:
            ledger.execute("DELETE FROM message WHERE at < ?", (moment - KEPT_SECONDS,))
            claimed = ledger.execute(
                "INSERT INTO message VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET at = ?3 "
                "WHERE state = ?2 AND at < ?4",
                (identity, SENDING, moment, moment - LONGEST_SENDING_SECONDS),
            )
            if claimed.rowcount == 1:
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
