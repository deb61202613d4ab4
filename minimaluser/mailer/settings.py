"""The mailer's own settings, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from minimaluser.lib import addresses, environment
from minimaluser.lib.environment import BadSettings as BadSettings
from minimaluser.lib.environment import Wrong, setting

PORTS = {"smtp": 587, "smtps": 465, "smtp+plaintext": 25}


def _smtp(text: str) -> SplitResult:
    try:
        found = urlsplit(text)
        _ = found.port  # raises ValueError if it is not a port
    except ValueError:
        found = urlsplit("")
    more = found.path.strip("/") or found.query or found.fragment  # or part of a password
    if found.scheme not in PORTS or not found.hostname or more:
        raise Wrong("must be smtp://, smtps:// or smtp+plaintext:// with a host")
    if found.scheme == "smtp+plaintext" and not addresses.is_near(found.hostname):
        raise Wrong("must be smtp:// or smtps://, or smtp+plaintext:// within a private network")
    return found


def _sender(text: str) -> str:
    if not addresses.is_email(text):
        raise Wrong("must be an address and nothing else")
    return text


@dataclass(frozen=True)
class Settings:
    """One field per setting."""

    jwt_mailer_secret: tuple[str, ...] = setting(
        "Signs what the site sends to the mailer.", read=environment.secrets
    )
    smtp_url: SplitResult = setting(
        "`smtp://user:password@host:587` (STARTTLS), `smtps://user:password@host:465` (TLS), or "
        "`smtp+plaintext://` (no encryption) to a host to which `MAILER_URL` may be `http://`.",
        read=_smtp,
    )
    mail_from: str = setting("The sender of the mails: an address and nothing else.", read=_sender)
    mailer_recipient_a_day: int = setting(
        "How many mails of one class it accepts for one recipient in a day (of some classes more, "
        "see `docs/deploy-mail.md`); the worker sends the rest later.",
        "10",
        environment.number(1),
    )
    mailer_a_minute: int = setting(
        "How many mails it accepts from one site in a minute; the worker sends the rest later.",
        "60",
        environment.number(1),
    )
    instance_path: Path = setting(
        "A writable folder for its ledger of mails.",
        "instance",
        environment.path,
        usual="`instance/`",
    )

    @property
    def scheme(self) -> str:
        """Return smtp (STARTTLS), smtps (TLS) or smtp+plaintext (a sink)."""
        return self.smtp_url.scheme

    @property
    def host(self) -> str:
        return self.smtp_url.hostname or ""

    @property
    def port(self) -> int:
        return self.smtp_url.port or PORTS[self.scheme]

    @property
    def user(self) -> str:
        return unquote(self.smtp_url.username or "")

    @property
    def password(self) -> str:
        return unquote(self.smtp_url.password or "")

    @property
    def ledger(self) -> Path:
        return self.instance_path / "mailer.db"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings, and make the folder of the ledger.

    Raises:
        BadSettings: lists every missing or bad value.
    """
    values, problems = environment.read(Settings, os.environ if environ is None else environ)
    problems += environment.flaws("JWT_MAILER_SECRET", values["jwt_mailer_secret"])
    if folder := values["instance_path"]:
        problems += environment.folder("INSTANCE_PATH", folder, make=not problems)
    if problems:
        raise BadSettings("The mailer cannot start", problems)
    return Settings(**values)
