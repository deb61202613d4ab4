"""The mailer over HTTP, in front of a real SMTP server."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from minimaluser.mailer import create_app, smtp
from minimaluser.mailer.settings import BadSettings
from minimaluser.testing.processes import free_port
from tests.mailer.conftest import SECRET, Sink, Start
from tests.mailer.posting import message, post


def test_ML7_a_message_arrives_with_text_html_and_the_headers_of_automatic_mail(
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


def test_ML3_a_server_that_took_the_message_and_hangs_up_does_not_get_it_again(
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


def test_ML7_an_unknown_certificate_stops_the_mail(
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


@pytest.mark.parametrize(
    ("reply", "answer"), [("550 no such person", (422, "refused")), ("451 later", (503, "later"))]
)
def test_ML4_refusals_for_good_and_for_now_are_told_apart(
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


def test_the_mailer_does_not_start_without_its_settings_and_names_them_all() -> None:
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
def test_the_mailer_does_not_start_with_a_setting_that_cannot_work(
    settings: dict[str, str], name: str, value: str
) -> None:
    with pytest.raises(BadSettings, match=name):
        create_app(settings | {"SMTP_URL": "smtp://localhost", name: value})
