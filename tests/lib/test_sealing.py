"""Encryption at rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimaluser.lib import sealing

OLD, NEW = "o" * 40, "n" * 40
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT)
def test_a_sealed_text_can_be_unsealed(text: str) -> None:
    assert sealing.unseal([NEW], sealing.seal([NEW], text)) == text


def test_the_same_text_is_never_sealed_to_the_same_bytes() -> None:
    assert len({sealing.seal([NEW], "key") for _ in range(100)}) == 100


def test_ML5_the_sealed_bytes_do_not_contain_the_text() -> None:
    assert b"secret" not in sealing.seal([NEW], "a secret in the middle")


def test_OP1_a_rotated_secret_still_opens() -> None:
    sealed = sealing.seal([OLD], "before the rotation")
    assert sealing.unseal([NEW, OLD], sealed) == "before the rotation"


def test_OP1_the_newest_secret_seals() -> None:
    assert sealing.unseal([NEW], sealing.seal([NEW, OLD], "text")) == "text"


def test_a_changed_byte_anywhere_is_noticed() -> None:
    sealed = sealing.seal([NEW], "text")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(sealing.Unsealable):
            sealing.unseal([NEW], bytes(changed))


@pytest.mark.parametrize("sealed", [b"", b"x", b"x" * 12, b"x" * 27, b"x" * 28, b"x" * 500])
def test_rubbish_is_unsealable(sealed: bytes) -> None:
    with pytest.raises(sealing.Unsealable):
        sealing.unseal([NEW], sealed)


def test_a_foreign_secret_opens_nothing() -> None:
    with pytest.raises(sealing.Unsealable):
        sealing.unseal([OLD], sealing.seal([NEW], "text"))
