"""Other settings for an app that is there already."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask

from minimaluser.settings import bind, settings_of


def change_settings(app: Flask, **changes: Any) -> None:
    """Give an app other settings; the fixture `app` takes them back after a test."""
    bind(app, replace(settings_of(app), **changes))
