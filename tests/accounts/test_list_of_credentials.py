"""Everything that lets somebody in stands in the list of credentials (SE6)."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator

from minimaluser.database import db
from minimaluser.parts import load
from minimaluser.security import credentials, links
from minimaluser.security.credentials import KINDS, NO_CREDENTIALS, After
from minimaluser.settings import ROOT

SUSPICIOUS = re.compile(r"hash|secret|digest|key|token|code|seal|seed|credential|proof|before|otp")
PACKAGE = ROOT / "minimaluser"
ALL = [*KINDS, *(kind for part in load() for kind in part.credentials)]
LISTED = {place for kind in ALL for place in kind.kept_in} | set(NO_CREDENTIALS)
# The modules that may open a session: every way to log in. Consider what a new one proves.
WAYS = {
    "accounts.confirmation",
    "accounts.login",
    "accounts.signup",
    "security.sessions",
}


# --- the list is complete


def suspicious_places() -> set[str]:
    """Tables and columns that belong to users and look like credentials by their names."""
    found = set()
    for table in db.metadata.sorted_tables:
        owned = {key.column.table.name for key in table.foreign_keys} & {"users"}
        if table.name != "users" and not owned:
            continue
        for column in table.columns:
            place = f"{table.name}.{column.name}"
            if SUSPICIOUS.search(column.name) and table.name not in LISTED:
                found.add(place)
        if SUSPICIOUS.search(table.name):
            found.add(table.name)
    return found


def test_SE6_everything_that_looks_like_a_credential_is_in_the_list() -> None:
    assert suspicious_places() <= LISTED


def test_SE6_the_list_contains_nothing_that_no_longer_exists() -> None:
    names = {table.name for table in db.metadata.sorted_tables}
    names |= {f"{t.name}.{c.name}" for t in db.metadata.sorted_tables for c in t.columns}
    named = {place for place in LISTED if ":" not in place}
    assert named <= names
    assert {p.partition(":")[2] for p in LISTED if p.startswith("token:")} == set(purposes())


def test_SE6_a_new_kind_of_credential_is_noticed() -> None:
    import sqlalchemy as sa

    table = sa.Table(
        "passkey",
        db.metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user_id", sa.ForeignKey("users.id")),
        sa.Column("public_key", sa.LargeBinary),
    )
    try:
        assert suspicious_places() - LISTED == {"passkey", "passkey.public_key"}
    finally:
        db.metadata.remove(table)


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        yield dotted.removesuffix(".__init__"), ast.parse(path.read_text(encoding="utf-8"))


def purposes() -> Iterator[str]:
    """The purposes of all tokens that the site signs, read from the calls that issue them."""
    yield from links.ADDRESSES
    for dotted, tree in trees():
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or ast.unparse(call.func) != "tokens.issue":
                continue
            text = ast.unparse(call.args[1])
            if (dotted, text) == ("minimaluser.security.links", "purpose"):
                continue  # one of ADDRESSES, which knows no other
            module = importlib.import_module(dotted)
            yield str(eval(text, vars(module)))


def test_TK2_every_purpose_of_a_signed_token_is_in_the_list() -> None:
    assert {f"token:{purpose}" for purpose in purposes()} <= LISTED


def test_SE6_every_entry_of_the_session_cookie_is_in_the_list() -> None:
    found = set()
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "session":
                found.add(ast.unparse(node.slice))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "session.setdefault":
                found.add(ast.unparse(node.args[0]))
    constants = {"MAILED": "mailed"}
    names = {constants.get(name, name.strip("'")) for name in found}
    assert {f"cookie:{name}" for name in names} <= LISTED


def test_SE6_a_session_is_opened_only_in_these_places() -> None:
    found = {
        dotted
        for dotted, tree in trees()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("open_session")
    }
    assert found == {f"minimaluser.{way}" for way in WAYS}


def test_every_kind_says_how_it_ends() -> None:
    for kind in ALL:
        assert kind.end is not None or kind.told
        assert bool(kind.ends_after) == (kind.end is not None)
    assert set(After) > credentials.PROOFS
