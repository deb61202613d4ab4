"""Addresses that settings name, of the web and of mail: checked, and written in one way."""

from __future__ import annotations

import ipaddress
import re
from email.headerregistry import Address
from urllib.parse import SplitResult, quote, urlsplit

from minimaluser.lib.environment import Wrong

PORTS = {"https": 443, "http": 80}
STARTS = "must start with https:// or http://"
NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
NEAR = [
    ipaddress.ip_network(name)
    for name in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1", "fc00::/7")
]


def web(text: str) -> str:
    """Read an address, perhaps with a path; its host may be an international name.

    It is returned without a slash at its end, in small letters and ASCII, and without a port that
    goes without saying.
    """
    if not text:
        return ""
    found = _split(text)
    scheme = found.scheme.lower()
    if scheme not in PORTS:
        raise Wrong(STARTS)
    if found.username is not None or found.query or found.fragment or text.endswith(("?", "#")):
        raise Wrong("must be a host, perhaps with a port and a path, and nothing else")
    port = "" if found.port in {None, PORTS[scheme]} else f":{found.port}"
    path = quote(found.path.rstrip("/"), safe="/%:@!$&'()*+,;=~-._")
    return f"{scheme}://{_host(found.hostname or '')}{port}{path}"


def site(text: str) -> str:
    """Read the address of a site, which is at the root of its host."""
    read = web(text)
    if urlsplit(read).path:
        raise Wrong("must have no path: the site is at the root of its host")
    return read


def private(text: str) -> str:
    """Read an address that cannot be eavesdropped on: https, or http within a private network."""
    try:
        read = web(text)
    except Wrong:
        read = "http://."
    if read.startswith("http://") and not is_near(urlsplit(read).hostname or ""):
        raise Wrong("must start with https://, or http:// within a private network")
    return read


def is_near(host: str) -> bool:
    """Tell whether a host is this machine, or named as those of a private network are."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bool(re.fullmatch(r"[\w-]+|[\w.-]+\.internal", host))
    return any(address in network for network in NEAR)


def source(address: str) -> str:
    """Return what a Content-Security-Policy calls the origin of an address; empty for none.

    It has no form for an IPv6 address, so that becomes any host with this scheme and port.
    """
    if not address:
        return ""
    found = urlsplit(address)
    host = "*" if found.netloc.startswith("[") else found.hostname
    return f"{found.scheme}://{host}" + (f":{found.port}" if found.port else "")


def bucket(text: str) -> str:
    """Read the name of a bucket, or what AWS calls an access point."""
    if text and not re.fullmatch(r"[\w.-]{3,255}|arn:[\w:./-]+", text, re.ASCII):
        raise Wrong("must be the name of a bucket: letters, digits, dots and hyphens")
    return text


def counter(text: str) -> str:
    """Read the address of a shared counter."""
    if text:
        from minimaluser.lib import shared_counter

        if not shared_counter.is_address(text):
            raise Wrong("must be redis:// or valkey:// with a host, perhaps a port and /number")
    return text


def email(text: str) -> str:
    """Read an e-mail address and nothing else."""
    if text and not is_email(text):
        raise Wrong("must be an address and nothing else")
    return text


def is_email(text: str) -> bool:
    """Tell whether a text is a bare address, without a name or anything else."""
    try:
        return bool(Address(addr_spec=text).domain)
    except Exception:  # the parser raises ValueError, IndexError and errors of its own
        return False


def _split(text: str) -> SplitResult:
    if re.search(r"[\s\x00-\x1f\\]", text) or "://" not in text:
        raise Wrong(STARTS)
    try:
        found = urlsplit(text)
        if found.port == 0 or found.netloc.endswith(":"):
            raise ValueError
    except ValueError:
        raise Wrong("must have a host, and a port from 1 to 65535 if it has one") from None
    return found


def _host(name: str) -> str:
    try:
        if ":" in name:
            return f"[{ipaddress.IPv6Address(name)}]" if "%" not in name else _no_host()
        if not name.isascii():
            import idna

            name = idna.encode(name, uts46=True).decode()
        name = name.removesuffix(".")
        if name.rpartition(".")[2].isdigit():
            return str(ipaddress.IPv4Address(name))
    except ValueError:  # idna raises it, too
        return _no_host()
    return name if NAME.fullmatch(name) else _no_host()


def _no_host() -> str:
    raise Wrong("must have a host, and a port from 1 to 65535 if it has one")
