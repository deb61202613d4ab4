"""Settings from environment variables, declared as a dataclass; all mistakes are reported at once.

Each field, made by `setting`, is one setting: its name in lower case, its type, its default and a
sentence.
"""

from __future__ import annotations

import dataclasses
import errno
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ON = {"1", "true", "t", "yes", "y", "on", "enabled"}
OFF = {"", "0", "false", "f", "no", "n", "off", "disabled"}
DIGITS = 9  # of a number
FULL = {errno.ENOSPC, errno.EDQUOT}
SECRET_BYTES = 32  # as long as the digest of HS256 (RFC 7518, 3.2)
SECRET_CHARACTERS = 8  # different ones, at least


class BadSettings(Exception):
    """Settings are missing or wrong; the message lists every problem at once."""

    def __init__(self, what: str, problems: Sequence[str]) -> None:
        super().__init__(f"{what}:\n- " + "\n- ".join(problems))
        self.what, self.problems = what, tuple(problems)


@contextmanager
def told_at_once() -> Iterator[None]:
    """End the program with exit code 2 if settings are bad: their message, and no traceback."""
    try:
        yield
    except BadSettings as bad:
        sys.stderr.write(f"{bad}\n")
        sys.exit(2)


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
            text = given(environ, each.name)
            if os.fsencode(text) != text.encode(errors="replace"):
                raise Wrong("must be written in UTF-8")
            values[field] = each.read(text or each.default)
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
        is_number = text.isdecimal() and text.isascii() and len(text.lstrip("0")) <= DIGITS
        value = int(text.lstrip("0") or 0) if is_number else -1
        if value < least or (most is not None and value > most):
            raise Wrong(f"must be a number{bounds}")
        return value

    return read_number


def switch(text: str) -> bool:
    """Read `1`, `true`, `yes` or `on` as on, and their opposites, or nothing, as off."""
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


def path(text: str) -> Path:
    """Read the path of a file or folder; it may have any character."""
    return Path(text).resolve()


def folder(name: str, path: Path, *, make: bool = True, written: bool = True) -> Iterator[str]:
    """Make a folder, and yield what is wrong if that cannot be.

    Args:
        make: whether to make it; otherwise only one that is there is looked at.
        written: whether anything is to be kept in it; a disk that is full is no mistake.
    """
    if not make and not os.path.exists(path):  # noqa: PTH110 - Path.exists raises for long names
        return
    able = "made"
    try:
        path.mkdir(parents=True, exist_ok=True)
        able = "written to"
        if written:
            tempfile.TemporaryFile(dir=path).close()
    except OSError as problem:
        if problem.errno not in FULL:
            yield f"{name} must be a folder that can be {able}: {path} ({problem.strerror})"


def secrets(text: str) -> tuple[str, ...]:
    """Read secrets separated by commas, the newest first."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def flaws(name: str, values: Sequence[str] | None) -> Iterator[str]:
    """Yield what is wrong with the secrets of a setting, without repeating any of them."""
    if values is not None and not values:
        yield f"{name} is missing"
    for value in values or ():
        if len(value.encode()) < SECRET_BYTES:
            yield f"{name} is shorter than {SECRET_BYTES} bytes"
        elif len(set(value)) < SECRET_CHARACTERS:
            yield f"{name} looks like a default value"
