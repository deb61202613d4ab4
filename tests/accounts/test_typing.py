"""Keys, codes and addresses as people paste, type and autofill them, in every field (CR4, RL1)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from flask import Flask

from minimaluser.models import User
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, user_of
from minimaluser.testing.patterns import KEY
from minimaluser.testing.people import NEW_KEY

NFC = unicodedata.normalize("NFC", "Schöne-grüße aus Bergön été 42")
NFD = unicodedata.normalize("NFD", NFC)
COPIED = {
    "as it is": lambda key: key,
    "a blank after it": lambda key: f"{key} ",
    "a line end": lambda key: f"{key}\r\n",
    "capitals": str.upper,
    "blanks for hyphens": lambda key: key.replace("-", " "),
    "no hyphens": lambda key: key.replace("-", ""),
    "other hyphens": lambda key: key.replace("-", "\u2011"),
    "a mark of direction": lambda key: f"\u202a{key}\u202c",
    "no width": lambda key: f"{key}\u200b",
    "wrapped": lambda key: f"{key[:12]}\n{key[12:]}",
    "quoted-printable": lambda key: f"{key[:12]}=\r\n{key[12:]}",
    "full width": lambda key: "".join(chr(ord(one) + 0xFEE0) for one in key),
}
ADDRESSES = {
    "a blank": " {} ",
    "no width": "{}\u200b",
    "a byte order mark": "\ufeff{}",
    "marks of direction": "\u2068{}\u2069",
    "a no-break blank": "{}\u00a0",
    "a scheme": "mailto:{}",
    "angle brackets": "<{}>",
    "a name": "Ann Example <{}>",
    "a full stop": "{}.",
    "a comma": "{},",
}
every_copy = pytest.mark.parametrize("copied", COPIED.values(), ids=COPIED)
every_address = pytest.mark.parametrize("written", ADDRESSES.values(), ids=ADDRESSES)
wide = COPIED["full width"]


@every_copy
def test_the_first_key_is_right_in_every_field_however_it_was_copied(
    ben: Person, copied: Callable[[str], str]
) -> None:
    key = copied(ben.mailed(KEY))
    assert ben.elsewhere().log_in(key).status_code == 303
    assert ben.post("/key-entry", {"current_key": key}).status_code == 303
    form = {"current_key": key, "new_key": NEW_KEY, "confirm_key": NEW_KEY}
    assert ben.post("/profile/key", form).status_code == 303


@every_copy
def test_the_account_is_deleted_and_moved_with_the_key_as_it_was_copied(
    ben: Person, copied: Callable[[str], str]
) -> None:
    key = copied(ben.mailed(KEY))
    form = {"email": "ben@new.example", "current_key": key}
    assert ben.post("/profile/email", form).status_code == 303
    assert ben.post("/profile/delete", {"current_key": key}).status_code == 303


@pytest.mark.parametrize("typed", [NFC, NFD, f" {NFD}\n", NFC.replace(" ", "\u00a0")])
@pytest.mark.parametrize("chosen", [NFC, NFD, f"{NFC} "])
def test_a_key_in_composed_letters_is_the_same_taken_apart(
    ann: Person, chosen: str, typed: str
) -> None:
    form = {"current_key": ann.key, "new_key": chosen, "confirm_key": typed}
    assert ann.post("/profile/key", form).status_code == 303
    assert ann.elsewhere().log_in(typed).status_code == 303
    assert ann.post("/key-entry", {"current_key": typed}).status_code == 303


@pytest.mark.parametrize("key", [NFC, NFD, f" {NFC} ", "Ａ wide key of long ago"])
def test_an_old_hash_of_a_key_as_it_was_typed_works_and_is_renewed(
    app: Flask, ann: Person, key: str
) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(key)
    change(app, User, user_of(app, ann.email).id, key_hash=old)
    assert ann.post("/key-entry", {"current_key": key}).status_code == 303
    for typed in (key, unicodedata.normalize("NFD", key), f"{key.strip()}\t"):
        assert ann.elsewhere().log_in(typed).status_code == 303
    assert user_of(app, ann.email).key_hash != old


@pytest.mark.parametrize("around", ["{} ", "{}\u200b", "{}"])
def test_RL1_a_wrong_key_is_one_try_in_however_many_forms_it_is_tried(
    ann: Person, around: str
) -> None:
    thief = ann.elsewhere()
    for number in range(10):
        assert thief.log_in(around.format(f"a wrong key, number {number}")).status_code == 422
    assert thief.log_in(around.format("a wrong key, number 10")).status_code == 429


def test_RL1_several_keys_in_one_field_are_one_wrong_key(ann: Person) -> None:
    for guesses in (f"a wrong key\n{ann.key}", f"{ann.key} {ann.key}", f"{ann.key}\x00x"):
        assert ann.elsewhere().log_in(guesses).status_code == 422


@pytest.mark.parametrize(
    "typed",
    [wide, " {} ".format, "{}\u200b".format, "\u2068{}\u2069".format, lambda c: "-".join(c)],
)
def test_a_code_is_its_digits(ann: Person, typed: Callable[[str], str]) -> None:
    phone = ann.elsewhere()
    page, code = phone.ask_for_code()
    assert phone.use_code(page, typed(code)).status_code == 303
    assert phone.log_in(NEW_KEY).status_code == 303


def test_TK10_what_is_no_code_uses_up_no_try(ann: Person) -> None:
    phone = ann.elsewhere()
    page, code = phone.ask_for_code()
    for _ in range(6):
        assert phone.use_code(page, f"{code}x").status_code == 422
    assert phone.use_code(page, code).status_code == 303


@every_address
def test_an_address_is_the_same_whatever_is_copied_with_it(
    app: Flask, ann: Person, written: str
) -> None:
    assert Person(app, written.format(ann.email), ann.key).log_in().status_code == 303
    before = len(ann.mails())
    ann.elsewhere().post("/forgot-key", {"email": written.format(ann.email)})
    assert len(ann.mails()) == before + 1
    eve = Person(app, "eve@example.org")
    assert eve.post("/signup", {"email": written.format(eve.email)}).location == "/profile"
    assert eve.mailed(KEY)
    assert ann.ask_to_move(written.format("ann@new.example")).status_code == 303
    assert ann.link("/email/confirm/", "ann@new.example")


@pytest.mark.parametrize("field", ["signup", "email", "forgot-key"])
@every_address
def test_an_address_with_something_around_it_is_no_mistake_while_it_is_typed(
    ann: Person, written: str, field: str
) -> None:
    typed = {"email": written.format("eve@example.org")}
    answer = ann.post(f"/check/{field}/email", typed, htmx=True)
    assert "This does not look like" not in answer.text


@pytest.mark.parametrize("around", ["{}\u200b", "\ufeff{}", "\u202a{}\u202c", "{}\u00a0", "{}\t"])
def test_a_nickname_is_the_same_whatever_is_copied_with_it(ann: Person, around: str) -> None:
    form = {"nickname": around.format("Ann the Great")}
    assert ann.post("/profile/nickname", form).status_code == 303
    assert "Ann the Great<" in ann.get("/profile").text
