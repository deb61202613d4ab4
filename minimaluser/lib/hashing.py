"""Access keys: generating, hashing (Argon2id, RFC 9106) and verifying, only a few at once."""

from __future__ import annotations

import ctypes
import fcntl
import logging
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
SALT_BYTES = 17  # a key that was hashed as it was typed, before `keys.clean`, has 16
AT_ONCE, LONGEST_WAIT_SECONDS = 2, 2.0
LEFT_FOR_OTHERS = 4  # threads of a process; the rest may hash or wait to hash
M_MMAP_THRESHOLD, LARGE_BYTES = -3, 1 << 20  # mallopt(3)
AT_ONCE_ON_THE_HOST, GLANCE_SECONDS = 4, 0.005

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # 32 symbols; no l, o, 0, 1
SYMBOLS = frozenset(ALPHABET)
GROUPS, GROUP_LENGTH = 4, 5

_hasher = PasswordHasher(PASSES, MEMORY_KIB, LANES, salt_len=SALT_BYTES)
_permits = threading.BoundedSemaphore(AT_ONCE)
_queue = threading.BoundedSemaphore(20)  # until `share` sets its size
_queued = threading.local()
_lock_files: list[Path] = []

log = logging.getLogger(__name__)


class Busy(Exception):
    """Too many keys are being hashed; try again in a moment."""


def share(folder: Path, threads: int) -> None:
    """Share the permits to hash with the other processes of this host.

    Some threads are kept free for requests that hash nothing.

    Args:
        folder: where the lock files are.
        threads: number of threads that the web server of this process has.
    """
    global _queue
    _give_memory_back()
    _queue = threading.BoundedSemaphore(max(1, threads - LEFT_FOR_OTHERS))
    _lock_files[:] = [folder / f"hashing-{number}.lock" for number in range(AT_ONCE_ON_THE_HOST)]


@contextmanager
def queue() -> Iterator[None]:
    """Take a place among the requests that hash or wait to hash.

    A request may take its place early, before other work; it never has more than one.

    Raises:
        Busy: the queue is full.
    """
    if getattr(_queued, "already", False):
        yield
        return
    with _acquired(_queue, until=0):
        _queued.already = True
        try:
            yield
        finally:
            _queued.already = False


def generate_key() -> str:
    """Make an access key of 100 random bits, like `abcde-fghij-kmnpq-rstuv`."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def hash_key(key: str) -> str:
    """Return the Argon2id hash of a key, in PHC string format.

    Raises:
        Busy: after waiting two seconds for a permit, or at once if too many requests wait already.
    """
    with _permit():
        return _hasher.hash(key.encode())


def verify_key(hashed: str | None, key: str, most_bytes: int) -> bool:
    """Tell whether a key matches a hash; without a hash it takes just as long.

    Args:
        hashed: result of `hash_key`, or None if there is no such user.
        key: the very key; one with too many bytes never matches and takes no longer.
        most_bytes: how many bytes a key may have.

    Raises:
        Busy: after waiting two seconds for a permit, or at once if too many requests wait already.
    """
    typed = key.encode()
    known = hashed is not None and len(typed) <= most_bytes
    with _permit():
        try:
            return _hasher.verify(hashed or _nobodys_hash(), typed[:most_bytes]) and known
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(hashed: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's, or of a key as typed."""
    return _hasher.check_needs_rehash(hashed)


def is_of_clean_key(hashed: str) -> bool:
    """Tell whether a hash was made of a key as `keys.clean` returns it."""
    try:
        return extract_parameters(hashed).salt_len == SALT_BYTES
    except InvalidHashError:
        return False


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_bytes(16))


def _give_memory_back() -> None:
    """Have glibc return the 19 MiB of a hash at once, instead of keeping them for each thread."""
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(M_MMAP_THRESHOLD, LARGE_BYTES)


@contextmanager
def _permit() -> Iterator[None]:
    until = time.monotonic() + LONGEST_WAIT_SECONDS
    with queue(), _acquired(_permits, until):
        lock = _lock_file(until)
        try:
            yield
        finally:
            if lock is not None:
                os.close(lock)  # unlocks it, as the end of the process would


@contextmanager
def _acquired(places: threading.BoundedSemaphore, until: float) -> Iterator[None]:
    if not places.acquire(timeout=max(0, until - time.monotonic())):
        raise Busy
    try:
        yield
    finally:
        places.release()


def _lock_file(until: float) -> int | None:
    while True:
        for path in _lock_files:
            try:
                lock = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            except OSError as problem:  # no reason to refuse log-ins: the process has permits, too
                log.warning("permits to hash are not shared on this host: %s", problem)
                return None
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
            except OSError as problem:  # a network file system may have no locks
                log.warning("permits to hash are not shared on this host: %s", problem)
                os.close(lock)
                return None
            else:
                return lock
        if not _lock_files:
            return None
        if time.monotonic() > until:
            raise Busy
        time.sleep(GLANCE_SECONDS)
