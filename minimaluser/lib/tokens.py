"""The one place that makes and reads signed tokens: JWT (RFC 7519, RFC 8725), HS256 only."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets as random
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any

import jwt

from minimaluser.lib import clock

ISSUER = "minimaluser"
LARGEST, LARGEST_NUMBER = 1024, 2**31 - 1
SHAPE = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)  # no padding, no blanks (RFC 7515)
DOTS = 2  # in a token
LEEWAY = timedelta(seconds=30)
REQUIRED = ["iss", "aud", "sub", "iat", "exp", "jti"]


class BadToken(Exception):
    """The token is malformed, not ours, expired or for another purpose."""


def issue(
    secrets: Sequence[str], purpose: str, subject: str, lifetime: timedelta, **claims: Any
) -> tuple[str, str]:
    """Sign a token with the newest secret.

    Args:
        secrets: the signing secrets, newest first.
        purpose: what the token is for; it is the audience, the type and part of the key.
        subject: the user or thing it is about.
        lifetime: how long it is valid.
        claims: further public claims, JSON values.

    Returns:
        The token and its id (`jti`, 128 random bits in hexadecimal).
    """
    moment, identity = clock.now(), random.token_hex(16)
    payload = {
        **claims,
        "iss": ISSUER,
        "aud": purpose,
        "sub": subject,
        "iat": moment,
        "exp": moment + lifetime,
        "jti": identity,
    }
    headers = {"typ": f"{purpose}+jwt", "kid": _kid(secrets[0])}
    return jwt.encode(payload, _key(secrets[0], purpose), "HS256", headers=headers), identity


def read(secrets: Sequence[str], purpose: str, token: str) -> dict[str, Any]:
    """Verify a token and return its claims.

    Raises:
        BadToken: for anything but a valid token of this purpose under one of the secrets.
    """
    if len(token) > LARGEST or not SHAPE.fullmatch(token):
        raise BadToken("no token, or too large a one")
    for secret in secrets:
        try:
            header, claims = _decoded(secret, purpose, token)
        except jwt.InvalidSignatureError:  # an older secret may have signed it
            continue
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as e:
            raise BadToken(type(e).__name__) from None
        break
    else:
        raise BadToken("not signed by us")
    if header.get("typ") != f"{purpose}+jwt" or header.get("kid") != _kid(secret):
        raise BadToken("wrong type")
    if any(type(claims[name]) is not int for name in ("iat", "exp")):
        raise BadToken("no time")
    return claims


def tidy(text: str) -> str:
    """Return a token without what mail programs put into an address and people copy with it.

    These are line ends, blanks and marks of quotation where it was wrapped, `=` and `=2E` of
    quoted-printable, and punctuation behind it. A letter or a digit that is not ours stays.
    """
    if text.count(".") < DOTS:
        text = re.sub("=2e", ".", text, flags=re.IGNORECASE)
    ours = (one for one in text if one in "-_." or unicodedata.category(one)[0] in "LMN")
    return "".join(ours).strip(".")


def _decoded(secret: str, purpose: str, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    found = jwt.decode_complete(
        token,
        _key(secret, purpose),
        algorithms=["HS256"],
        audience=purpose,
        issuer=ISSUER,
        leeway=LEEWAY,
        options={"require": REQUIRED, "strict_aud": True},
    )
    return found["header"], found["payload"]


def number(subject: str) -> int:
    """Return a subject as the id of a row.

    Raises:
        BadToken: it is not an id.
    """
    if not re.fullmatch(r"\d{1,10}", subject, re.ASCII) or int(subject) > LARGEST_NUMBER:
        raise BadToken("no id")
    return int(subject)


def random_id() -> str:
    """Return 64 random bits in hexadecimal, for an id that is not secret."""
    return random.token_hex(8)


def digest(text: str) -> str:
    """Return SHA-256 of a random value, in hexadecimal: the form in which secret ids are stored."""
    return hashlib.sha256(text.encode()).hexdigest()


def keyed_digest(secret: str, text: str) -> str:
    """Return HMAC-SHA-256 (RFC 2104) of a short value, in hexadecimal."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=64)
def _key(secret: str, purpose: str) -> jwt.PyJWK:
    key = hmac.digest(secret.encode(), f"minimaluser/{purpose}".encode(), "sha256")
    return jwt.PyJWK({"kty": "oct", "k": urlsafe_b64encode(key).decode()}, "HS256")


@lru_cache(maxsize=64)
def _kid(secret: str) -> str:
    return hmac.new(secret.encode(), b"kid", hashlib.sha256).hexdigest()[:8]
