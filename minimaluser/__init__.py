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
        minimaluser.settings.BadSettings: with every bad value.
        SystemExit: the same for the process's own, after they were printed; the exit code is 2.
    """
    from minimaluser import app as building
    from minimaluser.lib import environment

    if environ is not None:
        return building.build(environ, overrides)
    with environment.told_at_once():
        return building.build(None, overrides)
