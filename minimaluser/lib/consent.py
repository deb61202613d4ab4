"""The cookie choice: a signed cookie with the version of the policy and the time (itsdangerous)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE = "mu_consent"


@dataclass(frozen=True)
class Consent:
    """What the visitor chose; `made` is False until there is a choice for today's policy."""

    made: bool = False
    analysis: bool = False


def write(secrets: Sequence[str], version: str, analysis: bool) -> str:
    """Return the cookie's value for a choice made now."""
    return _serializer(tuple(secrets)).dumps({"version": version, "analysis": analysis})


def read(secrets: Sequence[str], version: str, value: str, lifetime: timedelta) -> Consent:
    """Return the choice in a cookie; one that is invalid, old or for another policy is none."""
    if not value:
        return Consent()
    try:
        seconds = int(lifetime.total_seconds())
        choice = _serializer(tuple(secrets)).loads(value, max_age=seconds)
    except BadSignature:
        return Consent()
    if not isinstance(choice, dict) or choice.get("version") != version:
        return Consent()
    return Consent(made=True, analysis=choice.get("analysis") is True)


@lru_cache(maxsize=8)
def _serializer(secrets: tuple[str, ...]) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(list(reversed(secrets)), salt="consent")
