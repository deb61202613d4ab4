"""JSON as RFC 8259 and RFC 7493 have it; Python's own reader accepts more than that."""

from __future__ import annotations

import json
import math
from typing import Any


def loads(body: bytes | str) -> Any:
    """Return what a JSON text says.

    Raises:
        ValueError: it is not JSON in UTF-8, or has NaN, Infinity, a number that is too large, a
            name twice in an object, or half a character.
        RecursionError: it is nested too deep.
    """
    text = body if isinstance(body, str) else body.decode("utf-8-sig")
    found = json.loads(
        text, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_each_once
    )
    if "\\u" in text:
        json.dumps(found, ensure_ascii=False).encode()  # half a character cannot be encoded
    return found


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in an object")
    return found
