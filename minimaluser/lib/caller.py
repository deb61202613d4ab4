"""Who is calling, as far as it may be kept: the browser in words, the network shortened."""

from __future__ import annotations

from flask import has_request_context, request

from minimaluser.lib import browsers, logs


def browser() -> str:
    """Return for instance `Firefox on Android`; nothing where nobody calls over HTTP."""
    if not has_request_context():
        return ""
    return browsers.describe(request.headers.get("User-Agent", "")[:400])


def network() -> str:
    """Return the network address without its last part; nothing where nobody calls over HTTP."""
    if not has_request_context():
        return ""
    return logs.truncated(request.remote_addr or "")[:45]
