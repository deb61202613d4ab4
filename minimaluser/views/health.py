"""Health checks: whether the process is alive, and whether what it depends on is ready."""

from typing import Any

from flask import Blueprint

from minimaluser import readiness
from minimaluser.security.access import EVERYBODY, access
from minimaluser.views.errors import RETRY_SECONDS

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@access(EVERYBODY)
def alive() -> dict[str, str]:
    return {"status": "ok"}


@bp.get("/readyz")
@access(EVERYBODY)
def ready() -> tuple[dict[str, Any], int, dict[str, str]]:
    found = readiness.look()
    if all(found.values()):
        return {"status": "ok", **found}, 200, {}
    return {"status": "not ready", **found}, 503, {"Retry-After": RETRY_SECONDS}
