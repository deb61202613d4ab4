"""What the site and the mailer agree on: the address, the message, the token bound to it.

The request is `POST /v1/messages` with a JSON body and `Authorization: Bearer <JWT>` (RFC 6750).
The token is valid for a minute and contains the SHA-256 of the body, so it fits only that message.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets as random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import jwt

PATH = "/v1/messages"
ISSUER, AUDIENCE, TYPE = "minimaluser", "mailer", "mailer+jwt"
LIFETIME, LEEWAY = timedelta(seconds=60), timedelta(seconds=30)
LARGEST_BODY = 16 * 1024
LARGEST_ANSWER = 64 * 1024
FIELDS = ("id", "to", "subject", "text", "html")
# The classes of messages, the most important first, each with the factor by which it multiplies the
# daily limit of a recipient. Sites older than these classes send none.
CODE, UNDO, PROOF, NOTICE, NEWS = "code", "undo", "proof", "notice", "news"
BULLETIN = "bulletin"  # is not about the account
CLASSES = {UNDO: 3, CODE: 8, PROOF: 1, NOTICE: 1, NEWS: 1, BULLETIN: 1}
CLASS = "class"
SHARES = {PROOF: 0.75, NOTICE: 0.5, NEWS: 0.5, BULLETIN: 0.25}  # of the limit per minute
# By these an owner regains an account. Sent to a proved address they are counted apart from all
# other messages, and this many times the limit per minute is allowed.
ESSENTIAL, ESSENTIALS, ESSENTIAL_TIMES = "essential", (CODE, UNDO), 20
# A message may name the address that stops such mail; it becomes the headers of RFC 8058.
UNSUBSCRIBE, STOPS = "unsubscribe", re.compile(r"https?://[!#-;=?-~]{1,900}")
ACCEPTED, DUPLICATE, REFUSED, LATER = "accepted", "duplicate", "refused", "later"


def stop_headers(address: str) -> dict[str, str]:
    """Return the headers with which a mail program stops such mail at an address, if there is one.

    Args:
        address: what the message has under `UNSUBSCRIBE`; may be empty.
    """
    if not address:
        return {}
    return {
        "List-Unsubscribe": f"<{address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


class Unauthorized(Exception):
    """The token does not belong to this body, or does not come from this issuer."""


def authorize(secrets: Sequence[str], body: bytes) -> str:
    """Return the value of the Authorization header for a body, under the newest secret."""
    moment = datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": moment,
        "exp": moment + LIFETIME,
        "jti": random.token_hex(16),
        "bh": hashlib.sha256(body).hexdigest(),
    }
    headers = {"typ": TYPE, "kid": kid(secrets[0])}
    return "Bearer " + jwt.encode(claims, secrets[0], "HS256", headers=headers)


def verify(secrets: Sequence[str], authorization: str, body: bytes) -> str:
    """Check that the header was made for this very body with one of the secrets.

    Returns:
        The issuer.

    Raises:
        Unauthorized: it was not, or it was made too long ago.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or len(token) > 2048:
        raise Unauthorized
    try:
        header = jwt.get_unverified_header(token)
        secret = next(s for s in secrets if hmac.compare_digest(kid(s), str(header.get("kid"))))
        claims = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=LEEWAY,
            options={"require": ["iss", "aud", "iat", "exp", "jti", "bh"], "strict_aud": True},
        )
        lifetime = float(claims["exp"]) - float(claims["iat"])
    except (jwt.PyJWTError, StopIteration, ValueError, TypeError, OverflowError):
        raise Unauthorized from None
    fits = hmac.compare_digest(str(claims["bh"]), hashlib.sha256(body).hexdigest())
    if header.get("typ") != TYPE or not fits or lifetime > LIFETIME.total_seconds():
        raise Unauthorized
    return str(claims["iss"])


def name_of(secret: str, address: str, mail_class: str = "") -> str:
    """Return the key under which mails of a class to an address are counted; it reveals neither."""
    counted = f"{mail_class} {address.casefold()}".strip()
    return hmac.new(secret.encode(), counted.encode(), hashlib.sha256).hexdigest()


def kid(secret: str) -> str:
    """Return the key id of a secret, which reveals nothing about it."""
    return hmac.new(secret.encode(), b"mailer-kid", hashlib.sha256).hexdigest()[:8]
