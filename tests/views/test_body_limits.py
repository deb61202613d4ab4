"""Bodies that are too long, have no length or too many parts (IN1)."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask

from minimaluser.testing.client import Person
from minimaluser.testing.database import snapshot


def test_IN1_too_large_a_body_is_refused(ann: Person) -> None:
    answer = ann.post("/profile/nickname", {"nickname": "x" * 70_000})
    assert answer.status_code == 413
    assert "Error 413" in answer.text


def test_IN1_too_many_parts_are_refused(ann: Person) -> None:
    fields = {f"field{number}": "x" for number in range(30)}
    answer = ann.client.post(
        "/profile/nickname",
        data={"csrf_token": ann.token(), "nickname": "Ann the Great", **fields},
        content_type="multipart/form-data",
    )
    assert answer.status_code in {400, 413, 415}


class Endless:
    """A body without an end that counts how much of it was read."""

    def __init__(self, piece: bytes = b"x") -> None:
        self.piece, self.taken = piece, 0

    def read(self, size: int) -> bytes:
        start = self.taken % len(self.piece)
        self.taken += size
        assert 0 < size <= self.taken < 2**20, "this would have filled the memory"
        return (self.piece * (1 + size // len(self.piece)) * 2)[start : start + size]


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("path", ["/login", "/profile/nickname", "/check/signup/email"])
def test_IN1_a_body_declared_too_long_is_not_read_at_all(ann: Person, path: str) -> None:
    body = Endless()
    answer = ann.client.post(
        path,
        content_type=FORM,
        headers={"X-CSRFToken": ann.token()},
        environ_overrides={"wsgi.input": body, "CONTENT_LENGTH": str(64 * 1024 + 1)},
    )
    assert (answer.status_code, body.taken) == (413, 0)


MANY_LONG = b"".join(b"%d=%s&" % (number, b"x" * 4000) for number in range(17))


@pytest.mark.parametrize(
    "piece", [b"x", b"nickname=Ann+the+Great&", b"nickname=Ann+Two&" + MANY_LONG]
)
def test_IN1_a_body_without_a_length_is_read_up_to_the_limit_and_refused(
    app: Flask, ann: Person, piece: bytes
) -> None:
    before, body = snapshot(app), Endless(piece)
    answer = ann.client.post(
        "/profile/nickname",
        content_type=FORM,
        headers={"X-CSRFToken": ann.token(), "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input": body, "wsgi.input_terminated": True},  # as gunicorn does
    )
    assert answer.status_code == 413
    assert 64 * 1024 <= body.taken < 256 * 1024
    assert snapshot(app) == before


def test_IN1_a_short_form_in_chunks_is_read(ann: Person) -> None:
    answer = ann.client.post(
        "/profile/nickname",
        content_type=FORM,
        headers={"X-CSRFToken": ann.token(), "Transfer-Encoding": "chunked"},
        environ_overrides={
            "wsgi.input": BytesIO(b"nickname=Ann+the+Great"),
            "wsgi.input_terminated": True,
        },
    )
    assert answer.status_code == 303


def test_IN1_the_name_of_a_field_may_not_be_long_either(ann: Person) -> None:
    form = {"nickname": "Ann the Great", "x" * 5000: "x"}
    assert ann.post("/profile/nickname", form).status_code == 413
