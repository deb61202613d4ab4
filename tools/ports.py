"""Whether a port of this machine is free; nothing but the standard library is imported."""

from __future__ import annotations

import socket
from http.client import HTTPConnection, HTTPException

HOST = "127.0.0.1"
# A browser asks `localhost` at these two. The site listens at the first one only.
LOCALHOST = ((socket.AF_INET, HOST), (socket.AF_INET6, "::1"))


def is_free(port: int) -> bool:
    """Tell whether a site could have this port, and a browser would find it there.

    Somebody else may listen at the address for IPv6 alone, as a program of macOS does at 5000.
    """
    return _can_be_taken(port) and not any(_is_answered(*place, port) for place in LOCALHOST)


def _can_be_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _is_answered(family: int, host: str, port: int) -> bool:
    try:
        with socket.socket(family) as probe:
            probe.settimeout(1)
            return probe.connect_ex((host, port)) == 0
    except OSError:  # this machine has no IPv6
        return False


def status(port: int) -> int:
    """Return the status with which a site at a port answers; 0 if it does not."""
    site = HTTPConnection(HOST, port, timeout=2)  # which asks no proxy
    try:
        site.request("GET", "/healthz")
        return site.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        site.close()
