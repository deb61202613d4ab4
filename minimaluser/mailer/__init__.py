"""The mailer: a small app of its own that takes messages over HTTP and sends them by SMTP.

Of the site it imports only `lib`, and it can be deployed alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import nullcontext

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from minimaluser.lib import environment
from minimaluser.mailer import contract, smtp
from minimaluser.mailer.ledger import SENT, Full, Ledger
from minimaluser.mailer.settings import load

MINUTE_SECONDS, DAY_SECONDS = 60.0, 24 * 3600.0


def create_app(environ: Mapping[str, str] | None = None) -> Flask:
    """Make the mailer.

    Args:
        environ: the environment variables with the settings; by default those of the process.

    Raises:
        minimaluser.mailer.settings.BadSettings: lists every bad value.
        SystemExit: the same for those of the process, after it was printed; the exit code is 2.
    """
    with environment.told_at_once() if environ is None else nullcontext():
        settings = load(environ)
    ledger = Ledger(settings.ledger)
    app = Flask("minimaluser.mailer", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = contract.LARGEST_BODY

    @app.get("/healthz")
    def alive() -> ResponseReturnValue:
        return {"status": "ok"}

    @app.post(contract.PATH)
    def messages() -> ResponseReturnValue:
        body = request.get_data()
        try:
            issuer = contract.verify(
                settings.jwt_mailer_secret, request.headers.get("Authorization", ""), body
            )
        except contract.Unauthorized:
            return _answer(401, contract.REFUSED, "not authorized")
        fields = _fields(body)
        if fields is None:
            return _answer(422, contract.REFUSED, "not a message")
        return _deliver(fields, issuer)

    def _deliver(fields: dict[str, str], issuer: str) -> ResponseReturnValue:
        mail_class = fields.get(contract.CLASS, "")
        recipient = contract.name_of(settings.jwt_mailer_secret[0], fields["to"], mail_class)
        a_day = settings.mailer_recipient_a_day * contract.CLASSES.get(mail_class, 1)
        share: float = contract.SHARES.get(mail_class, 1)
        if contract.ESSENTIAL in fields:
            issuer, share = f"{issuer} {contract.ESSENTIAL}", contract.ESSENTIAL_TIMES
        a_minute = max(1, int(settings.mailer_a_minute * share))
        limits = (
            ("recipient", recipient, a_day, DAY_SECONDS),
            ("issuer", issuer, a_minute, MINUTE_SECONDS),
        )
        try:
            state = ledger.begin(fields["id"], recipient, issuer, *limits)
        except Full as reason:
            app.logger.warning("message %s: %s", fields["id"], reason)
            wait = {"Retry-After": str(math.ceil(reason.seconds))}
            return *_answer(429, contract.LATER, str(reason)), wait
        if state is not None:
            if state == SENT:
                return _answer(200, contract.DUPLICATE)
            return _answer(503, contract.LATER, "being sent")
        try:
            smtp.send(smtp.build(fields, settings.mail_from), settings)
        except smtp.Refused as reason:
            ledger.forget(fields["id"])
            return _answer(422, contract.REFUSED, str(reason))
        except smtp.Later as reason:
            ledger.forget(fields["id"])
            app.logger.warning("message %s: %s", fields["id"], reason)
            return _answer(503, contract.LATER, str(reason))
        ledger.sent(fields["id"])
        return _answer(200, contract.ACCEPTED)

    return app


def _fields(body: bytes) -> dict[str, str] | None:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict):
        return None
    found = [(name, message.get(name)) for name in contract.FIELDS]
    fields = {name: value for name, value in found if isinstance(value, str) and value}
    if len(fields) < len(contract.FIELDS):
        return None
    if not fields["id"].replace("-", "").isalnum() or len(fields["id"]) > 64:
        return None
    if message.get(contract.CLASS) in list(contract.CLASSES):
        fields[contract.CLASS] = message[contract.CLASS]
    if (
        message.get(contract.ESSENTIAL) is True
        and fields.get(contract.CLASS) in contract.ESSENTIALS
    ):
        fields[contract.ESSENTIAL] = contract.ESSENTIAL
    if contract.UNSUBSCRIBE in message:
        address = message[contract.UNSUBSCRIBE]
        if not isinstance(address, str) or not contract.STOPS.fullmatch(address):
            return None
        fields[contract.UNSUBSCRIBE] = address
    return fields


def _answer(status: int, outcome: str, reason: str = "") -> tuple[Response, int]:
    return jsonify(status=outcome, reason=reason), status
