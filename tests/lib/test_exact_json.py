"""JSON that is exactly that (IN5)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimaluser.lib import exact_json

BAD = [
    "NaN",
    "[Infinity]",
    '{"a": -Infinity}',
    "1e999",
    "-1e999",
    '{"a": 1, "a": 2}',
    '[{"b": {"a": 1, "a": 1}}]',
    '"\\ud800"',
    '{"\\udc00": 1}',
    "",
    " ",
    "{} {}",
    "'a'",
    "[1,]",
    "9" * 5000,
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc\x00ü"), inner),
    max_leaves=20,
)


@pytest.mark.parametrize("text", BAD)
def test_IN5_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        exact_json.loads(text)
    with pytest.raises(ValueError, match=r"."):
        exact_json.loads(text.encode())


@pytest.mark.parametrize("body", [b"\xff", '"a"'.encode("utf-16"), b'"\xed\xa0\x80"'])
def test_IN5_json_is_in_utf_8(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        exact_json.loads(body)


@given(VALUES, st.booleans())
def test_whatever_json_can_say_is_read(value: Any, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert exact_json.loads(text) == exact_json.loads(text.encode("utf-8-sig")) == value
