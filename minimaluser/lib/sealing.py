"""Encryption at rest with keys from outside the database: AES-256-GCM (NIST SP 800-38D)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class Unsealable(Exception):
    """None of the secrets decrypts this text."""


def seal(secrets: Sequence[str], text: str) -> bytes:
    """Encrypt text under the newest secret; the nonce precedes the ciphertext."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_key(secrets[0])).encrypt(nonce, text.encode(), None)


def unseal(secrets: Sequence[str], sealed: bytes) -> str:
    """Decrypt what `seal` made under any of the secrets.

    Raises:
        Unsealable: no secret fits or the bytes were changed.
    """
    for secret in secrets:
        try:
            plain = AESGCM(_key(secret)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
        except (InvalidTag, ValueError):
            continue
        return plain.decode()
    raise Unsealable


def _key(secret: str) -> bytes:
    return hashlib.sha256(b"minimaluser/sealing/" + secret.encode()).digest()
