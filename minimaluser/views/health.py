"""Health checks: whether the process is alive, and whether what it depends on is ready."""

from typing import Any

from flask import Blueprint

from minimaluser import readiness
from minimaluser.security.access import EVERYBODY, access

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@access(EVERYBODY)
def alive() -> dict[str, str]:
    return {"status": "ok"}


@bp.get("/readyz")
@access(EVERYBODY)
def ready() -> tuple[dict[str, Any], int]:
    found = readiness.look()
    good = all(found.values())
    return {"status": "ok" if good else "not ready", **found}, 200 if good else 503
