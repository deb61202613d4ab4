"""So many messages and no more: to one recipient in a day, from one issuer in a minute (RL1)."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from minimaluser.mailer import contract, create_app
from minimaluser.mailer import settings as mailer_settings
from minimaluser.mailer.ledger import Ledger
from minimaluser.mailer.settings import BadSettings
from tests.mailer.conftest import SECRET, Sink
from tests.mailer.posting import message

Start = Callable[..., tuple[Sink, int]]
Begin = Callable[..., tuple[Sink, Flask]]
ANN, DAY, MINUTE = "ann@example.org", 24 * 3600, 60


@pytest.fixture
def start(start_smtp: Start, settings: dict[str, str]) -> Begin:
    """Start a mailer with limits of its own, in front of a sink."""

    def started(**limits: str) -> tuple[Sink, Flask]:
        sink, port = start_smtp(tls=False)
        where = {"SMTP_URL": f"smtp+plaintext://localhost:{port}"}
        return sink, create_app(settings | where | limits)

    return started


def post(mailer: Flask, body: bytes) -> TestResponse:
    headers = {"Authorization": contract.authorize([SECRET], body)}
    return mailer.test_client().post(contract.PATH, data=body, headers=headers)


def to(mailer: Flask, *recipients: str) -> list[int]:
    return [post(mailer, message(to=recipient)).status_code for recipient in recipients]


def outcome(answer: TestResponse) -> str:
    return str((answer.json or {})["status"])


def let_pass(settings: dict[str, str], seconds: float) -> None:
    """Make everything in the ledger so much older."""
    path = Path(settings["INSTANCE_PATH"]) / "mailer.db"
    with closing(sqlite3.connect(path)) as ledger, ledger:
        ledger.execute("UPDATE message SET at = at - ?", (seconds,))


def test_RL1_a_recipient_gets_ten_mails_a_day_and_an_issuer_sends_sixty_a_minute(
    settings: dict[str, str],
) -> None:
    loaded = mailer_settings.load(settings | {"SMTP_URL": "smtp://localhost"})
    assert (loaded.mailer_recipient_a_day, loaded.mailer_a_minute) == (10, 60)


def test_RL1_what_is_too_much_for_a_recipient_may_come_later(
    start: Begin, settings: dict[str, str]
) -> None:
    sink, mailer = start(MAILER_RECIPIENT_A_DAY="2")
    assert to(mailer, ANN, "ANN@example.org", "ben@example.org") == [200] * 3
    let_pass(settings, 3600)
    body = message(to=ANN)
    refused = post(mailer, body)
    assert refused.status_code == 429
    assert refused.json == {"status": contract.LATER, "reason": "too many for one recipient"}
    assert int(refused.headers["Retry-After"]) == pytest.approx(DAY - 3600, abs=60)
    assert to(mailer, "ben@example.org") == [200]
    let_pass(settings, DAY - 3600)
    assert post(mailer, body).status_code == 200
    assert len(sink.messages) == 5


def test_RL1_what_is_too_much_for_an_issuer_may_come_in_a_minute(
    start: Begin, settings: dict[str, str]
) -> None:
    _, mailer = start(MAILER_A_MINUTE="3")
    people = [f"{number}@example.org" for number in range(4)]
    assert to(mailer, *people) == [200, 200, 200, 429]
    refused = post(mailer, message(to="last@example.org"))
    assert 30 <= int(refused.headers["Retry-After"]) <= 60
    let_pass(settings, MINUTE)
    assert to(mailer, "last@example.org") == [200]


def test_RL1_each_class_of_mail_has_a_cap_of_its_own(start: Begin) -> None:
    _, mailer = start(MAILER_RECIPIENT_A_DAY="2")

    def answers(times: int, **more: str) -> list[int]:
        return [post(mailer, message(to=ANN, **more)).status_code for _ in range(times)]

    assert answers(3, **{"class": contract.NEWS}) == [200, 200, 429]
    assert answers(3, **{"class": contract.NOTICE}) == [200, 200, 429]
    assert answers(3, **{"class": contract.PROOF}) == [200, 200, 429]
    assert answers(7, **{"class": contract.UNDO}) == [200] * 6 + [429]
    assert answers(17, **{"class": contract.CODE}) == [200] * 16 + [429]
    assert answers(3) == [200, 200, 429]  # of a site from before there were classes
    assert answers(1, **{"class": "unheard of"}) == [429]


def test_RL1_mail_that_can_wait_leaves_a_part_of_each_minute_to_the_other(
    start: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert contract.ESSENTIAL_TIMES == 20
    monkeypatch.setattr(
        contract, "ESSENTIAL_TIMES", 3
    )  # each mail is really sent, which takes time
    _, mailer = start(MAILER_A_MINUTE="8")
    people = iter(range(999))

    def answer(mail_class: str, **more: object) -> int:
        body = message(to=f"{next(people)}@example.org", **{"class": mail_class}, **more)
        return post(mailer, body).status_code

    assert [answer(contract.NEWS) for _ in range(5)] == [200] * 4 + [429]
    assert answer(contract.NOTICE) == 429
    assert [answer(contract.PROOF) for _ in range(3)] == [200] * 2 + [429]
    assert [answer(contract.UNDO) for _ in range(3)] == [200] * 2 + [429]
    assert [answer(contract.PROOF, essential=True) for _ in range(3)] == [429] * 3
    essential = [answer(contract.CODE, essential=True) for _ in range(8 * 3 + 1)]
    assert essential == [200] * 24 + [429]  # counted by themselves
    assert [answer(contract.CODE, essential=odd) for odd in ("yes", 1, None)] == [429] * 3


@pytest.mark.parametrize("odd", [None, 7, ["code"], {"a": 1}])
def test_a_class_that_is_none_is_taken_for_no_class(start: Begin, odd: object) -> None:
    _, mailer = start(MAILER_RECIPIENT_A_DAY="1")
    assert post(mailer, message(to=ANN, **{"class": odd})).status_code == 200
    assert to(mailer, ANN) == [429]


def test_RL1_of_many_at_once_no_more_are_sent(start: Begin) -> None:
    sink, mailer = start(MAILER_RECIPIENT_A_DAY="3")
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: to(mailer, ANN)[0], range(12)))
    assert sorted(answers) == [200] * 3 + [429] * 9
    assert len(sink.messages) == 3


def test_RL1_what_never_left_does_not_count_and_what_did_is_a_duplicate(start: Begin) -> None:
    sink, mailer = start(MAILER_RECIPIENT_A_DAY="1")
    sink.reply = "451 later"
    assert to(mailer, ANN, ANN, ANN) == [503] * 3
    sink.reply = ""
    body = message(to=ANN)
    assert post(mailer, body).status_code == 200
    assert outcome(post(mailer, body)) == contract.DUPLICATE
    assert to(mailer, ANN) == [429]


def test_ML3_an_id_is_known_for_more_than_a_day(start: Begin, settings: dict[str, str]) -> None:
    sink, mailer = start()
    body = message(to=ANN)
    assert post(mailer, body).status_code == 200
    let_pass(settings, DAY + MINUTE)
    assert outcome(post(mailer, body)) == contract.DUPLICATE
    assert len(sink.messages) == 1


def test_LG2_a_refusal_is_logged_without_the_address_and_the_ledger_has_none(
    start: Begin, settings: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    _, mailer = start(MAILER_RECIPIENT_A_DAY="1")
    body = message(to=ANN)
    with caplog.at_level(logging.WARNING):
        assert [*to(mailer, ANN), post(mailer, body).status_code] == [200, 429]
    assert f"message {json.loads(body)['id']}: too many for one recipient" in caplog.text
    path = Path(settings["INSTANCE_PATH"]) / "mailer.db"
    with closing(sqlite3.connect(path)) as ledger:
        kept = "\n".join(ledger.iterdump())
    for text in (caplog.text, kept):
        assert ANN not in text.lower()


def test_a_ledger_from_before_the_limits_is_taken_over(
    start: Begin, settings: dict[str, str]
) -> None:
    folder = Path(settings["INSTANCE_PATH"])
    folder.mkdir()
    body = message(to=ANN)
    with closing(sqlite3.connect(folder / "mailer.db")) as ledger, ledger:
        columns = "id TEXT PRIMARY KEY, state TEXT NOT NULL, at REAL NOT NULL"
        ledger.execute(f"CREATE TABLE message ({columns})")
        sent = (json.loads(body)["id"], "sent")
        ledger.execute("INSERT INTO message VALUES (?, ?, strftime('%s'))", sent)
    _, mailer = start()
    assert outcome(post(mailer, body)) == contract.DUPLICATE
    assert to(mailer, ANN) == [200]


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5"])
@pytest.mark.parametrize("name", ["MAILER_RECIPIENT_A_DAY", "MAILER_A_MINUTE"])
def test_the_mailer_does_not_start_with_a_limit_that_is_none(
    settings: dict[str, str], name: str, value: str
) -> None:
    with pytest.raises(BadSettings, match=f"{name} must be a number from 1"):
        mailer_settings.load(settings | {"SMTP_URL": "smtp://localhost", name: value})


def test_a_message_costs_no_more_when_many_were_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, asked = Ledger(tmp_path / "mailer.db"), list[str]()
    opened = ledger._open

    @contextmanager
    def watched() -> Iterator[sqlite3.Connection]:
        with opened() as connection:
            connection.set_trace_callback(asked.append)
            yield connection

    monkeypatch.setattr(ledger, "_open", watched)
    limits = [("recipient", ANN, 10, DAY), ("issuer", "site", 60, MINUTE)]
    ledger.begin("id", ANN, "site", *limits)
    ledger.sent("id")
    ledger.forget("id")
    with opened() as connection:
        for sql in (each for each in asked if each not in {"BEGIN ", "COMMIT"}):
            steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
            assert not [step for step in steps if "SCAN" in step], sql
    assert len(asked) >= 6
