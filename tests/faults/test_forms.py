"""Rows 5 and 9 for the visitor: with mailer and store both down every form answers as fast."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

import pytest

from minimaluser.testing.door import OPEN, SHUT
from minimaluser.testing.pages import Page
from minimaluser.testing.patterns import KEY, first
from minimaluser.testing.processes import until
from tests.faults.conftest import both
from tests.faults.inquest import Row, look
from tests.faults.stage import Stage
from tests.faults.visitor import Visitor

pytestmark = pytest.mark.slow

MakeStage = Callable[..., Stage]
OpenRow = Callable[[str, str], Row]
TURNS, PEOPLE = 4, 4
NEW_KEY = "seven green trains at noon"


def mailing_forms(who: Visitor, key: str) -> dict[str, Callable[[], Page]]:
    """The forms that a logged-in user sends one after the other; each causes a mail."""
    new = {"current_key": key, "new_key": NEW_KEY, "confirm_key": NEW_KEY}
    move = {"email": who.email.replace("@", "@new."), "current_key": NEW_KEY}
    return {
        "key": lambda: who.post("/profile/key", new),
        "again": lambda: who.post("/confirm"),
        "address": lambda: who.post("/profile/email", move),
        "forgotten": lambda: who.post("/forgot-key", {"email": who.email}, "/forgot-key"),
        "leaving": lambda: who.post("/profile/delete", {"current_key": NEW_KEY}, "/profile/delete"),
    }


@both
def test_fault_05_09_with_mailer_and_store_down_every_form_answers_as_fast(
    kind: str, make_stage: MakeStage, row: OpenRow
) -> None:
    line = row("05+09 mailer and store down: every form that mails", kind)
    stage = make_stage(kind, s3=True)
    assert stage.store
    stage.start_web()
    stage.start_worker()
    took: dict[tuple[str, object], list[float]] = {}
    for turn in range(TURNS):  # in turns, because the machine is not always equally busy
        for manner in (OPEN, SHUT):
            stage.mailer.set(OPEN)
            stage.store.set(OPEN)
            old = stage.sign_up_many(f"old{turn}{manner}{n}@example.org" for n in range(PEOPLE))
            assert stage.drained(90)
            keys = [first(KEY, stage.sink.to(who.email)[0].text) for who in old]
            stage.mailer.set(manner)
            stage.store.set(manner)
            for who, key in zip(old, keys, strict=True):
                new = stage.sign_up(f"new-{who.email}")
                took.setdefault(("sign-up", manner), []).append(new.last.seconds)
                stage.left |= {who.email, who.email.replace("@", "@new.")}
                stage.resent[who.email] += 2  # a new key voids the link, so it comes with another
                for what, send in mailing_forms(who, key).items():
                    answer = send()
                    assert (answer.method, answer.status) == ("POST", 303), (what, answer.status)
                    took.setdefault((what, manner), []).append(answer.seconds)
    assert stage.database.waiting() > 0
    stage.mailer.set(OPEN)
    stage.store.set(OPEN)
    assert until(lambda: stage.database.waiting() == 0, 180, 0.2)
    medians = {about: median(seconds) * 1000 for about, seconds in took.items()}
    forms = [what for what, manner in medians if manner == OPEN]
    words = [f"{f} {medians[f, OPEN]:.0f}/{medians[f, SHUT]:.0f}" for f in forms]
    note = f"median ms up/down: {', '.join(words)}"
    line.finish(len(took["sign-up", SHUT]) * len(forms), look(stage), note)
    for form in forms:
        assert medians[form, SHUT] < 1.5 * medians[form, OPEN] + 30, note
