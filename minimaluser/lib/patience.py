"""Connections to PostgreSQL on which nobody waits for ever."""

from __future__ import annotations

from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

T = TypeVar("T")


class Connection(psycopg.Connection[Any]):
    """Is closed when the server has said nothing for `longest` seconds; None: it may take long.

    `is_direct` tells that no pooler is in between.
    """

    longest: float | None = None
    is_direct = True

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        try:
            return super().wait(gen, interval, timeout or self.longest)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.close()  # a late answer must not be taken for that to another question
            raise


def connect(*place: Any, longest: float | None = None, **told: Any) -> Connection:
    """Connect as `psycopg.connect` does; through a pooler no statement is prepared.

    A pooler makes up the process id that it tells a client, and may send the next transaction to
    another server process.

    Args:
        place: the address, if there are no `told` options.
        longest: seconds after which a server without an answer counts as lost.
        told: what `psycopg.connect` takes.
    """
    made = Connection.connect(*place, **told)
    made.longest = longest
    try:
        found = made.execute("SELECT pg_backend_pid()").fetchone()
        made.rollback()
    except BaseException:
        made.close()
        raise
    made.is_direct = found == (made.info.backend_pid,)
    if not made.is_direct:
        made.prepare_threshold = None
    return made
