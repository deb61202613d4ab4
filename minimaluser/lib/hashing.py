"""Access keys: making, hashing (Argon2id, RFC 9106), verifying; two at once in a process."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
AT_ONCE, LONGEST_WAIT_SECONDS = 2, 2.0

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 symbols; no l, o, 0, 1
GROUPS, GROUP_LENGTH = 4, 5

_hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
_turns = threading.BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """Too many keys are being hashed; ask again in a moment."""


def generate_key() -> str:
    """Make an access key of 100 random bits, like `abcde-fghij-kmnpq-rstuv`."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def hash_key(key: str) -> str:
    """Return the Argon2id hash of a key, in PHC string format.

    Raises:
        Busy: after waiting two seconds for a turn.
    """
    with _turn():
        return _hasher.hash(key.encode())


def verify_key(hashed: str | None, key: str) -> bool:
    """Tell whether the key belongs to the hash, in the same time for no hash at all.

    Raises:
        Busy: after waiting two seconds for a turn.
    """
    known = hashed is not None
    with _turn():
        try:
            return _hasher.verify(hashed or _nobodys_hash(), key.encode()) and known
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(hashed: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(hashed)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_bytes(16))


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=LONGEST_WAIT_SECONDS):
        raise Busy
    try:
        yield
    finally:
        _turns.release()
