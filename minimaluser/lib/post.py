"""A POST with a limit on its total time, whatever the server does (requests)."""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Mapping

import requests

CONNECT_SECONDS, TOTAL_SECONDS = 2.0, 10.0


class NoAnswer(Exception):
    """The server could not be reached, was too slow or sent too much."""


def post(url: str, body: bytes, headers: Mapping[str, str], largest: int) -> tuple[int, bytes, str]:
    """Send a body; return status, body and the value of Retry-After of the response.

    Args:
        url: where to send it; redirects are not followed.
        body: what to send.
        headers: headers of the request.
        largest: size limit of the response, in bytes.

    Raises:
        NoAnswer: after two seconds without a connection, ten in all, or too large a response.
    """
    outcome: concurrent.futures.Future[tuple[int, bytes, str]] = concurrent.futures.Future()

    def run() -> None:
        try:
            outcome.set_result(_post(url, body, headers, largest))
        except Exception as problem:
            outcome.set_exception(problem)

    # Socket time-outs start again with every byte; only waiting for a thread limits the total.
    threading.Thread(target=run, daemon=True).start()
    try:
        return outcome.result(TOTAL_SECONDS)
    except (requests.RequestException, concurrent.futures.TimeoutError) as problem:
        raise NoAnswer(type(problem).__name__) from None


def _post(
    url: str, body: bytes, headers: Mapping[str, str], largest: int
) -> tuple[int, bytes, str]:
    limits = (CONNECT_SECONDS, TOTAL_SECONDS)
    with requests.post(
        url, data=body, headers=dict(headers), timeout=limits, allow_redirects=False, stream=True
    ) as answer:
        content = answer.raw.read(largest + 1, decode_content=True)
        if len(content) > largest:
            raise requests.RequestException("too large an answer")
        return answer.status_code, content, answer.headers.get("Retry-After", "")
