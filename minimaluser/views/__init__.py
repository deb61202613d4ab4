"""HTTP in, HTML out: one file a resource, each a Blueprint. No rows, no rules."""

from __future__ import annotations

from flask import Flask

from minimaluser.settings import settings_of


def register(app: Flask) -> None:
    """Bind every view, the guards around them and what templates may use."""
    from minimaluser.security import access
    from minimaluser.views import (
        access_key,
        album,
        closing,
        confirmation,
        context,
        cookies,
        dev,
        email_address,
        email_confirmation,
        errors,
        events,
        export,
        first_key,
        gallery,
        guard,
        health,
        key_entry,
        key_reset,
        key_reset_link,
        metrics,
        nickname,
        pages,
        profile,
        pwa,
        seo,
        session,
        sessions,
        signup,
        tile,
        undo,
        validation,
    )

    guard.register(app)
    context.register(app)
    errors.register(app)
    for module in (
        pages,
        signup,
        confirmation,
        session,
        key_reset,
        key_reset_link,
        profile,
        nickname,
        email_address,
        email_confirmation,
        access_key,
        first_key,
        key_entry,
        tile,
        sessions,
        events,
        export,
        closing,
        album,
        validation,
        cookies,
        pwa,
        seo,
        health,
    ):
        app.register_blueprint(module.bp)
    app.register_blueprint(undo.email)
    app.register_blueprint(undo.closing)
    if settings_of(app).metrics:
        metrics.watch(app)
        app.register_blueprint(metrics.bp)
    if not settings_of(app).in_production:
        app.register_blueprint(dev.bp)
        app.register_blueprint(gallery.bp)
    access.addresses(app)  # the site starts only when every view has declared itself
