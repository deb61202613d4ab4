"""Which network a request counts for (RL1, RL2)."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from flask import Flask
from hypothesis import assume, given
from hypothesis.strategies import ip_addresses

from minimaluser.lib import rates
from minimaluser.rules import HOUR, rules
from minimaluser.security import limits
from minimaluser.settings import UNLIKE_PRODUCTION, settings_of
from minimaluser.testing.client import Person
from tests.accounts.counting import at


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2", True),
        ("192.0.2.1:5678", "192.0.2.1:5679", True),  # some proxies add the port
        ("[2001:db8:1:2::1]:5678", "2001:db8:1:2::2", True),
        ("", "", True),
    ],
)
def test_RL1_a_network_is_an_ipv4_address_or_64_bits_of_ipv6(
    one: str, other: str, same: bool
) -> None:
    assert (rates.network(one) == rates.network(other)) is same


@given(ip_addresses(v=6))
def test_RL1_an_ipv6_address_is_counted_in_three_networks_around_it(address: Any) -> None:
    assume(address.ipv4_mapped is None)
    found = rates.networks(str(address))
    around = [ipaddress.ip_network(network) for network in found]
    assert [network.prefixlen for network in around] == [64, 56, 48]
    assert all(address in network for network in around)
    assert list(found.values()) == [1, 2, 4]


@given(ip_addresses(v=4))
def test_RL1_an_ipv4_address_is_counted_alone_in_every_notation(address: object) -> None:
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    wanted = {str(address): 1}
    assert rates.networks(str(address)) == rates.networks(str(mapped)) == wanted


@pytest.mark.parametrize(("differs", "most"), [("1:{:x}::1", 6), ("1:{:x}00::1", 12)])
def test_RL1_a_client_that_changes_its_ipv6_network_is_limited(
    counted: Flask, monkeypatch: pytest.MonkeyPatch, differs: str, most: int
) -> None:
    monkeypatch.setitem(rules.limits, "code", {"network": ((3, HOUR),)})

    def once(address: str) -> None:
        with counted.test_request_context(environ_base={"REMOTE_ADDR": address}):
            limits.count("code")

    for number in range(most):
        once("2001:db8:" + differs.format(number))
    with pytest.raises(limits.TooMany):
        once("2001:db8:" + differs.format(most))
    once("2001:db8:2::1")


def test_RL1_sign_ups_are_counted_for_the_network(counted: Flask) -> None:
    networks = [f"2001:db8::{number}" for number in range(6)] + ["2001:db8:0:1::1"]
    people = [at(Person(counted, f"s{n}@example.org"), each) for n, each in enumerate(networks)]
    answers = [each.post("/signup", {"email": each.email}).status_code for each in people]
    assert answers == [303] * 5 + [429, 303]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP"])
def test_RL2_a_forged_address_does_not_change_which_client_is_counted(
    counted: Flask, header: str
) -> None:
    stranger = at(Person(counted, "x"), "192.0.2.1")
    answers = []
    for number in range(6):
        forged = f"for=203.0.113.{number}" if header == "Forwarded" else f"203.0.113.{number}"
        form = {"email": f"s{number}@example.org", "csrf_token": stranger.token()}
        answers.append(
            stranger.client.post("/signup", data=form, headers={header: forged}).status_code
        )
        stranger.client.delete_cookie("mu_session")
    assert answers == [303] * 5 + [429]


def test_RL1_in_development_a_whole_crowd_shares_an_address(app: Flask) -> None:
    assert settings_of(app).rate_limit_crowd == UNLIKE_PRODUCTION["RATE_LIMIT_CROWD"]
    crowd = [at(Person(app, f"c{number}@example.org"), "127.0.0.1") for number in range(25)]
    assert {person.post("/signup", {"email": person.email}).status_code for person in crowd} == {
        303
    }
