"""Builds the site from its parts: the table of contents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jinja_partials
from dotenv import load_dotenv
from flask import Flask
from sqlalchemy import exc
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from minimaluser import cli, views
from minimaluser import database as extensions
from minimaluser.accounts import whose
from minimaluser.lib import hashing, headers, logs, rates, storage, templating
from minimaluser.lib.assets import Assets
from minimaluser.outbox import engine as tasks
from minimaluser.rules import rules
from minimaluser.settings import ROOT, Settings, bind, load, settings_of
from minimaluser.views import errors

BUILT = ROOT / "static" / "build"


def build(environ: Mapping[str, str] | None, overrides: Mapping[str, Any]) -> Flask:
    """Make the site; see `minimaluser.create_app`."""
    if environ is None:
        load_dotenv(ROOT / ".env")
    app = Flask(
        "minimaluser",
        root_path=str(ROOT / "minimaluser"),
        template_folder=str(ROOT / "templates"),
        static_folder=None,
    )
    app.jinja_environment = templating.Environment
    found = load(environ)
    bind(app, found)
    _configure(app, found)
    app.config.update(overrides)
    _log(app)
    _serve_static(app)
    _extend(app)
    views.register(app)
    cli.register(app)
    whose.insist()
    return app


def _configure(app: Flask, found: Settings) -> None:
    app.config.update(
        SECRET_KEY=found.session_secret[0],
        SECRET_KEY_FALLBACKS=list(found.session_secret[1:]),
        SQLALCHEMY_DATABASE_URI=_database_url(found.database_url),
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(found.database_url),
        SESSION_COOKIE_NAME="__Host-mu_session" if found.secure else "mu_session",
        SESSION_COOKIE_SECURE=found.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=rules.session_absolute,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        WTF_CSRF_SECRET_KEY=list(found.session_secret[::-1]),  # signed with the last
        WTF_CSRF_SSL_STRICT=False,  # Origin and Sec-Fetch-Site are checked instead of the Referer
        WTF_CSRF_CHECK_DEFAULT=False,  # views do it, after the origin
        MAX_CONTENT_LENGTH=rules.body_most_bytes,
        MAX_FORM_MEMORY_SIZE=rules.body_most_bytes,
        MAX_FORM_PARTS=rules.fields_most,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_MIMETYPES=[
            "text/html",
            "text/javascript",
            "application/manifest+json",
            "application/xml",
        ],
    )


def _log(app: Flask) -> None:
    if settings_of(app).in_production:
        logs.configure()
        logs.watch(app)
    else:
        logs.configure_for_development()


def _database_url(url: str) -> str:
    for old in ("postgres://", "postgresql://"):
        if url.startswith(old):
            return "postgresql+psycopg://" + url.removeprefix(old)
    return url


def _engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 5}, "hide_parameters": True}
    limits = "statement_timeout=3000 lock_timeout=2000 idle_in_transaction_session_timeout=10000"
    options = " ".join(f"-c {limit}" for limit in limits.split())
    return {
        "pool_size": 5,
        "max_overflow": 5,
        "pool_pre_ping": True,
        "pool_timeout": 2,
        "hide_parameters": True,  # they hold addresses and hashes, and errors are logged
        "connect_args": {"connect_timeout": 2, "options": options},
    }


def _serve_static(app: Flask) -> None:
    ours = settings_of(app)
    app.extensions["security_headers"] = headers.security(
        image_source=ours.aws_tiles_bucket_url, secure=ours.secure
    )
    app.extensions["assets"] = Assets(BUILT)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(BUILT),
        prefix="static/",
        autorefresh=not ours.in_production,
        immutable_file_test=lambda _path, url: (
            not url.endswith("/manifest.json")
        ),  # all others are hashed
        allow_all_origins=False,
    )
    app.wsgi_app = headers.Everywhere(  # type: ignore[assignment,method-assign]
        app.wsgi_app, app.extensions["security_headers"]
    )
    if ours.trusted_proxies:
        hops = ours.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]


def _extend(app: Flask) -> None:
    extensions.db.init_app(app)
    app.teardown_appcontext(extensions.let_go)
    extensions.migrate.init_app(app, extensions.db, directory=str(ROOT / "migrations"))
    extensions.login.init_app(app, add_context_processor=False)
    extensions.compress.init_app(app)  # before the views: what they add to answers comes first
    extensions.csrf.init_app(app)
    app.extensions["csrf"] = extensions.csrf
    jinja_partials.register_extensions(app)
    for unready in (exc.OperationalError, exc.InterfaceError, exc.TimeoutError):
        app.register_error_handler(unready, errors.not_now)
    tasks.bind(app)
    ours = settings_of(app)
    hashing.share(ours.instance_path, ours.web_threads)
    if ours.rate_limit_storage_url:
        app.extensions["counter"] = rates.SharedCounter(ours.rate_limit_storage_url)
    app.extensions["storage"] = (
        storage.Bucket(ours.aws_tiles_bucket_name, ours.aws_endpoint_url or None)
        if ours.aws_tiles_bucket_name
        else storage.Folder(ours.storage_folder)
    )
