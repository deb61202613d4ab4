"""gunicorn for the site and for the mailer; a proxy that holds slow clients stands in front.

Site: `gunicorn -c deploy/gunicorn.conf.py`; the mailer's app is named on the command line or in
WSGI_APP: `minimaluser.mailer:create_app()`.
"""

import os
import re
import tempfile
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

wsgi_app = os.environ.get("WSGI_APP") or "minimaluser:create_app()"
address = os.environ.get("BIND_ADDRESS") or "0.0.0.0"  # noqa: S104 - a container's own network
bind = [f"{address}:{os.environ.get('PORT') or 8000}"]

workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
worker_class = "gthread"
# All but four may wait for their turn to hash a key, without a connection of the pool of ten.
threads = int(os.environ.get("WEB_THREADS") or 24)
# Workers are forked before the app is made: each has its own connections, and a wrong setting
# ends the program with its message.
preload_app = False

timeout = 30  # seconds without a sign of life of a worker
graceful_timeout = 30  # what runs at SIGTERM may finish
keepalive = 95  # longer than the idle time of the routers in front (60 to 90 s), so that they close

limit_request_line = 4094
limit_request_fields = 100
limit_request_field_size = 8190
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS") or "127.0.0.1,::1"

accesslog = os.environ.get("ACCESS_LOG") or None  # addresses hold tokens; the app logs without them
errorlog = "-"


class Discreet(Logger):
    """Says what went wrong with a request, not at which address, nor who asked."""

    def exception(self, msg: object, *args: object, **more: Any) -> None:
        super().exception(msg, *("…" if "/" in str(arg) else arg for arg in args), **more)

    def warning(self, msg: object, *args: object, **more: Any) -> None:
        found = re.match(r"(Invalid request) from \S+ ([^'\"]*)", str(msg))
        super().warning(": ".join(found.groups()) if found else msg, *args, **more)


logger_class = Discreet
control_socket_disable = True  # it would be made under HOME

if Path("/dev/shm").is_dir():  # noqa: S108 - a heartbeat file in memory never waits for a disk
    worker_tmp_dir = "/dev/shm"  # noqa: S108

if os.environ.get("METRICS") and not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="metrics-")


def child_exit(_server: object, worker: object) -> None:
    """Forget the gauges of a worker that ended, where workers count together."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[attr-defined]
