"""Builds the app, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dotenv import load_dotenv
from flask import Flask
from flask_compress import Compress
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

from minimaluser import cli, configuration, database, parts, services, serving, settings, views
from minimaluser.lib import hashing, headers, logs, rates, storage, templating
from minimaluser.lib.assets import Assets
from minimaluser.outbox import engine
from minimaluser.personal import whose
from minimaluser.settings import ROOT, Settings
from minimaluser.views import errors


def build(environ: Mapping[str, str] | None, overrides: Mapping[str, Any]) -> Flask:
    """Make the site; see `minimaluser.create_app`."""
    if environ is None:
        load_dotenv(ROOT / ".env")
    ours = settings.load(environ)
    app = templating.App(
        "minimaluser",
        root_path=str(ROOT / "minimaluser"),
        template_folder=str(ROOT / "templates"),
        static_folder=None,
    )
    app.config.update(configuration.of_flask(ours), **overrides)
    settings.bind(app, ours)
    if ours.in_production:
        logs.configure()
        logs.watch(app)
    else:
        logs.configure_for_development()
    services.bind(app, _services(app, ours))
    serving.wrap(app)
    database.bind(app)
    Migrate(app, database.db, directory=str(ROOT / "migrations"), render_as_batch=True)
    LoginManager(app, add_context_processor=False)
    Compress(app)  # before the views, so that it runs after their changes to a response
    hashing.share(ours.instance_path, ours.web_threads)
    views.register(app)
    for away in database.AWAY:
        app.register_error_handler(away, errors.not_now)
    cli.register(app)
    whose.insist()
    return app


def _services(app: Flask, ours: Settings) -> services.Services:
    huey, wake = engine.start(app)
    shared = ours.rate_limit_storage_url
    return services.Services(
        storage=(
            storage.Bucket(ours.aws_tiles_bucket_name, ours.aws_endpoint_url or None)
            if ours.aws_tiles_bucket_name
            else storage.Folder(ours.storage_folder)
        ),
        assets=Assets(serving.BUILT),
        headers=headers.security(image_source=ours.aws_tiles_bucket_url, secure=ours.secure),
        csrf=CSRFProtect(app),
        counter=rates.SharedCounter(shared) if shared else None,
        parts=parts.load(),
        huey=huey,
        wake=wake,
    )
