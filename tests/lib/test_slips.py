"""Slips in the domain of an address."""

from __future__ import annotations

import pytest

from minimaluser.lib import slips


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("maya@gmail.con", "maya@gmail.com"),
        ("maya@gmial.com", "maya@gmail.com"),
        ("maya@gmai.com", "maya@gmail.com"),
        ("maya@gmaill.com", "maya@gmail.com"),
        ("maya@gmail.co", "maya@gmail.com"),
        ("maya@hotmial.com", "maya@hotmail.com"),
        ("maya@outlok.com", "maya@outlook.com"),
        ("maya@yaho.com", "maya@yahoo.com"),
        ("maya@iclod.com", "maya@icloud.com"),
        ("maya@museum.example.con", "maya@museum.example.com"),
        ("maya@museum.ogr", "maya@museum.org"),
    ],
)
def test_a_slip_is_found(typed: str, meant: str) -> None:
    assert slips.meant(typed) == meant


@pytest.mark.parametrize(
    "address",
    [
        *(f"maya@{domain}" for domain in sorted({*slips.PROVIDERS, *slips.NEIGHBOURS})),
        *("maya@example.org", "maya@gmail.de", "maya@hotmail.fr", "maya@yahoo.co.uk"),
        *("maya@gmxx.de", "maya@gmail.example.com", "maya@liamg.com", "con@museum.net"),
    ],
)
def test_nobody_is_asked_about_an_address_without_one(address: str) -> None:
    assert slips.meant(address) is None


def test_no_question_leads_to_another() -> None:
    for domain in (*slips.PROVIDERS, *slips.NEIGHBOURS):
        assert not slips.ENDINGS.keys() & {domain.rpartition(".")[2]}
