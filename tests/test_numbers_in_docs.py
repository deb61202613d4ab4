"""The numbers that the docs name are those of `minimaluser/rules.py`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from minimaluser.lib.text import span
from minimaluser.mailer import ledger
from minimaluser.rules import Rules, rules
from minimaluser.settings import ROOT
from tests.literals import literals
from tools.settings import BLOCK

SAID = {
    "docs/visitor.md": [
        "can undo it for {undo_email};",
        "a {code_digits}-digit code by mail, good for {code} in the browser",
        "tells what happened in {events} |",
        "a mailed link undoes it for {undo_closing} |",
    ],
    "docs/decisions/keys.md": ["a cookie of {opened_link} and leads"],
    "docs/security.md": [
        "own keys of {key.shortest} characters or more",
        "up to {key.longest} characters;",
        "and works for {first_key} |",
        "codes: {code_digits} digits, once, {code} |",
        "{code_tries} tries, {code_tries_a_day} wrong ones in {code_counted}, {wrong_codes} in a "
        "row",
        "{session_idle_brief} idle ({session_idle} if kept), {session_absolute} at most, "
        "{sessions_most} at once",
        "the key again after {recent_key} before",
        "from the old one for {undo_email} and a deletion for {undo_closing}, whatever",
        "A confirmation link logs in for {confirm}, longer",
        "A {code_digits}-digit code is kept",
        "and it is valid for {code}.",
        "beyond the first {codes_of_strangers} of a day",
        "is told to users who are logged in, {nickname_checks} times an hour",
    ],
    "docs/privacy.md": [
        "For {undo_closing} a link in the goodbye mail undoes that",
        "| {technical_log}, **set by the operator**",
        "| {consent}, or until the policy changes |",
        "| {appearance}, or until “System” is chosen |",
        "{session_absolute} at most with “Keep me logged in”",
        "is told by mail | {known_browser} |",
        "| {opened_link}, or until its button is pressed |",
        "not too many to one person | {ledger} |",
        "For {undo_closing} a link in the goodbye mail brings",
        "asks for no log-in and works for {stop_mail};",
        "Set the log retention to {technical_log} and",
    ],
    "docs/deploy.md": ["when mail has waited {queue_may_wait}:"],
    "docs/deploy-mail.md": [
        "as long as the link in it is good ({undo_email}, {undo_closing})",
        "or most of it expires after {mail_waits}.",
        "has waited for more than {queue_may_wait},",
    ],
    "docs/deploy-backup.md": [
        "`JWT_SECRET_HTML` after {undo_closing} (the link that undoes a deletion; {stop_mail} if",
        "`SESSION_SECRET` after {session_absolute} (sessions;",
        "`JWT_SECRET_USER` after {known_browser} (browsers",
    ],
}
# What is no rule of the site: how networks of IPv6 are counted, how large htmx is, how quickly an
# edit is seen, how long a template is, and what people promise.
OTHERS = {
    "SECURITY.md": {"seven days"},
    "docs/architecture.md": set[str](),
    "docs/commands.md": {"two seconds"},
    "docs/decisions/accounts.md": set[str](),
    "docs/decisions/inside.md": set[str](),
    "docs/decisions/keys.md": {"four times"},
    "docs/decisions/pages.md": {"three times"},
    "docs/glossary.md": set[str](),
    "docs/own.md": set[str](),
    "docs/privacy.md": set[str](),
    "docs/security.md": set[str](),
    "docs/visitor.md": set[str](),
}


def shown(changed: Rules) -> dict[str, Any]:
    """What stands for each name in braces."""
    values = {
        name: span(value) if isinstance(value := getattr(changed, name), timedelta) else value
        for name in Rules.__dataclass_fields__
    }
    account = {name: each.get("account") for name, each in changed.limits.items()}
    return values | {
        "wrong_codes": account["wrong-codes"][0][0],
        "codes_of_strangers": account["forgot-key-mail"][0][0],
        "nickname_checks": account["nickname-check"][0][0],
        "ledger": span(timedelta(seconds=ledger.KEPT_SECONDS)),
    }


def text_of(name: str) -> str:
    """What a file says, but for what is written from the rules anyway (`tools/privacy.py`)."""
    text = BLOCK.sub("", (ROOT / name).read_text(encoding="utf-8"))
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize(("name", "sentence"), [(n, s) for n in SAID for s in SAID[n]])
def test_PR4_a_number_in_the_docs_is_that_of_the_rules(name: str, sentence: str) -> None:
    assert sentence.format(**shown(rules)) in text_of(name)


@pytest.mark.parametrize("name", OTHERS)
def test_no_lifetime_stands_in_the_docs_that_nothing_holds_true(name: str) -> None:
    text = re.sub(r"`[^`]*`", "", text_of(name))
    for sentence in sorted(SAID.get(name, []), key=len, reverse=True):
        said = re.sub(r"`[^`]*`", "", sentence.format(**shown(rules)))
        text = text.replace(said, "…")
    assert set(literals(text)) == OTHERS[name]
