"""Messages, and how the site posts them."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import jwt
from flask import Flask

from minimaluser.mailer import contract
from tests.mailer.conftest import SECRET


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
