"""Minimal+User: a small, complete site whose account life is finished."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(environ: Mapping[str, str] | None = None, **overrides: Any) -> Flask:
    """Make the site. Imports stand inside, so that importing the mailer loads no database.

    Args:
        environ: the settings as environment variables; the process's own when not given.
        overrides: Flask settings that tests change.

    Raises:
        minimaluser.settings.BadSettings: in production, with every bad value.
    """
    from minimaluser import app as building

    return building.build(environ, overrides)
