"""Serves the site during development; only `make run` starts it.

A change of Python code restarts this program (Werkzeug's reloader); templates are read again when
they change. Every page gets a script that listens to `/dev/reload` and reloads the page after a
change. An error is shown as a page until it is fixed; there is no interactive debugger.
"""

from __future__ import annotations

import glob
import logging
import os
import secrets
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

from dotenv import load_dotenv
from markupsafe import escape
from werkzeug.serving import WSGIRequestHandler, is_running_from_reloader, run_simple
from werkzeug.wrappers import Request, Response

from minimaluser.services import services_of

# As little of minimaluser as possible is imported up here: it may be what is broken.
if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HERE = Path(__file__).resolve()
ROOT = HERE.parent.parent
SCRIPT = HERE.with_suffix(".js")
# Not the copies that editors make.
SEEN = {".html", ".txt", ".svg", ".js", ".xml", ".webmanifest", ".toml"}
UNSEEN = [f"{glob.escape(str(ROOT))}/{folder}/*" for folder in (".venv", "tests", "e2e")]
EVERY = 0.3  # seconds between two looks
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'"
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>{0}</title></head>
<body><h1>{0}</h1><pre>{1}</pre><p>This page goes away when the mended file is saved.</p></body>
</html>"""


@dataclass(frozen=True)
class Problem:
    """An error in the site; the text is for its developer."""

    title: str
    text: str


class Live:
    """The site during development.

    Args:
        load: makes the site; whatever it raises is shown until this program restarts. It runs in a
            thread, and pages wait for it.
        root: the folder with `templates` and `static/build`.
        delay: seconds before `load` is called.
    """

    def __init__(
        self, load: Callable[[], WSGIApplication], root: Path = ROOT, delay: float = 0.0
    ) -> None:
        self._templates = root / "templates"
        self._manifest = root / "static" / "build" / "manifest.json"
        self._unbuilt = self._manifest.with_name("error.txt")
        self._started = secrets.token_hex(8)
        self._broken: Problem | None = None
        self._site: WSGIApplication = Response()
        self._loading = Timer(delay, self._load, [load])
        self._loading.daemon = True
        self._loading.start()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        if request.path == "/dev/reload.js":
            answer = Response(SCRIPT.read_bytes(), content_type="text/javascript; charset=utf-8")
        elif request.path == "/dev/reload":
            answer = Response(self._versions(), content_type="text/event-stream")
        else:
            answer = self._page(request)
        answer.headers.setdefault("Cache-Control", "no-store")
        answer.headers.setdefault("Content-Security-Policy", POLICY)
        return answer(environ, start)

    def version(self) -> str:
        """Return a text that changes whenever a page may look different."""
        found = [self._started, _text(self._manifest), _text(self._unbuilt)]
        for folder, _, names in os.walk(self._templates):
            paths = [Path(folder, name) for name in names]
            found += [f"{path}{_changed_at(path)}" for path in paths if path.suffix in SEEN]
        return f"{hash('|'.join(sorted(found))):x}"

    def _load(self, load: Callable[[], WSGIApplication]) -> None:
        try:
            self._site = load()
        except (Exception, SystemExit) as error:
            self._broken = problem(error)

    def _versions(self) -> Iterator[str]:
        yield "retry: 500\n\n"  # milliseconds
        while True:
            yield f"data: {self.version()}\n\n"
            time.sleep(EVERY)

    def _page(self, request: Request) -> Response:
        """Respond with the site's page, or with an error."""
        is_page = request.headers.get("Sec-Fetch-Dest", "document") == "document"
        version = self.version()  # first, so that a file saved meanwhile counts as a change
        request.environ.pop("HTTP_ACCEPT_ENCODING", None)
        self._loading.join()
        try:
            known = self._broken or (self._build_problem() if is_page else None)
            answer = (
                _shown(known, is_page) if known else Response.from_app(self._site, request.environ)
            )
        except Exception as error:
            answer = _shown(problem(error), is_page)
        policy = answer.headers.get("Content-Security-Policy", POLICY)
        if is_page and answer.mimetype == "text/html" and "script-src 'self'" in policy:
            script = f'<script src="/dev/reload.js" data-version="{version}"></script></body>'
            answer.data = answer.get_data().replace(b"</body>", script.encode())
        return answer

    def _build_problem(self) -> Problem | None:
        text = _text(self._unbuilt)
        return Problem("The browser's files are not built", text) if text else None


def problem(error: BaseException) -> Problem:
    """Print an exception in the terminal, and return the same for the browser.

    Its traceback is reduced to the calls in our own files and the last one.
    """
    told = traceback.TracebackException.from_exception(error)
    calls = [call for call in told.stack[:-1] if _is_ours(call.filename)] + told.stack[-1:]
    told.stack = traceback.StackSummary.from_list(calls)
    text = "".join(told.format()).replace(f"{ROOT}/", "")
    print(text, file=sys.stderr, flush=True)
    return Problem(f"{type(error).__name__}: {getattr(error, 'msg', None) or error}", text)


def load() -> WSGIApplication:
    """Make the site, with the worker that sends its mail in threads of its own."""
    from minimaluser import create_app
    from minimaluser.outbox.worker import LANES, LONGEST_NAP_SECONDS
    from minimaluser.settings import settings_of
    from minimaluser.testing import backstage

    load_dotenv(ROOT / ".env")
    app = create_app(os.environ, TEMPLATES_AUTO_RELOAD=True, PROPAGATE_EXCEPTIONS=True)
    if settings_of(app).in_production:
        raise RuntimeError("`make run` is for development; see docs/deploy.md.")
    backstage.opened(app)
    huey = services_of(app).huey
    huey.storage.initialize_schema()
    consumer = huey.create_consumer(workers=LANES, max_delay=LONGEST_NAP_SECONDS)
    for thread in (consumer.scheduler, *(worker for _, worker in consumer.worker_threads)):
        thread.start()  # not `consumer.run()`, which installs signal handlers
    return app


def _shown(known: Problem, is_page: bool) -> Response:
    headers = {"X-Problem": "1"}
    if is_page:
        page = PAGE.format(escape(known.title), escape(known.text))
        return Response(page, 500, headers, content_type="text/html; charset=utf-8")
    return Response(known.text, 500, headers, content_type="text/plain; charset=utf-8")


def _is_ours(name: str) -> bool:
    path = Path(name)
    return path.is_relative_to(ROOT) and "site-packages" not in path.parts and path != HERE


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:  # removed meanwhile
        return 0


class Quiet(WSGIRequestHandler):
    """Logs no requests."""

    def log_request(self, *_: Any) -> None:
        """Log nothing."""


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    run_simple(
        sys.argv[1],
        int(sys.argv[2]),
        # Delayed until the reloader has read the times of the files: later changes are noticed.
        Live(load, delay=0.1) if is_running_from_reloader() else Response(),
        use_reloader=True,
        extra_files=[str(ROOT / ".env"), *map(str, (ROOT / "minimaluser").rglob("*.txt"))],
        exclude_patterns=UNSEEN,
        reloader_interval=EVERY,  # type: ignore[arg-type] # seconds, whole or not
        reloader_type="stat",
        threaded=True,
        request_handler=Quiet,
    )
