"""The configuration of Flask and its extensions, made from the rules and the settings."""

from __future__ import annotations

from typing import Any

from sqlalchemy import URL

from minimaluser.lib import connections, cookies, database_url
from minimaluser.rules import rules
from minimaluser.settings import Settings

COMPRESSED = [
    "text/html",
    "text/javascript",
    "application/manifest+json",
    "application/xml",
]

LONGEST_SECONDS = 4.0  # without an answer, although every statement is limited
# Of every transaction of a request or a worker; migrations have their own (migrations/env.py).
LIMITS = {
    "statement_timeout": "3s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
}


def of_flask(ours: Settings) -> dict[str, Any]:
    """Return the configuration of the Flask app."""
    suffix = cookies.suffix(ours.site_url)
    url = database_url.url(ours.database_url)
    return {
        "DEBUG": ours.flask_debug,  # Flask itself takes FLASK_DEBUG=off for on
        "SECRET_KEY": ours.session_secret[0],
        "SECRET_KEY_FALLBACKS": list(ours.session_secret[1:]),
        "SESSION_COOKIE_NAME": cookies.full_name("mu_session", ours.secure, suffix),
        "COOKIE_SUFFIX": suffix,
        "SESSION_COOKIE_SECURE": ours.secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": rules.session_absolute,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
        "WTF_CSRF_SECRET_KEY": list(ours.session_secret[::-1]),  # the last one signs
        "WTF_CSRF_SSL_STRICT": False,  # Origin and Sec-Fetch-Site are checked, not the Referer
        "WTF_CSRF_CHECK_DEFAULT": False,  # the guard checks it, after the origin
        "MAX_CONTENT_LENGTH": rules.body_most_bytes,
        "MAX_FORM_MEMORY_SIZE": rules.body_most_bytes,
        "MAX_FORM_PARTS": rules.fields_most,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 5,
        "COMPRESS_BR_WINDOW": 16,  # 64 KiB, more than a page; larger ones take 1 MiB each time
        "COMPRESS_MIMETYPES": COMPRESSED,
        "SQLALCHEMY_DATABASE_URI": url.render_as_string(hide_password=False),
        "SQLALCHEMY_ENGINE_OPTIONS": _engine(url),
    }


def _engine(url: URL) -> dict[str, Any]:
    hidden = {"hide_parameters": True}  # errors are logged; parameters hold addresses and hashes
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": 5}, **hidden}
    own = url.query.get("options", "")
    limits = {name: limit for name, limit in LIMITS.items() if name not in own}
    return {
        "pool_size": 5,
        "max_overflow": 5,
        "pool_pre_ping": True,
        "pool_timeout": 2,
        "connect_args": {
            **database_url.for_psycopg(url),
            "autocommit": True,
            "longest": LONGEST_SECONDS if "statement_timeout" in limits else None,
        },
        "execution_options": {connections.BEGIN: connections.beginning(limits)},
        **hidden,
    }
