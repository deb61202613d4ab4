"""Builds the app, step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_compress import Compress
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.local import LocalProxy

from minimaluser import cli, configuration, database, parts, services, serving, settings, views
from minimaluser.lib import addresses, hashing, headers, logs, storage, templating
from minimaluser.lib.assets import Assets
from minimaluser.personal import whose
from minimaluser.settings import ROOT, Settings
from minimaluser.views import errors

if TYPE_CHECKING:
    from huey import Huey

    from minimaluser.lib.shared_counter import SharedCounter


def build(environ: Mapping[str, str] | None, overrides: Mapping[str, Any]) -> Flask:
    """Make the site; see `minimaluser.create_app`."""
    ours = settings.load(environ)
    app = templating.App(
        "minimaluser",
        root_path=str(ROOT / "minimaluser"),
        template_folder=str(ROOT / "templates"),
        static_folder=None,
    )
    if not ours.in_production:
        app.jinja_options = {"undefined": StrictUndefined}  # there a misspelt name is a blank
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
    app.extensions["migrate"] = LocalProxy(partial(_migrations, app))
    LoginManager(app, add_context_processor=False)
    Compress(app)  # before the views, so that it runs after their changes to a response
    hashing.share(ours.instance_path, ours.web_threads)
    views.register(app)
    for away in database.AWAY:
        app.register_error_handler(away, errors.not_now)
    app.register_error_handler(database.GONE, errors.gone)
    cli.register(app)
    whose.insist()
    return app


def _services(app: Flask, ours: Settings) -> services.Services:
    return services.Services(
        storage=(
            storage.Bucket(ours.aws_tiles_bucket_name, ours.aws_endpoint_url or None)
            if ours.aws_tiles_bucket_name
            else storage.Folder(ours.storage_folder)
        ),
        assets=Assets(serving.BUILT, is_fixed=ours.in_production),
        headers=headers.security(
            image_source=addresses.source(ours.aws_tiles_bucket_url), secure=ours.secure
        ),
        csrf=CSRFProtect(app),
        counter=_counter(ours.rate_limit_storage_url),
        parts=parts.load(),
        start_engine=partial(_engine, app),
    )


# What follows is loaded when it is needed first: by commands, by the worker, by some sites.


def _counter(url: str) -> SharedCounter | None:
    if not url:
        return None
    from minimaluser.lib.shared_counter import SharedCounter

    return SharedCounter(url)


def _engine(app: Flask) -> tuple[Huey, Callable[[float], None]]:
    from minimaluser.outbox import engine

    return engine.start(app)


def _migrations(app: Flask) -> Any:
    from minimaluser import migrations

    return migrations.bind(app)
