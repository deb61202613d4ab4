"""Access keys as they are typed: the form in which one is hashed, and those in which it is tried.

A key is hashed in Unicode's form NFC with plain blanks: NIST SP 800-63B-4 (3.1.1.2) and RFC 8265
(OpaqueString) agree on that. NFKC, which the earlier SP 800-63B-3 asked for, would make two keys
one, `x²` and `x2`. What cannot be seen is left out, and so are blanks around a key, as SP 800-63B-4
allows, if it is still long enough. Whatever is typed is tried in two forms at most, and in how many
depends on it alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from minimaluser.lib import hashing, typed
from minimaluser.lib.text import Lengths

MOST_TYPED = 1024  # the cost of normalising grows with the square of the length


def clean(key: str, lengths: Lengths) -> str:
    """Return the form in which a key is hashed; a clean key is returned as it is."""
    return _cleaned(key, lengths, _seen)


def _cleaned(key: str, lengths: Lengths, seen: Callable[[str], str]) -> str:
    if len(key) > MOST_TYPED:
        return key
    composed = unicodedata.normalize("NFC", key)
    plain = unicodedata.normalize("NFC", "".join(map(seen, composed))) or composed
    bare = typed.strip(plain)
    return bare if len(bare) >= lengths.shortest else plain


def match(hashed: str | None, key: str, lengths: Lengths) -> str:
    """Compare what was typed with a hash; without one it takes just as long.

    Args:
        hashed: result of `hashing.hash_key`, or None if there is no such user.
        key: as typed.
        lengths: limits of a key.

    Returns:
        The form of the key to make a new hash of; empty if it is wrong.

    Raises:
        hashing.Busy: see `hashing.verify_key`.
    """
    cleaned, granted = clean(key, lengths), _as_granted(key)
    first = granted or cleaned
    before = _cleaned(key, lengths, _kept)  # as when what cannot be seen still stayed in
    other = _narrow(cleaned) if before == cleaned else before  # input methods may have widened it
    second = cleaned if granted else other
    tried = [first]
    if {key, cleaned, second} != {first}:
        of_clean_key = hashed is None or hashing.is_of_clean_key(hashed)
        tried.append(second if of_clean_key else key)
    right = [one for one in tried if hashing.verify_key(hashed, one, lengths.most_bytes)]
    if not right:
        return ""
    return cleaned if right[0] == key else right[0]


def _as_granted(key: str) -> str:
    """Return a key of the shape of those that we grant as it was granted; empty for another.

    Letters may be capitals or full-width, and parted by anything else, or by nothing.
    """
    if len(key) > MOST_TYPED:
        return ""
    folded = unicodedata.normalize("NFKC", key).casefold()
    symbols = [one for one in folded if unicodedata.category(one)[0] in "LN"]
    if len(symbols) != hashing.GROUPS * hashing.GROUP_LENGTH:
        return ""
    if not hashing.SYMBOLS.issuperset(symbols):
        return ""
    starts = range(0, len(symbols), hashing.GROUP_LENGTH)
    return "-".join("".join(symbols[at : at + hashing.GROUP_LENGTH]) for at in starts)


def _seen(one: str) -> str:
    if one.isspace():
        return " "
    return "" if unicodedata.category(one) == "Cf" else one


def _kept(one: str) -> str:
    return " " if unicodedata.category(one) == "Zs" else one


def _narrow(key: str) -> str:
    return unicodedata.normalize("NFC", key.translate(typed.NARROW))
