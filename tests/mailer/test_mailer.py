"""The mailer over HTTP, in front of a real SMTP server."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
import time_machine
from flask import Flask

from minimaluser.mailer import contract, create_app, smtp
from minimaluser.mailer.settings import BadSettings
from minimaluser.testing.processes import free_port
from tests.mailer.conftest import SECRET, Sink

Start = Callable[..., tuple[Sink, int]]


@pytest.fixture
def sink_and_mailer(
    start_smtp: Start, settings: dict[str, str], trusted: None
) -> tuple[Sink, Flask]:
    sink, port = start_smtp()
    return sink, create_app(settings | {"SMTP_URL": f"smtp://localhost:{port}"})


def message(**changes: Any) -> bytes:
    fields = {
        "id": str(uuid.uuid4()),
        "to": "ann@example.org",
        "subject": "Hello",
        "text": "The text.\nhttps://example.org/confirm/abc\n",
        "html": "<p>The <b>HTML</b>.</p>",
    }
    return json.dumps(fields | changes).encode()


def post(mailer: Flask, body: bytes, authorization: str | None = None) -> tuple[int, str]:
    headers = {"Authorization": authorization or contract.authorize([SECRET], body)}
    answer = mailer.test_client().post(contract.PATH, data=body, headers=headers)
    return answer.status_code, (answer.json or {}).get("status", "")


def test_ML7_a_message_arrives_with_text_html_and_the_headers_of_an_automaton(
    sink_and_mailer: tuple[Sink, Flask],
) -> None:
    sink, mailer = sink_and_mailer
    body = message()
    assert post(mailer, body) == (200, "accepted")
    (mail,) = sink.messages
    assert mail["To"] == "ann@example.org"
    assert mail["From"] == "site@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == f"<{json.loads(body)['id']}@example.org>"
    assert mail["Date"]
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain
    assert "https://example.org/confirm/abc" in plain.get_content().splitlines()
    assert html
    assert "<b>HTML</b>" in html.get_content()


def test_ML7_the_address_that_stops_a_mail_becomes_its_headers_as_it_is(
    sink_and_mailer: tuple[Sink, Flask],
) -> None:
    """RFC 8058; a header that is folded or encoded is one that no mail program understands."""
    sink, mailer = sink_and_mailer
    address = "https://www.example.org/mail/" + "eyJhbGciOiJIUzI1NiJ9.A_-" * 20
    more = {"List-Unsubscribe": "<https://evil.example/>", "headers": {"Bcc": "eve@example.org"}}
    assert post(mailer, message(unsubscribe=address, **more)) == (200, "accepted")
    assert post(mailer, message()) == (200, "accepted")
    mail, usual = sink.messages
    assert mail.get_all("List-Unsubscribe") == [f"<{address}>"]
    assert mail.get_all("List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"]
    assert {*mail.keys()} - {*usual.keys()} == {"List-Unsubscribe", "List-Unsubscribe-Post"}
    lines = smtp.build({**json.loads(message()), "unsubscribe": address}, "site@example.org")
    assert f"\r\nList-Unsubscribe: <{address}>\r\n".encode() in lines.as_bytes()


def test_ML3_a_server_that_took_the_message_and_parts_rudely_does_not_get_it_again(
    sink_and_mailer: tuple[Sink, Flask],
) -> None:
    sink, mailer = sink_and_mailer
    sink.goodbye = "421 Too busy to say goodbye"
    body = message()
    assert post(mailer, body) == (200, "accepted")
    assert post(mailer, body) == (200, "duplicate")
    assert len(sink.messages) == 1


def test_ML7_without_starttls_nothing_is_sent(
    start_smtp: Start, settings: dict[str, str], trusted: None
) -> None:
    sink, port = start_smtp(tls=False)
    mailer = create_app(settings | {"SMTP_URL": f"smtp://localhost:{port}"})
    assert post(mailer, message()) == (503, "later")
    assert not sink.messages


def test_ML7_a_certificate_nobody_vouches_for_stops_the_mail(
    start_smtp: Start, settings: dict[str, str]
) -> None:
    sink, port = start_smtp()
    mailer = create_app(settings | {"SMTP_URL": f"smtp://localhost:{port}"})
    assert post(mailer, message()) == (503, "later")
    assert not sink.messages


def test_ML7_tls_from_the_first_byte_is_verified_too(
    start_smtp: Start,
    settings: dict[str, str],
    request: pytest.FixtureRequest,
) -> None:
    sink, port = start_smtp(at_once=True)
    mailer = create_app(settings | {"SMTP_URL": f"smtps://localhost:{port}"})
    assert post(mailer, message()) == (503, "later")
    assert not sink.messages
    request.getfixturevalue("trusted")
    assert post(mailer, message()) == (200, "accepted")
    assert len(sink.messages) == 1


def test_a_sink_without_tls_is_used_only_when_the_address_says_so(
    start_smtp: Start, settings: dict[str, str]
) -> None:
    sink, port = start_smtp(tls=False)
    mailer = create_app(settings | {"SMTP_URL": f"smtp+plaintext://localhost:{port}"})
    assert post(mailer, message()) == (200, "accepted")
    assert len(sink.messages) == 1


def test_ML3_the_same_id_again_sends_nothing(sink_and_mailer: tuple[Sink, Flask]) -> None:
    sink, mailer = sink_and_mailer
    body = message()
    assert post(mailer, body) == (200, "accepted")
    assert post(mailer, body) == (200, "duplicate")
    assert len(sink.messages) == 1


def test_ML3_fifty_at_once_with_one_id_are_one_mail(sink_and_mailer: tuple[Sink, Flask]) -> None:
    sink, mailer = sink_and_mailer
    body = message()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: post(mailer, body), range(50)))
    assert len(sink.messages) == 1
    assert answers.count((200, "accepted")) == 1
    assert {answer for answer, _ in answers} <= {200, 503}


def _token(algorithm: str = "HS256", head: dict[str, str] | None = None, **changes: Any) -> str:
    moment = datetime.now(UTC)
    claims: dict[str, Any] = {
        "iss": contract.ISSUER,
        "aud": contract.AUDIENCE,
        "iat": moment,
        "exp": moment + contract.LIFETIME,
        "jti": "x",
        "bh": "x",
    }
    headers = {"typ": contract.TYPE, "kid": contract.kid(SECRET)} | (head or {})
    claims = {name: value for name, value in (claims | changes).items() if value}
    secret = None if algorithm == "none" else SECRET
    return "Bearer " + jwt.encode(claims, secret, algorithm, headers=headers)


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
def test_what_is_no_message_is_refused_for_good(
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


@pytest.mark.parametrize(
    ("reply", "answer"), [("550 no such person", (422, "refused")), ("451 later", (503, "later"))]
)
def test_ML4_a_no_for_good_and_a_no_for_now_are_told_apart(
    sink_and_mailer: tuple[Sink, Flask], reply: str, answer: tuple[int, str]
) -> None:
    sink, mailer = sink_and_mailer
    body = message()
    sink.reply = reply
    assert post(mailer, body) == answer
    sink.reply = ""
    assert post(mailer, body) == (200, "accepted")


def test_without_a_server_the_message_may_come_again(settings: dict[str, str]) -> None:
    mailer = create_app(settings | {"SMTP_URL": f"smtp://localhost:{free_port()}"})
    assert post(mailer, message()) == (503, "later")


def test_it_refuses_to_start_without_its_settings_and_names_them_all() -> None:
    with pytest.raises(BadSettings) as refused:
        create_app({"JWT_MAILER_SECRET": "short", "SMTP_URL": "http://x"})
    for name in ("JWT_MAILER_SECRET", "SMTP_URL", "MAIL_FROM"):
        assert name in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JWT_MAILER_SECRET", ""),
        ("JWT_MAILER_SECRET", f"{SECRET},short"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://localhost:many"),
        ("SMTP_URL", "smtp://localhost:99999"),
        ("SMTP_URL", "smtp://[localhost"),
        ("MAIL_FROM", "site"),
        ("MAIL_FROM", "site@"),
        ("MAIL_FROM", "The Site <site@example.org>"),
    ],
)
def test_it_does_not_start_with_a_setting_that_cannot_work(
    settings: dict[str, str], name: str, value: str
) -> None:
    with pytest.raises(BadSettings, match=name):
        create_app(settings | {"SMTP_URL": "smtp://localhost", name: value})
