"""What is an e-mail address, and when are two the same (IN2)."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from minimaluser.lib import emails

LONGEST_LABEL = "d" * 63
DOMAIN_189 = f"{LONGEST_LABEL}.{LONGEST_LABEL}.{'e' * 57}.org"

GOOD = {
    "ann@example.org": ("ann@example.org", "ann@example.org"),
    "  ann@example.org\n": ("ann@example.org", "ann@example.org"),
    "Ann@Example.ORG": ("Ann@example.org", "ann@example.org"),
    "ann+news@example.org": ("ann+news@example.org", "ann+news@example.org"),
    "o'hara@example.org": ("o'hara@example.org", "o'hara@example.org"),
    "ann@bücher.example.org": ("ann@xn--bcher-kva.example.org", "ann@xn--bcher-kva.example.org"),
    "ann@BÜCHER.example.org": ("ann@xn--bcher-kva.example.org", "ann@xn--bcher-kva.example.org"),
    "ann@xn--bcher-kva.example.org": (
        "ann@xn--bcher-kva.example.org",
        "ann@xn--bcher-kva.example.org",
    ),
    f"{'l' * 64}@example.org": (f"{'l' * 64}@example.org", f"{'l' * 64}@example.org"),
    f"{'l' * 64}@{DOMAIN_189}": (f"{'l' * 64}@{DOMAIN_189}", f"{'l' * 64}@{DOMAIN_189}"),
}
# What comes along when an address is copied, autofilled or typed with an input method.
COPIED = [
    "mailto:%61nn@example.org?subject=Hello",
    "ann@example.org\u200b",
    "\ufeffann@example.org",
    "\u202aann@example.org\u202c",
    "ann@example.org\u00a0",
    "ann@example.org\u2028",
    "an\u00adn@exam\u200bple.org",
    "ａｎｎ@example.org",
    "ann＠ｅｘａｍｐｌｅ．ｏｒｇ",
    "ann@example。org",
    "<ann@example.org>",
    "Ann <ann@example.org>",
    '"Example, Ann" <ann@example.org>',
    "mailto:ann@example.org",
    "MAILTO: ann@example.org",
    "<mailto:ann@example.org>",
    "ann@example.org.",
    "ann@example.org,",
    "(ann@example.org)",
]

BAD = [
    "=?utf-8?q?ann?=@example.org",
    "",
    "   ",
    "ann",
    "@example.org",
    "ann@",
    "ann@example",
    "ann@@example.org",
    "ann@example..org",
    "ann@.example.org",
    "ann@-example.org",
    ".ann@example.org",
    "ann.@example.org",
    "a..n@example.org",
    "ann example@example.org",
    "ann@exam ple.org",
    # more than one address, or something else beside it
    "Ann <ann@example.org>, Ben <ben@example.org>",
    "Ann <ann@example.org> Ben",
    "<ann@example.org",
    "mailto:",
    "http://ann@example.org",
    "ann@example.org..invalid",
    "a@example.org,b@example.org",
    "a@example.org;b@example.org",
    "a@example.org b@example.org",
    "a@example.org,c@d",
    "ann@example.org?bcc=eve@example.org",
    # header injection
    "ann@example.org\r\nBcc: eve@example.org",
    "ann@example.org\nBcc: eve@example.org",
    "ann\r\n@example.org",
    "ann\x00@example.org",
    "ann@example.org\x00",
    "ann@example.org\x00.evil.example",
    "ann@exa\x00mple.org",
    "ann@example.org\u2028Bcc: eve@example.org",
    # quoted parts, comments, address literals
    '"ann"@example.org',
    '"ann eve"@example.org',
    '"ann@eve"@example.org',
    "ann(dog)@example.org",
    "ann@(dog)example.org",
    "ann@[192.0.2.1]",
    "ann@[IPv6:2001:db8::1]",
    "ann@192.0.2.1",
    # letters that look like others before the @
    "mıke@example.org",
    "\u212aelvin@example.org",
    "ﬁona@example.org",
    "änn@example.org",
    "анна@example.org",
    # too long
    f"{'l' * 65}@example.org",
    f"{'l' * 64}@x{DOMAIN_189}",
    f"ann@{'d' * 64}.org",
    "a" * 250 + "@example.org",
    f"ann@{'ü' * 60}.example.org",
    # nowhere
    "ann@localhost",
    "ann@printer.local",
    "ann@example.invalid",
    "ann@1.0.0.127.in-addr.arpa",
]


@pytest.mark.parametrize("typed", GOOD)
def test_IN2_a_good_address_is_read(typed: str) -> None:
    assert emails.parse(typed) == GOOD[typed]


@pytest.mark.parametrize("typed", COPIED)
def test_IN2_what_is_copied_with_an_address_is_left_out(typed: str) -> None:
    assert emails.parse(typed) == GOOD["ann@example.org"]


@pytest.mark.parametrize("typed", BAD)
def test_IN2_a_bad_address_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(emails.BadEmail) as refusal:
        emails.parse(typed)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize("typed", ["ann@\u212aatzen.org", "ann@ﬁsch.org", "ann@ｋatze.org"])
def test_IN2_a_letter_that_looks_like_another_in_the_domain_becomes_that_one(typed: str) -> None:
    address, same = emails.parse(typed)
    assert address.isascii()
    assert address == same
    assert emails.parse(address) == (address, same)


def test_IN2_the_longest_address_has_254_characters() -> None:
    longest = f"{'l' * 64}@{DOMAIN_189}"
    assert len(longest) == 254
    emails.parse(longest)
    with pytest.raises(emails.BadEmail):
        emails.parse(longest.replace("@", "@a", 1))


LOCAL = st.text(string.ascii_letters + string.digits + "+-_", min_size=1, max_size=64)
LABEL = st.text(string.ascii_letters + string.digits, min_size=1, max_size=20)


@given(LOCAL, LABEL)
def test_IN2_reading_what_was_read_changes_nothing(local: str, label: str) -> None:
    address, same = emails.parse(f"{local}@x{label}.org")
    assert emails.parse(address) == (address, same)
    assert emails.parse(same)[1] == same == same.lower()


@given(st.text(max_size=300))
def test_IN2_any_text_is_an_ascii_address_or_refused(text: str) -> None:
    try:
        address, same = emails.parse(text)
    except emails.BadEmail:
        return
    assert address.isascii()
    assert address.isprintable()
    assert " " not in address
    assert address.count("@") == 1
    assert len(address) <= emails.LONGEST
    assert same == address.lower()


@given(st.text(max_size=80))
@example("an\u017f@example.org")  # in lower case it would be the address of another
def test_EN1_what_is_no_address_is_counted_under_a_key_that_none_has(text: str) -> None:
    found = emails.parse_any(text)
    assert (" " in found.key) == (not found.address)
    assert emails.parse_any(found) is found
    if found.address:
        assert emails.parse(found) is found
    else:
        with pytest.raises(emails.BadEmail):
            emails.parse(found)
