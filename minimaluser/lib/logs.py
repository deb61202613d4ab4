"""Logs: one JSON object per line in production, plain words in development, never a secret."""

from __future__ import annotations

import ipaddress
import json
import logging
import time
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from minimaluser.lib import networks, tokens

KEPT_BITS = {4: 24, 6: 48}  # of a network address
KEPT_BITS_OF_6TO4 = 16 + KEPT_BITS[4]
EXTRA = ("request", "actor", "method", "route", "status", "milliseconds", "address")

access = logging.getLogger("minimaluser.access")


class Lines(logging.Formatter):
    """A record as one line of JSON, in UTC; line breaks inside are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if has_request_context():
            line["request"] = request_id()
        line |= {name: getattr(record, name) for name in EXTRA if hasattr(record, name)}
        line |= getattr(record, "audit", {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class Words(logging.Formatter):
    """A record for a person at a terminal: what happened, then the details in brackets."""

    def format(self, record: logging.LogRecord) -> str:
        details = getattr(record, "audit", {}).items()
        said = ", ".join(f"{name} {value}" for name, value in details if value not in {"", False})
        return super().format(record) + (f" ({said})" if said else "")


def configure() -> None:
    """Send all logs to standard error; a log that cannot be written never breaks a request."""
    logging.raiseExceptions = False
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("minimaluser").setLevel(logging.INFO)


def configure_for_development() -> None:
    """Log warnings and errors in plain words to standard error, unless there is a handler."""
    ours = logging.getLogger("minimaluser")
    if ours.hasHandlers():
        return
    handler = logging.StreamHandler()
    handler.setFormatter(Words("%(levelname)s %(name)s: %(message)s"))
    ours.addHandler(handler)


def request_id() -> str:
    """Return the id of this request, which the response carries, too."""
    found: str | None = g.get("request_id")
    if found is None:
        found = g.request_id = tokens.random_id()
    return found


def watch(app: Flask) -> None:
    """Log one line per request, with its route and never its address, which may contain a token."""

    @app.before_request
    def _begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def _end(answer: Response) -> Response:
        began = g.get("began")
        answer.headers["X-Request-ID"] = request_id()
        rule = request.url_rule
        access.info(
            "request",
            extra={
                "method": request.method,
                "route": rule.rule if rule else "unknown",
                "status": answer.status_code,
                "milliseconds": round((time.perf_counter() - began) * 1000, 1) if began else None,
                "address": truncated(request.remote_addr or ""),
            },
        )
        return answer


def truncated(address: str) -> str:
    """Return a network address without its last part: /24 of IPv4, /48 of IPv6; no port.

    An address of 6to4 has one of IPv4 in its first 48 bits; the last part of that goes, too.
    The result is empty if the text is not an address.
    """
    found = networks.read(address)
    if found is None:
        return ""
    kept = KEPT_BITS[found.version]
    if isinstance(found, ipaddress.IPv6Address) and found.sixtofour:
        kept = KEPT_BITS_OF_6TO4
    dropped = found.max_prefixlen - kept
    return str(type(found)(int(found) >> dropped << dropped))
