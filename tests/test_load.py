"""`make load`: what its visitors do exists, and its report adds up; no load is made here."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pytest
from flask import Flask

from tools.load import __main__ as program
from tools.load import report
from tools.load.known import add_known
from tools.load.mix import LOG_IN, LOG_OUT, NICKNAME, SIGN_UP, Visit, visits
from tools.load.phase import Phase
from tools.load.verdict import PROMISES, Found, Verdict, judge
from tools.load.walk import Answer, Deed, Walk
from tools.settings import BLOCK

ANN = "ann@example.org"
NOTHING = Found({ANN: "Ann"}, Counter({ANN: 1}), Counter(), [])


@pytest.mark.parametrize("visit", visits(), ids=lambda each: each.kind)
def test_every_step_of_a_visit_is_answered_as_it_should_be(visit: Visit, app: Flask) -> None:
    with app.app_context():
        ((email, cookie),) = add_known(1)
    client = app.test_client(use_cookies=False)

    def send(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        got = client.open(path, method=method, headers=dict(headers), data=body)
        coding = got.headers.get("Content-Encoding", "")
        return Answer(got.status_code, got.headers.getlist("Set-Cookie"), got.data, coding)

    who = (email, cookie) if visit.known else ("", "")
    walk = Walk(send, itertools.count(1), who[0], "" if visit.kind == "log-ins" else who[1])
    deeds = [walk.step(step) for step in visit.steps]
    assert [(deed.name, deed.status) for deed in deeds if not deed.good] == []
    assert all(deed.email == email for deed in deeds if visit.known)


def test_the_mix_is_a_hundred_visits_and_makes_every_promise() -> None:
    assert sum(visit.share for visit in visits()) == 100
    assert {step.name for visit in visits() for step in visit.steps} >= PROMISES


def deed(name: str, at: float = 1, seconds: float = 0.1, status: int = 303, **more: str) -> Deed:
    good = status in {200, 303}
    return Deed(name, at, seconds, status, good, **{"email": ANN, **more})


LOGGED_IN_AND_OUT = [deed(LOG_IN, 1), deed(LOG_OUT, 2)]
KEPT = replace(NOTHING, events=Counter({(ANN, "logged_in_new"): 1}), mails=[(ANN, "1")])


def test_what_was_promised_and_is_there_is_neither_lost_nor_doubled() -> None:
    assert judge(LOGGED_IN_AND_OUT, NOTHING, KEPT) == Verdict(actions=2, mails=1)


@pytest.mark.parametrize(
    ("deeds", "after", "lost"),
    [
        (LOGGED_IN_AND_OUT, replace(KEPT, events=Counter()), [f"log-in of {ANN}"]),
        (LOGGED_IN_AND_OUT, replace(KEPT, mails=[]), [f"mail to {ANN}"]),
        (LOGGED_IN_AND_OUT, replace(KEPT, undone=["mail not done: "]), ["mail not done: "]),
        ([deed(LOG_IN)], KEPT, [f"session of {ANN}"]),
        ([deed(NICKNAME, nickname="Anna")], NOTHING, [f"nickname of {ANN}"]),
        (
            [deed(SIGN_UP, email="new@example.org")],
            replace(NOTHING, mails=[("new@example.org", "1")]),
            ["sign-up of new@example.org"],
        ),
    ],
)
def test_what_was_promised_and_is_not_there_is_lost(
    deeds: list[Deed], after: Found, lost: list[str]
) -> None:
    assert judge(deeds, NOTHING, after).lost == lost


@pytest.mark.parametrize(
    ("after", "doubled"),
    [
        (replace(KEPT, mails=[(ANN, "1"), (ANN, "2")]), [f"mail to {ANN}"]),
        (replace(KEPT, mails=[(ANN, "1"), (ANN, "1")]), [f"mail to {ANN}", "mail 1"]),
        (replace(KEPT, sessions=Counter({ANN: 2})), [f"session of {ANN}"]),
    ],
)
def test_what_is_there_without_a_promise_is_doubled(after: Found, doubled: list[str]) -> None:
    assert judge(LOGGED_IN_AND_OUT, NOTHING, after).doubled == doubled


@pytest.mark.parametrize("after", [NOTHING, replace(KEPT, sessions=Counter({ANN: 2}))])
def test_an_answer_that_did_not_arrive_may_have_done_it_or_not(after: Found) -> None:
    verdict = judge([deed(LOG_IN, status=0)], NOTHING, after)
    assert (verdict.lost, verdict.doubled) == ([], [])


def test_of_two_nicknames_the_last_one_counts() -> None:
    deeds = [deed(NICKNAME, 2, nickname="Second"), deed(NICKNAME, 1, nickname="First")]
    assert not judge(deeds, NOTHING, replace(NOTHING, nicknames={ANN: "Second"})).lost
    assert judge(deeds, NOTHING, replace(NOTHING, nicknames={ANN: "First"})).lost
    unsure = [*deeds, deed(NICKNAME, 1.5, status=503, nickname="Perhaps")]
    assert not judge(unsure, NOTHING, replace(NOTHING, nicknames={ANN: "Perhaps"})).lost


def test_only_what_ended_in_the_time_that_is_measured_counts() -> None:
    deeds = [deed("page", 10 + n / 100, (n + 1) / 1000, 200) for n in range(100)]
    deeds += [deed("page", 9.9, 9, 200), deed("page", 12, 9, 200)]
    deeds += [deed("page", 11, 0.05, 500), deed(LOG_IN, 11, 5)]
    cpu = {"web": 0.51, "PostgreSQL": 0.102, "load": 0.204}
    found = report.measure(Phase(deeds, 10, 12, cpu, 0.4, [0.0, 3.0]))
    assert (found["rate"], found["errors"], found["queue"], found["idle"]) == (
        50.5,
        {500: 1},
        3,
        0.2,
    )
    assert found["taken"] == pytest.approx(0.408)
    assert found["cost"] == pytest.approx({"web": 5, "PostgreSQL": 1, "load": 2})
    assert 1000 > found["p99_quick"] > 98
    assert found["p99"] > 99 > found["p50"] > 49


def row(processes: int = 2, rate: float = 100, idle: float = 0.0) -> report.Row:
    cost = {"web": 5.0, "PostgreSQL": 1.0, "nginx": 0.5, "worker and mailer": 0.5, "load": 1.0}
    return report.Row(
        *(processes, 100, "full", rate, 10, 20, 15, {503: 2}, 1.0, cost, 0.8, idle, 2),
        verdict=Verdict(),
    )


@pytest.mark.parametrize(
    ("limited", "said"),
    [
        (row(1, rate=190, idle=0.5), "the CPU time of a web process"),
        (row(2, rate=250), "the 2 cores of the machine, of which other programs took 1.2"),
        (replace(row(2, rate=250), taken=1.9), "the 2 cores of the machine"),
        (row(2, rate=100, idle=1.0), "something other than cores"),
    ],
)
def test_the_first_limit_is_what_can_do_no_more(limited: report.Row, said: str) -> None:
    assert limited.first_limit == said


def test_what_others_took_is_told_from_what_was_idle() -> None:
    assert row(idle=0.5).others == pytest.approx(0.7)


def test_what_other_machines_bear_follows_from_the_cpu_time_of_a_request() -> None:
    found = {what: rate for what, rate, _ in report.limits([row(2), row(1)])}
    assert found["web processes here: 2"] == "100"
    assert found["one core for a web process"] == "200"
    assert found["2 cores for the whole site, the load elsewhere"] == f"{2000 / 7:.0f}"
    assert found["many machines for web processes, 2 cores for PostgreSQL"] == "2000"


def test_the_report_has_a_row_for_each_phase_and_the_docs_a_place_for_it() -> None:
    lines = report.text([row(2), row(1)], "A note.").splitlines()
    assert " | 2 × 503 | " in lines[2]
    for processes in (2, 1):
        start = [str(processes), "100", "full"]
        assert [line.replace("|", "").split()[:3] == start for line in lines].count(True) == 2
    assert "load" in {found["name"] for found in BLOCK.finditer(program.DOCS.read_text())}


def test_the_crowd_is_bounded(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        program.main(["--known", "10", "--visitors", "11"])
    assert "more must be known" in capsys.readouterr().err
