"""Headers of every response, and a check of where a request comes from (fetch metadata)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flask import Request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

OFF = "accelerometer camera display-capture geolocation gyroscope microphone midi payment usb"


def security(*, image_source: str = "", secure: bool = False) -> dict[str, str]:
    """Return the security headers.

    Args:
        image_source: an origin that pictures may come from, besides this one.
        secure: the site is served over TLS.
    """
    images = f"'self' {image_source}".strip()
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        f"img-src {images}; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{name}=()" for name in OFF.split()),
    }
    if secure:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return headers


class Everywhere:
    """WSGI middleware that adds missing headers to every response, those of static files, too."""

    def __init__(self, app: WSGIApplication, wanted: Mapping[str, str]) -> None:
        self.app = app
        self.wanted = [(name.lower(), (name, value)) for name, value in wanted.items()]

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        def begin(status: str, sent: list[tuple[str, str]], *more: Any) -> Any:
            names = {name.lower() for name, _ in sent}
            missing = [header for name, header in self.wanted if name not in names]
            return start(status, sent + missing, *more)

        return self.app(environ, begin)


def comes_from_here(request: Request, origin: str) -> bool:
    """Tell whether, by the browser's headers, a page of this origin (scheme://host) sent this.

    Clients that send neither header are not browsers; the CSRF token decides about them.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    claimed = request.headers.get("Origin")
    return claimed is None or claimed == origin
