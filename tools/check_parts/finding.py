"""What a check has found, and where; and what a misspelt word was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

# What is told first, second, …: what a source shows by itself, what rendering it says, …, and what
# may follow from something else.
TORN, UNREADABLE, MISSPELT, LOST, FOLLOWING = range(5)


@dataclass(frozen=True, order=True)
class Finding:
    """Something wrong in a line of a file.

    Attributes:
        file, line: where, the file as its path in the repository.
        what: what is wrong.
        mend: how to mend it.
        state: in which state of which template it was seen first; the same thing in other states
            is the same finding.
        rank: how early it is told; what comes later may follow from it.
        origin: file and line of what made it, if those that used it are blamed; else empty.
    """

    file: str
    line: int
    what: str
    mend: str
    state: str = field(default="", compare=False)
    rank: int = field(default=LOST, compare=False)
    origin: tuple[str, int] = field(default=("", 0), compare=False)

    def __str__(self) -> str:
        seen = f" (seen in {self.state})" if self.state else ""
        return f"{self.file}:{self.line}: {self.what}: {self.mend}{seen}"


def meant(word: str, known: Iterable[str]) -> str:
    """Return the known word that is closest, empty if none is close."""
    found = get_close_matches(word, sorted(known), n=1, cutoff=0.7)
    return found[0] if found else ""


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return how to mend a word that is not known."""
    close = meant(word, known)
    return f"did you mean `{close}`?" if close else otherwise
