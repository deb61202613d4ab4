"""Addresses that change something, and the forms that their requests need."""

from __future__ import annotations

from flask import Flask

from minimaluser.security.access import addresses
from minimaluser.security.bodies import Form

VARY = {"Cookie", "HX-Request", "HX-Request-Type"}
FORM = {
    "email": "new@example.org",
    "key": "x",
    "nickname": "Somebody Else",
    "seed": "0" * 16,
    "current_key": "blue kettle sings at dawn",
    "new_key": "seven green trains at noon",
    "confirm_key": "seven green trains at noon",
    "code": "000000",
    "analysis": "y",
}


def unsafe(app: Flask) -> list[str]:
    """An address of every view that accepts a form of a page."""
    posts = [each for each in addresses(app) if "POST" in each.methods]
    return [each.example for each in posts if isinstance(each.access.body, Form)]
