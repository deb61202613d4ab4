"""Whether a chosen access key is strong enough (NIST SP 800-63B: length, not a common one)."""

from __future__ import annotations

import itertools
import math
import threading
import unicodedata
from collections.abc import Sequence
from functools import cache

from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS
from zxcvbn.matching import L33T_TABLE

from minimaluser.lib import keys
from minimaluser.lib.text import BadText, Lengths

GOOD_SCORE = 3
READ_AT_MOST = 72  # zxcvbn refuses more
OWN_WORD_LENGTH = 4
# zxcvbn reads every part of a key (their number grows with the square of its length) once for each
# way to read its signs as letters: 4@ as aa, ([ as cc. Above this limit signs are masked, starting
# with those rarest in words; digits never are.
MOST_PARTS = 4 * READ_AT_MOST**2
SIGNS_THAT_GO = "<{[(|+%!@$"
PRIVATE_USE = 0xE000  # of Unicode: zxcvbn reads none of these characters as a letter
# Few keys on the lists of common ones are long enough, so the usual ways to lengthen a short one
# are tried as well.
STRETCHED = 1000  # how many of the most common keys are lengthened
TAILS = (
    "123456", "1234567", "12345678", "123456789", "1234567890", "qwerty", "qwerty123", "qwertyuiop",
    "password", "password1", "password123", "iloveyou", "letmein", "welcome", "abc123", "000000",
)  # fmt: skip
FAMOUS = (
    "correcthorsebatterystaple", "thequickbrownfox", "thequickbrownfoxjumpsoverthelazydog",
    "tobeornottobe", "tobeornottobethatisthequestion", "maytheforcebewithyou", "letmeinletmein",
    "iloveyousomuch", "opensesame", "onceuponatime", "itwasadarkandstormynight",
    "supercalifragilisticexpialidocious", "loremipsumdolorsitamet", "loremipsumdolor",
    "neverguessthiskey", "thisismypassword", "mypasswordissecret", "passwordpassword",
)  # fmt: skip
_one_at_a_time = threading.Lock()  # zxcvbn keeps `user_inputs` in a global
ROWS = ("abcdefghijklmnopqrstuvwxyz", "1234567890", "0987654321")


class WeakKey(BadText):
    """The key is easy to guess; the message is for the visitor."""


class Strong(str):
    """A clean key that was found strong enough, even for an attacker who knows some words."""

    __slots__ = ("own_words",)
    own_words: frozenset[str]


def check(key: str, lengths: Lengths, own_words: Sequence[str] = ()) -> Strong:
    """Accept a key, or raise the reason not to; one that was accepted already is not read again.

    Args:
        key: the key as typed; every character counts that `keys.clean` leaves.
        lengths: limits of its length.
        own_words: words an attacker knows: the address, the nickname, the name of the site.

    Raises:
        WeakKey: with a sentence for the visitor.
    """
    if isinstance(key, Strong) and key.own_words.issuperset(own_words):
        return key
    key, least = keys.clean(key, lengths), lengths.shortest
    if len(key) < least:
        raise WeakKey(f"Please use at least {least} characters; four or five random words do.")
    if len(key) > lengths.longest or len(key.encode("utf-8", "surrogatepass")) > lengths.most_bytes:
        raise WeakKey(f"Please use at most {lengths.longest} characters.")
    if "\x00" in key or any("\ud800" <= c <= "\udfff" for c in key):
        raise WeakKey("This key has characters that cannot be typed.")
    read = unicodedata.normalize("NFKC", key)  # full-width letters are guessed like others
    folded = read.casefold()
    words = {w for text in own_words for w in _words(text)}
    rest = folded
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    if rest != folded and len(rest) < least - OWN_WORD_LENGTH:
        raise WeakKey("This key is built on your email address, your nickname or our name.")
    bare = "".join(character for character in folded if character.isalnum())
    cores = (folded, bare, bare.rstrip("0123456789"))
    if any(_is_pattern(text) for text in cores if len(text) >= least // 2):
        raise WeakKey("This key repeats itself or follows a sequence.")
    if {folded, bare, bare.rstrip("0123456789")} & common(least):
        raise WeakKey("This key is too common; it would be guessed soon.")
    if _score(read[:READ_AT_MOST], words) < GOOD_SCORE:
        raise WeakKey("This key is too common; it would be guessed soon.")
    strong = Strong(key)
    strong.own_words = frozenset(own_words)
    return strong


@cache
def common(shortest: int) -> frozenset[str]:
    """Return the common keys of this length or more, in lower case; some 17,000 for 15."""
    known: list[str] = FREQUENCY_LISTS["passwords"]
    found = {key.casefold() for key in known} | set(FAMOUS)
    for word in known[:STRETCHED]:
        found |= {word * (-(-shortest // len(word))), *(word + tail for tail in TAILS)}
        found |= {tail + word for tail in TAILS}
    return frozenset(key for key in found if len(key) >= shortest or key in FAMOUS)


def _score(key: str, words: set[str]) -> int:
    with _one_at_a_time:
        found: int = zxcvbn(_readable(key), user_inputs=list(words), max_length=READ_AT_MOST)[
            "score"
        ]
    return found


def _readable(key: str) -> str:
    """Return the key with as many signs masked as needed to make zxcvbn fast.

    Each masked sign is replaced by a meaningless character of its own: repetitions remain, and the
    key never looks weaker than it is.
    """
    signs = iter(SIGNS_THAT_GO)
    while _readings(key) * len(key) ** 2 > MOST_PARTS:
        sign = next(signs)
        key = key.replace(sign, chr(PRIVATE_USE + ord(sign)))
    return key


def _readings(key: str) -> int:
    used = set(key)
    return math.prod(max(1, len(used & set(signs))) for signs in L33T_TABLE.values())


def _words(text: str) -> set[str]:
    parts = "".join(c if c.isalnum() else " " for c in text.casefold()).split()
    return {part for part in [*parts, text.casefold()] if len(part) >= OWN_WORD_LENGTH}


def _is_pattern(key: str) -> bool:
    if len(set(key)) < 5:
        return True
    for size in range(1, len(key) // 2 + 1):
        if (key[:size] * (len(key) // size + 1))[: len(key)] == key:
            return True
    steps = {ord(b) - ord(a) for a, b in itertools.pairwise(key)}
    return steps in ({1}, {-1}) or any(key in row * 3 for row in ROWS)
