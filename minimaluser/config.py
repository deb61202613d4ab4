"""Settings from the environment, and every lifetime and limit: the one place of definition."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from minimaluser.mail_budgets import DAY, HOUR, MAIL_LIMITS, MINUTE, Rates

ROOT = Path(__file__).resolve().parent.parent

SITE_NAME = "Minimal+User"
POLICY_VERSION = "2026-11"

FIRST_KEY_LIFETIME = timedelta(days=7)
KEY_MIN_LENGTH, KEY_MAX_LENGTH, KEY_MAX_BYTES = 15, 128, 512
NICKNAME_MIN_LENGTH, NICKNAME_MAX_LENGTH, NICKNAME_MAX_BYTES = 4, 40, 160
EMAIL_MAX_LENGTH = 254

CODE_LIFETIME = timedelta(minutes=10)
CODE_TRIES, CODE_TRIES_A_DAY = 5, 25

CONFIRM_LIFETIME = timedelta(hours=24)
CHANGE_EMAIL_LIFETIME = timedelta(hours=2)
UNDO_EMAIL_LIFETIME = timedelta(hours=72)
UNDO_CLOSING_LIFETIME = timedelta(days=7)
LINK_KEPT = timedelta(minutes=10)  # by a browser that has opened it

SESSION_IDLE, SESSION_ABSOLUTE = timedelta(days=7), timedelta(days=30)
SESSION_IDLE_BRIEF = timedelta(hours=12)  # without "Keep me logged in"
SESSIONS_AT_MOST = 10
SESSION_SEEN_EVERY = timedelta(minutes=5)
WRONG_KEYS_A_SESSION = 5
RECENT_KEY = timedelta(minutes=10)
KNOWN_BROWSER_LIFETIME = timedelta(days=90)
SIGNUP_DOUBLE_CLICK = timedelta(minutes=1)  # so long the same sign-up is one
UNCONFIRMED_LIFETIME = timedelta(days=7)
EVENTS_KEPT, EVENTS_SHOWN = timedelta(days=90), 200
CONSENT_LIFETIME = timedelta(days=182)
MAIL_KEPT_IN_MAILBOX = timedelta(days=7)
OUTBOX_LEASE = timedelta(seconds=60)
OUTBOX_LIFETIME = timedelta(hours=24)

# How often something may be done: with one account or e-mail address, from one network address
# (of IPv6 see `lib.rates.networks`), and on the whole site; an alarm is only reported.
LIMITS: dict[str, dict[str, Rates]] = {
    "log-in": {
        "account": ((10, 5 * MINUTE), (50, DAY)),
        "network": ((30, 5 * MINUTE),),
        "alarm": ((1000, 5 * MINUTE),),
    },
    "log-in-known": {"account": ((5, 5 * MINUTE),)},  # from a browser that the owner has used
    "log-in-done": {"account": ((30, HOUR),)},  # with the right key; so are the known browsers'
    "log-in-done-known": {"account": ((30, HOUR),)},
    "log-in-known-all": {"account": ((15, 5 * MINUTE),)},  # from all of those together
    "wrong-keys": {"account": ((100, 30 * DAY),)},  # in a row; then the key is off until a reset
    "sign-up": {"network": ((5, HOUR), (20, DAY)), "site": ((500, HOUR),)},
    "forgot-key": {"network": ((10, HOUR),), "alarm": ((500, HOUR),)},
    "code": {"network": ((10, 5 * MINUTE), (50, HOUR)), "site": ((1000, HOUR),)},
    "wrong-codes": {"account": ((50, 30 * DAY),)},  # in a row; then only the link in the mail
    "link": {"network": ((30, 5 * MINUTE),)},  # that we have not made, or not for this
    "link-signed": {"network": ((120, 5 * MINUTE),)},
    "confirm": {"network": ((10, HOUR),)},
    "email": {"account": ((3, DAY),), "network": ((10, DAY),)},
    "key": {"account": ((5, 5 * MINUTE),), "network": ((30, 5 * MINUTE),)},
    "new-key": {"account": ((5, HOUR), (10, DAY))},  # set on the profile
    "key-entry": {"account": ((30, HOUR),)},  # with the right key
    "export": {"account": ((10, HOUR),)},
    "nickname": {"account": ((5, DAY),)},
    "nickname-check": {"account": ((20, HOUR),)},
    "tile": {"account": ((60, HOUR),)},
    "field-check": {"network": ((240, MINUTE),)},  # 200 are one person who types without a rest
    **MAIL_LIMITS,
}
WEB_THREADS = 24  # of a web process; see `lib.hashing` for what they wait for
CROWD_IN_DEVELOPMENT = 1000  # everybody comes from one network address there

SECRETS = ("SESSION_SECRET", "JWT_SECRET_USER", "JWT_SECRET_HTML", "JWT_MAILER_SECRET")
SECRET_MIN_BYTES = 32
NEAR = r"[\w-]+|[\w.-]+\.internal|(10|127|192\.168|172\.(1[6-9]|2\d|3[01]))\.[\d.]+|\[::1\]"
MAILER = re.compile(rf"(https://([\w.-]+|\[[\da-f:]+\])|http://({NEAR}))(:\d+)?(/\S*)?")


class BadSettings(Exception):
    """The environment cannot run this site; the message names every reason at once."""


def load(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Read the settings.

    Args:
        environ: variable names to values; the process's environment when not given.

    Returns:
        A mapping for `Flask.config`. Secrets are lists, the newest first.

    Raises:
        BadSettings: in production, with every missing, short, equal or default value.
    """
    env = os.environ if environ is None else environ
    production = env.get("APP_ENV") == "production"
    instance = Path(env.get("INSTANCE_PATH") or ROOT / "instance").resolve()
    problems = [*_malformed(env), *(_unfit_for_production(env) if production else ())]
    if problems:
        where = " in production" if production else ""
        raise BadSettings(f"This site cannot start{where}:\n- " + "\n- ".join(problems))
    instance.mkdir(parents=True, exist_ok=True)
    made = {} if production else _development_secrets(instance)
    found = {name: _list(env.get(name) or made.get(name, "")) for name in SECRETS}
    site_url = (env.get("SITE_URL") or f"http://127.0.0.1:{env.get('PORT', '5000')}").rstrip("/")
    return {
        "APP_ENV": "production" if production else "development",
        "INSTANCE_PATH": instance,
        "SITE_URL": site_url,
        "DATABASE_URL": env.get("DATABASE_URL") or f"sqlite:///{instance / 'site.db'}",
        "MAILER_URL": env.get("MAILER_URL", ""),
        "TILES_FOLDER": instance / "storage",
        "TILES_BUCKET": env.get("AWS_TILES_BUCKET_NAME", ""),
        "TILES_BUCKET_URL": env.get("AWS_TILES_BUCKET_URL", "").rstrip("/"),
        "AWS_ENDPOINT_URL": env.get("AWS_ENDPOINT_URL") or None,
        "RATE_LIMIT_STORAGE_URL": env.get("RATE_LIMIT_STORAGE_URL", ""),
        "RATE_LIMIT_CROWD": int(
            env.get("RATE_LIMIT_CROWD") or (1 if production else CROWD_IN_DEVELOPMENT)
        ),
        "WEB_THREADS": int(env.get("WEB_THREADS") or WEB_THREADS),
        "TRUSTED_PROXIES": int(env.get("TRUSTED_PROXIES") or 0),
        "CONTACT_EMAIL": env.get("CONTACT_EMAIL", "").strip(),
        "PRIVATE_SIGNUP": env.get("PRIVATE_SIGNUP", "") in {"1", "true", "yes"},
        "SW_DISABLED": env.get("SW_DISABLED", "") in {"1", "true", "yes"},
        "METRICS": env.get("METRICS", "") in {"1", "true", "yes"},
        "SECURE": site_url.startswith("https://"),
        **found,
    }


def _malformed(env: Mapping[str, str]) -> list[str]:
    problems = []
    if (env.get("APP_ENV") or "development") not in {"development", "production"}:
        problems.append("APP_ENV must be development or production")
    if not (env.get("TRUSTED_PROXIES") or "0").isdecimal():
        problems.append("TRUSTED_PROXIES must be a number")
    for name in ("WEB_THREADS", "RATE_LIMIT_CROWD"):
        value = env.get(name) or "1"
        if not value.isdecimal() or int(value) == 0:
            problems.append(f"{name} must be a number from 1")
    scheme = (env.get("RATE_LIMIT_STORAGE_URL") or "redis:").partition(":")[0]
    if scheme not in {"redis", "rediss", "unix", "valkey", "valkeys"}:
        problems.append("RATE_LIMIT_STORAGE_URL must start with redis:// or valkey://")
    return problems


def _unfit_for_production(env: Mapping[str, str]) -> list[str]:
    problems = [
        f"{name} is missing"
        for name in ("SITE_URL", "DATABASE_URL", "MAILER_URL")
        if not env.get(name)
    ]
    seen: dict[str, str] = {}
    for name in SECRETS:
        values = _list(env.get(name, ""))
        if not values:
            problems.append(f"{name} is missing")
        for value in values:
            if len(value.encode()) < SECRET_MIN_BYTES:
                problems.append(f"{name} is shorter than {SECRET_MIN_BYTES} bytes")
            elif len(set(value)) < 8:
                problems.append(f"{name} looks like a default value")
            if value in seen and seen[value] != name:
                problems.append(f"{name} equals {seen[value]}")
            seen.setdefault(value, name)
    if env.get("SITE_URL") and not env["SITE_URL"].startswith("https://"):
        problems.append("SITE_URL must start with https://")
    if env.get("MAILER_URL") and not MAILER.fullmatch(env["MAILER_URL"]):
        problems.append("MAILER_URL must start with https://, or http:// inside one machine")
    if env.get("FLASK_DEBUG", "0") not in {"", "0", "false"}:
        problems.append("FLASK_DEBUG must be off")
    return problems


def _list(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _development_secrets(instance: Path) -> dict[str, str]:
    path = instance / "secrets.json"
    fresh = {name: secrets.token_urlsafe(48) for name in SECRETS}
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        loaded: dict[str, str] = json.loads(path.read_text())
        return loaded
    with os.fdopen(descriptor, "w") as file:
        json.dump(fresh, file)
    return fresh
