"""Who uses the data of an instance folder: any number of sites, or `make reset` alone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from minimaluser.settings import Settings

LOCK = "running.lock"


class Busy(Exception):
    """Somebody else uses the data."""


def shared(ours: Settings) -> AbstractContextManager[None]:
    """Keep `make reset` away while a site runs.

    Raises:
        Busy: it is at work.
    """
    return _locked(ours, fcntl.LOCK_SH)


def alone(ours: Settings) -> AbstractContextManager[None]:
    """Keep `make run` away.

    Raises:
        Busy: a site runs.
    """
    return _locked(ours, fcntl.LOCK_EX)


@contextmanager
def _locked(ours: Settings, how: int) -> Iterator[None]:
    lock = os.open(ours.instance_path / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield
    finally:
        os.close(lock)
