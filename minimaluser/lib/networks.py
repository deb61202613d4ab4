"""Network addresses as servers and proxies write them."""

from __future__ import annotations

import ipaddress


def read(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return an address without the port or the zone that may stand with it; None if it is none."""
    plain = text.strip().removeprefix("[").partition("]")[0].partition("%")[0]
    if plain.count(":") == 1:  # some proxies add the port
        plain = plain.partition(":")[0]
    try:
        found = ipaddress.ip_address(plain)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address):
        return found.ipv4_mapped or found
    return found
