"""What pages cost: counted, not timed, so that a busy machine changes nothing."""

from __future__ import annotations

import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest
from flask import Flask
from itsdangerous.signer import HMACAlgorithm as Signatures
from jinja2 import Template
from jwt.algorithms import HMACAlgorithm

from minimaluser import parts
from minimaluser.lib.kept import Keeper
from minimaluser.lib.templating import App
from minimaluser.security.access import addresses
from minimaluser.testing.client import Person
from minimaluser.testing.database import listening, statements, user_of

TOKEN = re.compile(r'(?:csrf_token" value|csrf-token" content)="([^"]+)"')


@dataclass
class Cost:
    """How often something was done for one answer."""

    statements: int = 0
    transactions: int = 0
    renderings: int = 0  # of templates; what is kept or extended is none
    signatures: int = 0  # made or checked: of the session, the user token, the CSRF token


@contextmanager
def counted(app: Flask) -> Iterator[Cost]:
    """Count what is done inside the block."""
    cost = Cost()

    def more(name: str) -> None:
        setattr(cost, name, getattr(cost, name) + 1)

    def counting(name: str, real: Any) -> Any:
        def counted(*args: Any, **named: Any) -> Any:
            more(name)
            return real(*args, **named)

        return counted

    def begun(_connection: Any) -> None:
        more("transactions")

    with (
        pytest.MonkeyPatch.context() as patch,
        statements(app) as seen,
        listening(app, begin=begun),
    ):
        patch.setattr(Template, "new_context", counting("renderings", Template.new_context))
        patch.setattr(Signatures, "get_signature", counting("signatures", Signatures.get_signature))
        patch.setattr(HMACAlgorithm, "verify", counting("signatures", HMACAlgorithm.verify))
        yield cost
    cost.statements = len([sql for sql in seen if not sql.startswith("BEGIN")])


PAGES = {
    ("eve", "/"): Cost(0, 0, 4, 2),
    ("eve", "/login"): Cost(0, 0, 5, 2),
    ("eve", "/signup"): Cost(0, 0, 5, 2),
    ("ann", "/"): Cost(1, 1, 6, 3),
    ("ann", "/profile"): Cost(3, 1, 8, 3),
    ("ann", "/profile/nickname"): Cost(3, 1, 8, 3),
    ("ann", "/profile/events"): Cost(2, 1, 7, 3),
}
WITH_ROWS = {"/profile", "/profile/nickname"}  # each row is one rendering more


@pytest.mark.parametrize(("who", "path"), PAGES)
def test_a_page_costs_no_more_than_it_did(
    stocked: Flask, request: pytest.FixtureRequest, who: str, path: str
) -> None:
    person: Person = request.getfixturevalue(who)
    for _ in range(2):  # what is kept is made, and so is the session of a guest
        person.get(path)
    with counted(stocked) as cost:
        assert person.get(path).status_code == 200
    with stocked.app_context():
        rows = len(parts.rows()) if path in WITH_ROWS else 0
    expected = PAGES[who, path]
    assert cost == replace(expected, renderings=expected.renderings + rows)


def test_CA1_what_is_kept_is_the_same_for_everybody_and_nobodys(
    stocked: Flask, ann: Person, ben: Person, eve: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = cast(App, stocked)
    vars(app).pop("_kept", None)
    kept: list[str] = []
    render = Keeper._render

    def noting(keeper: Keeper, name: str, /, **arguments: Any) -> str:
        kept.append(render(keeper, name, **arguments))
        return kept[-1]

    monkeypatch.setattr(Keeper, "_render", noting)
    secrets, pages = set(), []
    for path in sorted({each.example for each in addresses(app) if "GET" in each.methods}):
        if not path.startswith("/dev/"):
            answers = [person.get(path) for person in (ann, ben, eve)]
            pages += [answer.text for answer in answers if answer.mimetype == "text/html"]
    vars(app).pop("_kept")
    for person in (ann, ben):
        user = user_of(app, person.email)
        assert user is not None
        secrets |= {user.nickname, user.email, user.tile_name, user.tile_seed}
    secrets |= {token for page in pages for token in TOKEN.findall(page)}
    assert len(secrets) > 10
    assert len(kept) > 10
    for html in kept:
        assert not {secret for secret in secrets if secret in html}
        assert "csrf" not in html


def test_CA1_a_kept_page_of_one_visitor_shows_nothing_of_another(
    stocked: Flask, ann: Person, ben: Person, eve: Person
) -> None:
    people = {person: user_of(stocked, person.email) for person in (ann, ben)}
    for _ in range(2):
        for person in (ann, ben, eve):
            for path in ("/", "/about", "/cookies"):
                page = person.get(path).text
                assert [
                    somebody for somebody, user in people.items() if user and user.nickname in page
                ] == [somebody for somebody in people if somebody is person]
                assert ("Log out" in page) == (person is not eve)
                assert ('href="/signup">Sign up' in page) == (person is eve)


def test_a_compressed_page_is_made_in_memory_that_is_there_already(eve: Person) -> None:
    def pages_of_memory(times: int = 20) -> float:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(times):
            assert eve.get("/", headers={"Accept-Encoding": "br"}).content_encoding == "br"
        return (resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / times

    pages_of_memory()
    assert pages_of_memory() < 100  # of 4 KiB each: a megabyte a request took 257 of them
