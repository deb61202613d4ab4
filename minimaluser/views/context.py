"""What every template may use."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, request
from flask_login import current_user

from minimaluser import config
from minimaluser.lib import clock
from minimaluser.security import access
from minimaluser.views import visitor


def register(app: Flask) -> None:
    """Give it to the templates of the app."""
    app.context_processor(_always)
    app.add_template_global(app.extensions["assets"].url, "asset")
    app.add_template_global(_tile_url, "tile_url")
    app.add_template_global(visitor.mark, "user_mark")
    app.add_template_global(_is_here, "is_here")


def _always() -> dict[str, Any]:
    site_url = current_app.config["SITE_URL"]
    return {
        "current_user": current_user,  # a stand-in: an error page must not load the user
        "site_name": config.SITE_NAME,
        "site_url": site_url,
        "contact": current_app.config["CONTACT_EMAIL"],
        "canonical_url": site_url + request.path if request else site_url,
        "consent": visitor.cookie_choice() if request else None,
        "indexed": _is_indexed(),
        "year": clock.now().year,
        "policy_version": config.POLICY_VERSION,
        "worker_url": None if current_app.config["SW_DISABLED"] else "/sw.js",
    }


def _tile_url(user: Any) -> str:
    bucket = current_app.config["TILES_BUCKET_URL"]
    if bucket and user.tile_svg is None:
        return f"{bucket}/tiles/{user.tile_name}.svg"
    return f"/tiles/{user.tile_name}.svg"


def _is_indexed() -> bool:
    declared = access.of(current_app, request.endpoint) if request else None
    return declared is not None and declared.indexed


def _is_here(address: str) -> bool:
    """Tell whether the page is at this address or below it; nothing is below the home page."""
    return request.path == address or (
        address != "/" and request.path.startswith(f"{address.rstrip('/')}/")
    )
