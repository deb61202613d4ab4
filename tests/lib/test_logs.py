"""Log lines; what they say of a request is tested in tests/views/test_audited.py."""

from __future__ import annotations

import ipaddress
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import ip_addresses

from minimaluser.lib import logs


def test_in_development_an_event_is_told_in_words() -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 0, "authz_fail", (), None)
    record.audit = {"endpoint": "profile.show", "address": "192.0.2.0", "problem": ""}
    said = logs.Words("%(levelname)s: %(message)s").format(record)
    assert said == "WARNING: authz_fail (endpoint profile.show, address 192.0.2.0)"


@pytest.mark.parametrize("somebody_listens", [False, True])
def test_in_development_nothing_is_said_twice(
    monkeypatch: pytest.MonkeyPatch, somebody_listens: bool
) -> None:
    ours = logging.getLogger("minimaluser")
    monkeypatch.setattr(ours, "handlers", [])
    monkeypatch.setattr(ours, "propagate", somebody_listens)  # pytest listens at the root
    for _ in range(2):
        logs.configure_for_development()
    assert len(ours.handlers) == (0 if somebody_listens else 1)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("192.0.2.77", "192.0.2.0"),
        ("192.0.2.77:1234", "192.0.2.0"),
        ("2001:db8:1:2::7", "2001:db8:1::"),
        ("[2001:db8:1:2::7]:443", "2001:db8:1::"),
        ("2a00::5:6", "2a00::"),
        ("::ffff:192.0.2.77", "192.0.2.0"),
        ("fe80::1%eth0", "fe80::"),
        ("[::ffff:192.0.2.77%1]:80", "192.0.2.0"),
        ("2002:c000:24d::1", "2002:c000:200::"),  # 192.0.2.77 by 6to4
        ("2002:c000:4d::1", "2002:c000::"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_LG1_an_address_is_cut_to_its_network(address: str, shown: str) -> None:
    assert logs.truncated(address) == shown


@given(ip_addresses())
def test_LG1_of_an_address_only_the_bits_of_its_network_are_left(address: Any) -> None:
    shown = logs.truncated(str(address))
    plain = getattr(address, "ipv4_mapped", None) or address
    bits = {4: 24, 6: 40 if getattr(plain, "sixtofour", None) else 48}[plain.version]
    assert plain in ipaddress.ip_network(f"{shown}/{bits}"), "and no bit of a host"
    assert logs.truncated(shown) == shown
    assert logs.truncated(f"[{address}]:443" if address.version == 6 else f"{address}:443") == shown
