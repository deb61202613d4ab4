"""The services of an app, made once and kept with it: storage, assets, limits, the worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app
from flask_wtf import CSRFProtect
from huey import Huey

from minimaluser.lib.assets import Assets
from minimaluser.lib.rates import SharedCounter
from minimaluser.lib.storage import Storage

if TYPE_CHECKING:
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
        huey: the engine of the worker.
        wake: makes the worker look into the outbox after so many seconds.
    """

    storage: Storage
    assets: Assets
    headers: Mapping[str, str]
    csrf: CSRFProtect
    counter: SharedCounter | None
    parts: tuple[Part, ...]
    huey: Huey
    wake: Callable[[float], None]


def bind(app: Flask, found: Services) -> None:
    """Give an app its services."""
    app.extensions[NAME] = found


def services_of(app: Flask) -> Services:
    """Return the services of an app."""
    return cast(Services, app.extensions[NAME])


def services() -> Services:
    """Return the services of the current app."""
    return cast(Services, current_app.extensions[NAME])
