"""HTTP in, HTML out: one file a resource, each a Blueprint. No rows, no rules."""

from __future__ import annotations

from flask import Flask

from minimaluser import parts
from minimaluser.parts import Entry, Part
from minimaluser.security import access
from minimaluser.settings import settings_of
from minimaluser.views import (
    access_key,
    closing,
    confirmation,
    context,
    cookies,
    email_address,
    email_confirmation,
    errors,
    events,
    export,
    first_key,
    guard,
    health,
    key_entry,
    key_reset,
    key_reset_link,
    login,
    metrics,
    nickname,
    pages,
    profile,
    pwa,
    seo,
    sessions,
    signup,
    tile,
    undo,
    validation,
)
from minimaluser.views.dev import gallery, mailbox, sample_partials, samples

part = Part(
    blueprints=(
        pages.bp,
        signup.bp,
        confirmation.bp,
        login.bp,
        key_reset.bp,
        key_reset_link.bp,
        profile.bp,
        nickname.bp,
        email_address.bp,
        email_confirmation.bp,
        access_key.bp,
        first_key.bp,
        key_entry.bp,
        tile.bp,
        sessions.bp,
        events.bp,
        export.bp,
        closing.bp,
        undo.email,
        undo.closing,
        validation.bp,
        cookies.bp,
        pwa.bp,
        seo.bp,
        health.bp,
    ),
    menu=(
        Entry("Home", "pages.home", 0, is_public=True),
        Entry("About", "pages.about", 99, is_public=True),
    ),
    partials=sample_partials.partials,
    pages=samples.pages,
)


def register(app: Flask) -> None:
    """Bind every view, the guards around them and what templates may use."""
    guard.register(app)
    context.register(app)
    errors.register(app)
    parts.register(app)
    if settings_of(app).metrics:
        metrics.watch(app)
        app.register_blueprint(metrics.bp)
    if not settings_of(app).in_production:
        app.register_blueprint(mailbox.bp)
        app.register_blueprint(gallery.bp)
    access.addresses(app)  # the site starts only when every view has declared itself
