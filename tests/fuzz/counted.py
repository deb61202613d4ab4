"""How many examples have begun, told when one has failed in a hunt."""

from __future__ import annotations

_begun = 0
WORDS = "fuzz: found in example"


def one_begins() -> None:
    """Count an example: a life, or a pair of worlds."""
    global _begun
    _begun += 1


def tell() -> str:
    """Say which example failed; the last one is only the first failure, shown once more."""
    return f"{WORDS} {max(1, _begun - 1)}"
