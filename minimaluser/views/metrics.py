"""Metrics for Prometheus, with METRICS=1 only; not for the public."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from minimaluser import readiness
from minimaluser.security.access import EVERYBODY, access

SHARED = "PROMETHEUS_MULTIPROC_DIR"  # the folder of gunicorn's processes
bp = Blueprint("metrics", __name__)

REQUESTS = Counter("minimaluser_requests", "Answers given.", ["endpoint", "method", "status"])
SECONDS = Histogram("minimaluser_request_seconds", "Time to an answer.", ["endpoint"])


def watch(app: Flask) -> None:
    """Count every response of the app."""
    app.before_request(_begin)
    app.after_request(_count)


class Outbox(Collector):
    """The waiting rows, read from the database on request, so every process reports the same."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        count, age = readiness.queue()
        yield GaugeMetricFamily("minimaluser_outbox_waiting", "Rows not done yet.", count)
        seconds = age.total_seconds()
        yield GaugeMetricFamily("minimaluser_outbox_oldest_seconds", "Age of the oldest.", seconds)


class Everybody(Collector):
    """What all processes have counted; their folder may have any name."""

    def collect(self) -> Iterable[Metric]:
        files = Path(os.environ[SHARED]).glob("*.db")
        return multiprocess.MultiProcessCollector.merge([*map(str, files)])  # type: ignore[no-untyped-call,no-any-return]


@bp.get("/metrics")
@access(EVERYBODY)
def show() -> Response:
    waiting = CollectorRegistry(auto_describe=False)
    waiting.register(Outbox())
    text = generate_latest(_counted()) + generate_latest(waiting)
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _counted() -> CollectorRegistry:
    if SHARED not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    registry.register(Everybody())
    return registry


def _begin() -> None:
    g.counted_from = time.perf_counter()


def _count(answer: Response) -> Response:
    endpoint = request.endpoint or "none"
    REQUESTS.labels(endpoint, request.method, answer.status_code).inc()
    if "counted_from" in g:
        SECONDS.labels(endpoint).observe(time.perf_counter() - g.counted_from)
    return answer
