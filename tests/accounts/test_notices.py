"""The notices mailed to an owner (EM3); nothing is done if its notice cannot be mailed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from minimaluser import mail
from minimaluser.testing.client import Person
from minimaluser.testing.database import snapshot
from minimaluser.testing.patterns import KEY
from minimaluser.testing.people import NEW_KEY

Deed = Callable[[Person], Callable[[], object]]  # prepares everything but the last step


def rename(ann: Person) -> Callable[[], object]:
    return lambda: ann.post("/profile/nickname", {"nickname": "Ann the Great"})


def draw(ann: Person) -> Callable[[], object]:
    return lambda: ann.post("/profile/tile", {"seed": "0123456789abcdef"})


def change_key(ann: Person) -> Callable[[], object]:
    return lambda: ann.choose_key(NEW_KEY)


def reset_key(ann: Person) -> Callable[[], object]:
    phone = ann.elsewhere()
    address, code = phone.ask_for_code()
    return lambda: phone.use_code(address, code, NEW_KEY)


def undo_move(ann: Person) -> Callable[[], object]:
    ann.ask_to_move("ann@new.example")
    link = ann.link("/email/undo/")
    return lambda: ann.elsewhere().post(link)


def mistype(ann: Person) -> Callable[[], object]:
    def once() -> object:
        return ann.post("/profile/delete", {"current_key": "wrong"})

    for _ in range(4):
        once()
    return once


def leave(ann: Person) -> Callable[[], object]:
    return ann.leave


DEEDS: list[tuple[Deed, str]] = [
    (rename, ""),
    (draw, ""),
    (change_key, "access key was changed"),
    (reset_key, "access key was reset"),
    (undo_move, "was undone"),
    (mistype, "wrong access key"),
    (leave, "account was deleted"),
]


@pytest.mark.parametrize(("deed", "said"), DEEDS, ids=lambda v: getattr(v, "__name__", ""))
def test_EM3_what_concerns_the_account_is_mailed_and_nothing_else(
    app: Flask, ann: Person, deed: Deed, said: str
) -> None:
    do, before = deed(ann), snapshot(app)
    known = [sent.id for sent in ann.mails()]
    do()
    assert snapshot(app) != before
    new = [sent for sent in ann.mails() if sent.id not in known]
    assert len(new) == bool(said)
    for notice in new:
        assert said in notice.subject
        assert not KEY.search(notice.text)


@pytest.mark.parametrize(
    ("deed", "name"),
    [
        (change_key, "send_key_changed"),
        (reset_key, "send_key_reset_done"),
        (undo_move, "send_email_undone"),
        (mistype, "send_wrong_keys"),
        (leave, "send_account_deleted"),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_EM3_what_cannot_be_told_is_not_done(
    app: Flask, ann: Person, deed: Deed, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no template")

    do, before = deed(ann), snapshot(app)
    monkeypatch.setattr(mail, name, fail)
    with pytest.raises(RuntimeError):
        do()
    assert snapshot(app) == before
