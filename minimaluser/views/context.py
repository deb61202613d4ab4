"""What every template may use."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask, current_app, request
from flask_login import current_user

from minimaluser.lib import clock, themes
from minimaluser.lib.text import span
from minimaluser.rules import rules
from minimaluser.security import access
from minimaluser.services import services_of
from minimaluser.settings import SITE_NAME, THEMES, settings
from minimaluser.views.browser import asks_for_choice, colour_scheme, cookie_choice
from minimaluser.views.logged_in import mark
from minimaluser.views.ways import linked


def register(app: Flask) -> None:
    """Make it available in the templates of the app."""
    app.context_processor(_always)
    app.add_template_global(services_of(app).assets.url, "asset")
    app.add_template_global(_tile_url, "tile_url")
    app.add_template_global(mark, "user_mark")
    app.add_template_global(_is_at, "is_at")
    app.jinja_env.globals["site_name"] = SITE_NAME
    app.jinja_env.globals["rules"] = rules  # for macros, too
    app.add_template_filter(span, "span")
    app.add_template_filter(linked, "linked")


def _always() -> dict[str, Any]:
    site_url = settings.site_url
    declared = access.of(current_app, request.endpoint) if request else None
    return {
        "current_user": current_user,  # the proxy: an error page must not load the user
        "site_url": site_url,
        "contact": settings.contact_email,
        "signup_key": settings.signup_key,
        "confirmation": settings.confirmation,
        "canonical_url": site_url + request.path if request else site_url,
        "consent": cookie_choice() if request else None,
        "asks_for_choice": asks_for_choice(),
        "indexed": declared is not None and declared.indexed,
        "secret": declared is not None and declared.secret,
        "year": clock.now().year,
        "place": _place(),
        "theme": _theme(),
        "scheme": colour_scheme() if request else "",
        "worker_url": None if settings.sw_disabled else "/sw.js",
    }


def _theme() -> themes.Theme:
    """Return the theme that is set; in development `?theme=…` shows a page in another one."""
    if settings.in_production:
        return _kept_theme(settings.theme)
    asked = dict(parse_qsl(request.query_string.decode("latin-1"))).get("theme") if request else ""
    return themes.find(THEMES, asked if asked in themes.names(THEMES) else settings.theme)


@cache
def _kept_theme(name: str) -> themes.Theme:
    return themes.find(THEMES, name)


def _tile_url(user: Any) -> str:
    bucket = settings.aws_tiles_bucket_url
    if bucket and user.tile_svg is None:
        return f"{bucket}/tiles/{user.tile_name}.svg"
    return f"/tiles/{user.tile_name}.svg"


def _place() -> str:
    """Return where the page is: its path up to the first part that is variable, maybe secret."""
    return request.url_rule.rule.partition("<")[0] if request and request.url_rule else ""


def _is_at(address: str, place: str) -> bool:
    """Tell whether a place is an address or below it; nothing counts as below the home page."""
    return place == address or (address != "/" and place.startswith(f"{address.rstrip('/')}/"))
