"""The migrations, as `flask db` and `flask_migrate.upgrade` want them (Alembic, Flask-Migrate).

Only they import this: the libraries take 10 MiB and a tenth of a second.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_migrate.cli import db as commands

from minimaluser.database import db
from minimaluser.settings import ROOT

# `flask db upgrade` brings every part up to date, and `migrate` adds to the core.
DEFAULTS = {"upgrade": ("revision", "heads"), "migrate": ("head", "core@head")}


def bind(app: Flask) -> Any:
    """Give an app its migrations, and return what Flask-Migrate keeps of them with the app."""
    _Anywhere(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    return app.extensions["migrate"]


class _Anywhere(Migrate):
    """Finds the migrations in a folder of any name; a `%` would be read as a reference."""

    def get_config(self, directory: str | None = None, x_arg: Any = None, opts: Any = None) -> Any:
        folder = str(directory or self.directory)
        found: Any = super().get_config(folder.replace("%", "%%"), x_arg, opts)
        found.config_file_name = f"{folder}/alembic.ini"
        found.file_config.read(found.config_file_name, encoding="utf-8")
        return found


def _set_defaults() -> None:
    for command, (name, default) in DEFAULTS.items():
        for option in commands.commands[command].params:
            if option.name == name:
                option.default = default


_set_defaults()
