"""Light or dark: the choice of a browser, in a cookie that holds one of these words."""

from __future__ import annotations

COOKIE = "mu_appearance"
SYSTEM = "system"  # as the device has it: what is shown without a cookie
SCHEMES = ("light", "dark")


def read(value: str) -> str:
    """Return the scheme in a cookie; empty if there is none, or something else."""
    return value if value in SCHEMES else ""
