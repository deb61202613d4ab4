"""Settings from environment variables, declared as a dataclass; all mistakes are reported at once.

Each field, made by `setting`, is one setting: its name in lower case, its type, its default and a
sentence.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from email.headerregistry import Address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult

ON, OFF = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}
NEAR = r"[\w-]+|[\w.-]+\.internal|(10|127|192\.168|172\.(1[6-9]|2\d|3[01]))\.[\d.]+|\[::1\]"
PRIVATE_URL = re.compile(rf"(https://([\w.-]+|\[[\da-f:]+\])|http://({NEAR}))(:\d+)?(/\S*)?")
SECRET_BYTES = 32  # as long as the digest of HS256 (RFC 7518, 3.2)
SECRET_CHARACTERS = 8  # different ones, at least


class BadSettings(Exception):
    """Settings are missing or wrong; the message lists every problem at once."""

    def __init__(self, what: str, problems: Sequence[str]) -> None:
        super().__init__(f"{what}:\n- " + "\n- ".join(problems))


class Wrong(ValueError):
    """A value that a setting cannot have; the message follows its name: `must be …`."""


@dataclasses.dataclass(frozen=True)
class Setting:
    """One line of a table of settings.

    Attributes:
        name: name of the environment variable.
        sentence: what the setting is for.
        default: the text that has the same effect as leaving the variable unset.
        usual: the default in words, if it depends on something.
        read: converts the text to the value.
        example: the value in an example file of production settings.
    """

    name: str
    sentence: str
    default: str
    usual: str
    read: Callable[[str], Any]
    example: str


def setting(
    sentence: str,
    default: str = "",
    read: Callable[[str], Any] = str,
    *,
    usual: str = "",
    example: str = "",
) -> Any:
    """Declare a field of a class of settings; see `Setting`."""
    about = {"sentence": sentence, "default": default, "read": read, "example": example}
    return dataclasses.field(metadata=about | {"usual": usual or default or "none"})


def table(kind: type) -> Iterator[Setting]:
    """Yield the settings that a class declares."""
    for field in dataclasses.fields(kind):
        if field.metadata:
            yield Setting(name=field.name.upper(), **field.metadata)


def read(kind: type, environ: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the fields of a class with their values from the environment, and the mistakes.

    Blanks around a value are removed, and an empty one counts as unset. A field with a mistake is
    None.
    """
    values: dict[str, Any] = {}
    problems = []
    for each in table(kind):
        field = each.name.lower()
        try:
            values[field] = each.read(given(environ, each.name) or each.default)
        except Wrong as wrong:
            values[field] = None
            problems.append(f"{each.name} {wrong}")
    return values, problems


def given(environ: Mapping[str, str], name: str) -> str:
    """Return the value of a variable, empty if it is not set."""
    return environ.get(name, "").strip()


def number(least: int = 0, most: int | None = None) -> Callable[[str], int]:
    """Return a reader of whole numbers in digits."""
    bounds = f" from {least}" if least else ""
    bounds += f" to {most}" if most is not None else ""

    def read_number(text: str) -> int:
        value = int(text) if text.isdecimal() and text.isascii() else -1
        if value < least or (most is not None and value > most):
            raise Wrong(f"must be a number{bounds}")
        return value

    return read_number


def switch(text: str) -> bool:
    """Read `1` as on and `0`, or nothing, as off."""
    if text.lower() not in ON | OFF:
        raise Wrong("must be 1 (on) or 0 (off)")
    return text.lower() in ON


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a reader that accepts one of these words."""

    def read_choice(text: str) -> str:
        if text not in choices:
            raise Wrong(f"must be {' or '.join(choices)}")
        return text

    return read_choice


def url(*starts: str, said: str = "") -> Callable[[str], str]:
    """Return a reader of addresses with one of these starts; `said` describes them for people."""

    def read_url(text: str) -> str:
        if text and (not text.startswith(starts) or "://" not in text or re.search(r"\s", text)):
            raise Wrong(f"must start with {said or ' or '.join(starts)}")
        return text

    return read_url


def private_url(text: str) -> str:
    """Read an address that cannot be eavesdropped on: https, or http within a private network."""
    if text and not PRIVATE_URL.fullmatch(text):
        raise Wrong("must start with https://, or http:// inside one machine")
    return text


def path(text: str) -> Path:
    """Read the path of a file or folder."""
    return Path(text).resolve()


def email(text: str) -> str:
    """Read an e-mail address and nothing else."""
    if text and not is_email(text):
        raise Wrong("must be an address and nothing else")
    return text


def is_email(text: str) -> bool:
    """Tell whether a text is a bare address, without a name or anything else."""
    try:
        return bool(Address(addr_spec=text).domain)
    except Exception:  # the parser raises ValueError, IndexError and errors of its own
        return False


def secrets(text: str) -> tuple[str, ...]:
    """Read secrets separated by commas, the newest first."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def flaws(name: str, values: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with the secrets of a setting, without repeating any of them."""
    if not values:
        yield f"{name} is missing"
    for value in values:
        if len(value.encode()) < SECRET_BYTES:
            yield f"{name} is shorter than {SECRET_BYTES} bytes"
        elif len(set(value)) < SECRET_CHARACTERS:
            yield f"{name} looks like a default value"


def told(each: Setting, value: Any) -> str:
    """Return a value in words that others may read, without secrets and passwords."""
    if each.read is secrets:
        return f"set, {len(value)} of them" if len(value) > 1 else "set" if value else "not set"
    if isinstance(value, bool):
        return "on" if value else "off"
    shown = value.geturl() if isinstance(value, SplitResult) else str(value)
    return re.sub(r"//.*@", "//…@", shown) or each.usual
