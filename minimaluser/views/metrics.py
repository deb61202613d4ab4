"""Numbers for Prometheus, when asked for with METRICS=1; not for the public."""

from __future__ import annotations

import os
import time

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

from minimaluser import readiness

bp = Blueprint("metrics", __name__)

REQUESTS = Counter("minimaluser_requests", "Answers given.", ["endpoint", "method", "status"])
SECONDS = Histogram("minimaluser_request_seconds", "Time to an answer.", ["endpoint"])


def watch(app: Flask) -> None:
    """Count every answer of the app."""
    app.before_request(_begin)
    app.after_request(_count)


@bp.get("/metrics")
def show() -> Response:
    registry: CollectorRegistry = CollectorRegistry()
    waiting = Gauge("minimaluser_outbox_waiting", "Rows not done yet.", registry=registry)
    oldest = Gauge("minimaluser_outbox_oldest_seconds", "Age of the oldest.", registry=registry)
    count, age = readiness.queue()
    waiting.set(count)
    oldest.set(age.total_seconds())
    text = generate_latest(_counted()) + generate_latest(registry)
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _counted() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _begin() -> None:
    g.counted_from = time.perf_counter()


def _count(answer: Response) -> Response:
    endpoint = request.endpoint or "none"
    REQUESTS.labels(endpoint, request.method, answer.status_code).inc()
    if "counted_from" in g:
        SECONDS.labels(endpoint).observe(time.perf_counter() - g.counted_from)
    return answer
