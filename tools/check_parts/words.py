"""The names and values that HTML, ARIA and htmx know; they stand in `words.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

_known: dict[str, Any] = tomllib.loads(Path(__file__).with_name("words.toml").read_text())


def _words(name: str) -> frozenset[str]:
    return frozenset(_known[name].split())


ELEMENTS = _words("elements")
VOID = _words("void")
ENDS_P = _words("ends_p")
ATTRIBUTES = _words("attributes")
ARIA = frozenset(f"aria-{name}" for name in _words("aria"))
SWAPS = _words("swaps")
TARGETS = _words("targets")
INPUT_TYPES = _words("input_types")
TYPED = _words("typed")
VALUES = {name: frozenset(words.split()) for name, words in _known["values"].items()}
AT_RULES = _words("at_rules")
PSEUDO_CLASSES = _words("pseudo_classes")
PSEUDO_ELEMENTS = _words("pseudo_elements")
UNITS = _words("units")
ANIMATION = _words("animation")
MEDIA = {name: frozenset(values.split()) for name, values in _known["media"].items()}
LONG_MEDIA = frozenset(f"{side}-{name}" for side in ("min", "max") for name in MEDIA)
