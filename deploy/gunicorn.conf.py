"""gunicorn for the site and for the mailer, behind a proxy that buffers slow clients.

For the site: `python -m minimaluser.server`. For the mailer, name its app on the command
line or in WSGI_APP: `minimaluser.mailer:create_app()`.
"""

import gc
import glob
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from minimaluser import server as started
from minimaluser.lib import environment

with environment.told_at_once():
    ours, its = started.load(app=started.named(sys.argv))

wsgi_app = ours.wsgi_app
bind = [f"{ours.bind_address}:{ours.port}"]
workers = ours.web_concurrency


class Threads(ThreadWorker):
    """Refuses connections once it has to stop, so that nginx takes the other server at once.

    Left open, the socket would take them, forms too, and nobody would answer.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.close()


worker_class = Threads
# All but four may wait to hash a key; while they wait they hold none of the ten pooled connections.
threads = ours.web_threads
# The app is made after forking, so that each worker has connections of its own. Its modules are
# imported before; see `on_starting`.
preload_app = False

timeout = 30  # seconds without a heartbeat of a worker
graceful_timeout = 30  # seconds in which running requests may finish after SIGTERM
keepalive = 95  # longer than the idle time-out of routers in front (60 to 90 s), so that they close

limit_request_line = 4094
limit_request_fields = 100
limit_request_field_size = 8190
forwarder_headers = ""  # by default a client's SCRIPT_NAME would be taken from those below
forwarded_allow_ips = ours.forwarded_allow_ips

accesslog = ours.access_log or None  # addresses hold tokens; the app logs without them
errorlog = "-"


class Discreet(Logger):
    """Logs what went wrong with a request, but neither its address nor its client."""

    def exception(self, msg: object, *args: object, **more: Any) -> None:
        super().exception(msg, *("…" if "/" in str(arg) else arg for arg in args), **more)

    def warning(self, msg: object, *args: object, **more: Any) -> None:
        found = re.match(r"(Invalid request) from \S+ ([^'\"]*)", str(msg))
        super().warning(": ".join(found.groups()) if found else msg, *args, **more)


logger_class = Discreet
control_socket_disable = True  # the socket would be made under HOME

if Path("/dev/shm").is_dir():  # noqa: S108 - in memory, a heartbeat never waits for a disk
    worker_tmp_dir = "/dev/shm"  # noqa: S108

if not ours.prometheus_multiproc_dir:
    os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)  # empty, it would be this folder
    if getattr(its, "metrics", False):
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="metrics-")


def on_starting(server: Any) -> None:
    """Import the site once for all workers, which share its memory and start sooner.

    So no module may open a connection or start a thread when it is imported.
    """
    if server.app.app_uri.startswith("minimaluser:"):
        from minimaluser import app, parts  # noqa: F401

        parts.load()
        gc.collect()
        gc.freeze()  # else each collection in a worker writes to every page, and it is not shared


def child_exit(_server: object, worker: object) -> None:
    """Remove the gauges of a worker that ended, if workers share their metrics."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        folder = glob.escape(os.environ["PROMETHEUS_MULTIPROC_DIR"])
        multiprocess.mark_process_dead(worker.pid, folder)  # type: ignore[attr-defined]


def post_worker_init(_worker: object) -> None:
    """Leave what stays for good out of garbage collection, which looked at all of it each time."""
    gc.collect()
    gc.freeze()
