"""The names of a project: which are good ones, and how they get into the place of the starter's."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Collection
from dataclasses import dataclass
from importlib.metadata import packages_distributions

from tools.grow.refusal import Refused

LONGEST_NAME, LONGEST_TITLE = 16, 40  # lines of code hold no longer name
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
TITLE = re.compile(r"[^\W_][\w +.,!·-]*")
# What begins with the short name: cookies, and the address that tests give the site.
AFTER_SHORT = r"(?=_(?:session|browser|consent|appearance|link)|\.example)"


@dataclass(frozen=True)
class Names:
    """What a project is called.

    Attributes:
        name: of the package, the distribution, services, loggers, issuers of tokens.
        title: what people read.
        short: two letters, with which the cookies begin.
    """

    name: str
    title: str
    short: str


def chosen(name: str, title: str = "", *, taken: Collection[str] = ()) -> Names:
    """Return the names of a new project.

    Args:
        name: of the package.
        title: what people read; by default the name, each word with a capital letter.
        taken: names that something else has.

    Raises:
        Refused: one of them would not work.
    """
    title = title.strip() or name.replace("_", " ").title()
    if not name:
        raise Refused("Say what the project is called: make new NAME=plantly.")
    if not NAME.fullmatch(name):
        better = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_0123456789")
        hint = f", for example {better}" if NAME.fullmatch(better) else ""
        raise Refused(
            f"NAME={name} cannot be the name of a package: take small letters, digits and single"
            f" underscores, a letter first{hint}."
        )
    if not 2 <= len(name) <= LONGEST_NAME:
        raise Refused(f"NAME={name} must have 2 to {LONGEST_NAME} letters; TITLE may be longer.")
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        raise Refused(f"NAME={name} is a word of Python itself; take another one.")
    if name in sys.stdlib_module_names:
        raise Refused(f"NAME={name} is a module of Python's library; take another one.")
    if name in {each.lower().replace("-", "_") for each in packages_distributions()}:
        raise Refused(f"NAME={name} is a package that the site is built with; take another one.")
    if name in taken:
        raise Refused(f"NAME={name} is a folder or a part of the starter; take another one.")
    if not TITLE.fullmatch(title) or len(title) > LONGEST_TITLE:
        raise Refused(
            f"TITLE={title} must begin with a letter or a digit and have at most {LONGEST_TITLE}"
            " letters, digits, spaces or any of + . , ! · - _"
        )
    return Names(name, title, initials(name, 2).lower())


def initials(words: str, most: int = 2) -> str:
    """Return the first letters of words, or of the only word.

    >>> initials("Happy Garden"), initials("plantly")
    ('HG', 'PL')
    """
    found = re.findall(r"[^\W_]+", words)
    first = "".join(word[0] for word in found) if len(found) > 1 else found[0]
    return first[:most].upper()


def translated(text: str, old: Names, new: Names) -> str:
    """Return a text with the names of another project, by exact rules and in one pass."""
    table = {
        old.title: new.title,
        old.name: new.name,
        old.short: new.short,
        old.short.upper(): new.short.upper(),
    }
    short = rf"(?<![A-Za-z0-9])(?:{old.short}|{old.short.upper()}){AFTER_SHORT}"
    either = re.compile(f"{re.escape(old.title)}|{re.escape(old.name)}|{short}")
    return either.sub(lambda found: table[found[0]], text)
