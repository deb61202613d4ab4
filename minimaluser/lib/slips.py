"""Addresses with a slip of the finger in their domain, such as `maya@gmail.con`.

The packages for this bring Django, correct instead of asking, or had their last release in 2021.
"""

from __future__ import annotations

# What is asked about. Not shorter: what is one letter away from `gmx.de` is somebody else.
PROVIDERS = (
    "gmail.com", "googlemail.com", "hotmail.com", "icloud.com", "outlook.com", "proton.me",
    "protonmail.com", "yahoo.com",
)  # fmt: skip
NEIGHBOURS = {"cloud.com", "email.com", "mail.com", "ymail.com"}  # as close, and in use
ENDINGS = {
    "cim": "com", "cmo": "com", "comm": "com", "con": "com", "cpm": "com", "ocm": "com",
    "vom": "com", "xom": "com", "nett": "net", "nte": "net", "ogr": "org", "orgg": "org",
}  # fmt: skip  # none of the first ones ends any domain


def meant(address: str) -> str | None:
    """Return the address that may have been meant; None if there is nothing to ask about."""
    local, _, domain = address.rpartition("@")
    found = _meant_domain(domain)
    return f"{local}@{found}" if found else None


def _meant_domain(domain: str) -> str | None:
    if domain in PROVIDERS or domain in NEIGHBOURS:
        return None
    for provider in PROVIDERS:
        if _is_one_slip(domain, provider):
            return provider
    name, _, ending = domain.rpartition(".")
    return f"{name}.{ENDINGS[ending]}" if ending in ENDINGS else None


def _is_one_slip(one: str, other: str) -> bool:
    """Tell whether a letter is missing, too many, another one, or in the place of its neighbour."""
    for at in range(len(other)):
        if one[:at] != other[:at]:
            return False
        here, there = one[at:], other[at:]
        shorter = here == there[1:] or here[1:] == there or here[1:] == there[1:]
        if shorter or (here[:2] == there[1::-1] and here[2:] == there[2:]):
            return True
    return False
