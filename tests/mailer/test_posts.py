"""What the mailer takes, and from whom (ML1, ML2)."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from minimaluser.mailer import contract, create_app
from tests.mailer.conftest import SECRET, Sink, Start
from tests.mailer.posting import _token, message, post


def test_ML2_only_a_fresh_token_for_this_very_body_is_taken(
    sink_and_mailer: tuple[Sink, Flask],
) -> None:
    import hashlib

    sink, mailer = sink_and_mailer
    body = message()
    bh = hashlib.sha256(body).hexdigest()
    later = datetime.now(UTC) + timedelta(hours=1)
    bad = {
        "of another body": contract.authorize([SECRET], message()),
        "under another secret": contract.authorize(["another secret" * 4], body),
        "for somebody else": _token(bh=bh, aud="else"),
        "from somebody else": _token(bh=bh, iss="else"),
        "without an end": _token(bh=bh, exp=None),
        "without an id": _token(bh=bh, jti=None),
        "without a beginning": _token(bh=bh, iat=None),
        "for no body": _token(bh=None),
        "good for too long": _token(bh=bh, exp=later),
        "of another kind": _token(bh=bh, head={"typ": "JWT"}),
        "with a secret nobody knows": _token(bh=bh, head={"kid": "x"}),
        "signed in another way": _token("HS384", bh=bh),
        "not signed": _token("none", bh=bh),
        "nested too deep": f"Bearer {base64.urlsafe_b64encode(b'[' * 1500).decode()}.e30.x",
        "none": "Bearer ",
        "no bearer": contract.authorize([SECRET], body).replace("Bearer", "Basic"),
    }
    assert {why: post(mailer, body, token) for why, token in bad.items()} == dict.fromkeys(
        bad, (401, "refused")
    )
    assert not sink.messages
    assert post(mailer, body, _token(bh=bh)) == (200, "accepted")


def test_ML2_a_token_ends_after_a_minute_and_half_a_minute_of_grace(
    sink_and_mailer: tuple[Sink, Flask],
) -> None:
    _, mailer = sink_and_mailer
    body = message()
    moment = datetime.now(UTC)
    with time_machine.travel(moment, tick=False):
        authorization = contract.authorize([SECRET], body)
    for seconds, answer in ((89, (200, "accepted")), (92, (401, "refused"))):
        with time_machine.travel(moment + timedelta(seconds=seconds), tick=False):
            assert post(mailer, body, authorization) == answer


def test_ML2_two_secrets_are_good_while_they_change(
    start_smtp: Start, settings: dict[str, str], trusted: None
) -> None:
    _, port = start_smtp()
    new = "the new secret of the mailer that is long enough: 987"
    both = settings | {
        "JWT_MAILER_SECRET": f"{new},{SECRET}",
        "SMTP_URL": f"smtp://localhost:{port}",
    }
    mailer = create_app(both)
    for secret in (new, SECRET):
        body = message()
        assert post(mailer, body, contract.authorize([secret], body)) == (200, "accepted")


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "ann@example.org, eve@example.org"},
        {"to": "ann@example.org\r\nBcc: eve@example.org"},
        {"to": "nobody"},
        {"to": ""},
        {"to": ["ann@example.org"]},
        {"subject": "Hello\r\nBcc: eve@example.org"},
        {"id": "../../x"},
        {"id": 7},
        {"unsubscribe": ""},
        {"unsubscribe": 7},
        {"unsubscribe": "mailto:eve@example.org"},
        {"unsubscribe": "https://example.org/mail/x\r\nBcc: eve@example.org"},
        {"unsubscribe": "https://example.org/mail/x\n"},
        {"unsubscribe": "https://example.org/mail/x>, <https://evil.example/"},
        {"unsubscribe": "https://example.org/mail/ä"},
        {"unsubscribe": "https://example.org/mail/x y"},
        {"unsubscribe": "https://example.org/mail/" + "x" * 1000},
        {"html": None},
    ],
)
def test_a_body_that_is_no_message_is_refused_for_good(
    sink_and_mailer: tuple[Sink, Flask], changes: dict[str, Any]
) -> None:
    sink, mailer = sink_and_mailer
    assert post(mailer, message(**changes)) == (422, "refused")
    assert not sink.messages


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"\xff", b"[" * 5000])
def test_a_body_that_is_no_json_object_is_refused(
    sink_and_mailer: tuple[Sink, Flask], body: bytes
) -> None:
    assert post(sink_and_mailer[1], body) == (422, "refused")


def test_ML1_a_body_over_16_kib_is_refused(sink_and_mailer: tuple[Sink, Flask]) -> None:
    assert post(sink_and_mailer[1], message(text="x" * 17_000))[0] == 413
