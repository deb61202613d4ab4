"""The mailer's own settings, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

SECRET_MIN_BYTES = 32
MOST = {"MAILER_RECIPIENT_A_DAY": 10, "MAILER_A_MINUTE": 60}
PORTS = {"smtp": 587, "smtps": 465, "smtp+plaintext": 25}


class BadSettings(Exception):
    """The mailer cannot start; the message names every reason."""


@dataclass(frozen=True)
class Settings:
    """How mail leaves; `scheme` is smtp (STARTTLS), smtps (TLS) or smtp+plaintext (a sink)."""

    secrets: tuple[str, ...]
    mail_from: str
    scheme: str
    host: str
    port: int
    user: str
    password: str
    ledger: Path
    most_a_day: int  # to one recipient
    most_a_minute: int  # from one issuer


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings.

    Raises:
        BadSettings: with every missing or bad value.
    """
    env = os.environ if environ is None else environ
    secrets = tuple(s.strip() for s in env.get("JWT_MAILER_SECRET", "").split(",") if s.strip())
    smtp = _split(env.get("SMTP_URL", ""))
    problems = []
    if not secrets:
        problems.append("JWT_MAILER_SECRET is missing")
    if any(len(secret.encode()) < SECRET_MIN_BYTES for secret in secrets):
        problems.append(f"JWT_MAILER_SECRET is shorter than {SECRET_MIN_BYTES} bytes")
    if smtp.scheme not in PORTS or not smtp.hostname:
        problems.append("SMTP_URL must be smtp://, smtps:// or smtp+plaintext:// with a host")
    if not _is_address(env.get("MAIL_FROM", "")):
        problems.append("MAIL_FROM must be an address and nothing else")
    most = {name: env.get(name) or str(usual) for name, usual in MOST.items()}
    for name, value in most.items():
        if not value.isdecimal() or int(value) < 1:
            problems.append(f"{name} must be a number from 1")
    if problems:
        raise BadSettings("The mailer cannot start:\n- " + "\n- ".join(problems))
    folder = Path(env.get("INSTANCE_PATH") or "instance").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return Settings(
        secrets=secrets,
        mail_from=env["MAIL_FROM"],
        scheme=smtp.scheme,
        host=smtp.hostname or "",
        port=smtp.port or PORTS[smtp.scheme],
        user=unquote(smtp.username or ""),
        password=unquote(smtp.password or ""),
        ledger=folder / "mailer.db",
        most_a_day=int(most["MAILER_RECIPIENT_A_DAY"]),
        most_a_minute=int(most["MAILER_A_MINUTE"]),
    )


def _split(url: str) -> SplitResult:
    try:
        found = urlsplit(url)
        _ = found.port  # raises for what is no port
    except ValueError:
        return urlsplit("")
    return found


def _is_address(text: str) -> bool:
    try:
        return bool(Address(addr_spec=text).domain)
    except Exception:  # the parser raises ValueError, IndexError and errors of its own
        return False
