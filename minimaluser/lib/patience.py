"""Connections to PostgreSQL on which nobody waits for ever."""

from __future__ import annotations

from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

T = TypeVar("T")


class Connection(psycopg.Connection[Any]):
    """Is closed when the server has said nothing for `longest` seconds; None: it may take long."""

    longest: float | None = None

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        try:
            return super().wait(gen, interval, timeout or self.longest)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.close()  # a late answer must not be taken for that to another question
            raise


def connect(*place: Any, longest: float | None = None, **told: Any) -> Connection:
    """Connect as `psycopg.connect` does.

    Args:
        place: the address, if there are no `told` options.
        longest: seconds after which a server without an answer counts as lost.
        told: what `psycopg.connect` takes.
    """
    made = Connection.connect(*place, **told)
    made.longest = longest
    return made
