"""What people try until a limit stops them; no two tries are the same."""

from __future__ import annotations

from functools import cache
from itertools import count

from flask import Flask
from werkzeug.test import TestResponse

from minimaluser.testing.client import Person
from minimaluser.testing.people import NEW_KEY

numbers = count()


def at(person: Person, address: str) -> Person:
    """The same person behind another network address."""
    person.client.environ_base["REMOTE_ADDR"] = address
    return person


def wrong_log_in(person: Person) -> TestResponse:
    return person.log_in("not the key")


def sign_up(person: Person) -> TestResponse:
    """Sign somebody else up from this network."""
    network = person.client.environ_base["REMOTE_ADDR"]
    other = at(Person(person.app, f"{next(numbers)}@example.org"), network)
    return other.post("/signup", {"email": other.email})


def forget(person: Person) -> TestResponse:
    return person.post("/forgot-key", {"email": f"{next(numbers)}@example.org"})


@cache
def address_of_codes(person: Person) -> str:
    return person.ask_for_code()[0]


def wrong_code(person: Person) -> TestResponse:
    return person.use_code(address_of_codes(person), "000000", NEW_KEY)


def bad_link(person: Person) -> TestResponse:
    return person.post("/confirm/x.y.z")


def wrong_key(person: Person) -> TestResponse:
    return person.post("/profile/delete", {"current_key": "wrong"})


def rename(person: Person) -> TestResponse:
    return person.post("/profile/nickname", {"nickname": f"Ann the {next(numbers)}th"})


def look_for_a_name(person: Person) -> TestResponse:
    return person.post("/check/nickname/nickname", {"nickname": "Somebody Else"}, htmx=True)


def draw(person: Person) -> TestResponse:
    return person.post("/profile/tile", {"seed": "0123456789abcdef"})


def move(person: Person) -> TestResponse:
    return person.ask_to_move(f"{next(numbers)}@new.example")


def flood(app: Flask, email: str, tries: int = 50) -> None:
    """Strangers everywhere try keys until the account's limit is reached."""
    for number in range(tries):
        stranger = at(Person(app, email), f"203.0.113.{number}")
        if stranger.log_in("not the key").status_code == 429:
            return
    raise AssertionError("no limit")


def number_of(person: Person, words: str) -> int:
    """How many mails to a person have these words in their subject."""
    return sum(words in mail.subject for mail in person.mails())


def ask(app: Flask, email: str, network: str) -> int:
    """Have a stranger ask for a code; return the status."""
    stranger = at(Person(app, email), network)
    return stranger.post("/forgot-key", {"email": email}).status_code
