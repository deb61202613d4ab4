"""The client of a request, as far as it may be stored: browser in words, network truncated."""

from __future__ import annotations

from flask import has_request_context, request

from minimaluser.lib import browsers, logs


def browser() -> str:
    """Return, for instance, `Firefox on Android`; an empty string outside a request."""
    if not has_request_context():
        return ""
    return browsers.describe(request.headers.get("User-Agent", "")[:400])


def network() -> str:
    """Return the network address without its last part; an empty string outside a request."""
    if not has_request_context():
        return ""
    return logs.truncated(request.remote_addr or "")[:45]
