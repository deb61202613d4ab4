"""The services of an app, made once and kept with it: storage, assets, limits, the worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app
from flask_wtf import CSRFProtect

from minimaluser.lib.assets import Assets
from minimaluser.lib.storage import Storage

if TYPE_CHECKING:
    from huey import Huey

    from minimaluser.lib.shared_counter import SharedCounter
    from minimaluser.parts import Part

NAME = "minimaluser"


@dataclass
class Services:
    """The services of one app.

    Attributes:
        storage: keeps tiles and pictures.
        assets: knows the hashed names of styles, scripts and icons.
        headers: the security headers of every answer.
        csrf: checks the token of a form.
        counter: counts towards limits for all processes; None: the database counts.
        parts: the parts of the product.
        start_engine: makes `huey` and `wake`.
    """

    storage: Storage
    assets: Assets
    headers: Mapping[str, str]
    csrf: CSRFProtect
    counter: SharedCounter | None
    parts: tuple[Part, ...]
    start_engine: Callable[[], tuple[Huey, Callable[[float], None]]]

    @cached_property
    def huey(self) -> Huey:
        """The engine of the worker."""
        return self._engine[0]

    @cached_property
    def wake(self) -> Callable[[float], None]:
        """Makes the worker look into the outbox after so many seconds."""
        return self._engine[1]

    @cached_property
    def _engine(self) -> tuple[Huey, Callable[[float], None]]:
        """The engine, started at its first use: by a web process for its first task.

        Two threads that need it at the same time may each start one. That does no harm, because
        both write to the same queue.
        """
        return self.start_engine()


def bind(app: Flask, found: Services) -> None:
    """Give an app its services."""
    app.extensions[NAME] = found


def services_of(app: Flask) -> Services:
    """Return the services of an app."""
    return cast(Services, app.extensions[NAME])


def services() -> Services:
    """Return the services of the current app."""
    return cast(Services, current_app.extensions[NAME])
