"""Counting in sliding windows: what a rate is, and for whom an address counts."""

from __future__ import annotations

import ipaddress
from datetime import timedelta

from minimaluser.lib.networks import read

Rates = tuple[tuple[int, timedelta], ...]  # so many at most in any so long a time

IPV6 = {64: 1, 56: 2, 48: 4}  # prefix lengths, and the factors by which they multiply a limit


class Unreachable(Exception):
    """The shared counter does not answer."""


def networks(address: str) -> dict[str, int]:
    """Return the networks for which an address is counted, each with the factor of its limit.

    An IPv4 address counts alone. With IPv6 a household has at least a /64 and often a /56 or a /48,
    so a client that changes its address within these is counted for them, too.
    """
    found = read(address)
    if not isinstance(found, ipaddress.IPv6Address):
        return {str(found or address): 1}
    return {
        str(ipaddress.ip_network((int(found), bits), strict=False)): times
        for bits, times in IPV6.items()
    }


def network(address: str) -> str:
    """Return the narrowest of these networks."""
    return next(iter(networks(address)))
