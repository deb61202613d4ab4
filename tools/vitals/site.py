"""Runs the site as in production on this machine: shipped nginx, gunicorn, TLS and seeded data."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from minimaluser.testing.processes import (
    GUNICORN,
    NEUTRAL,
    PYTHON,
    ROOT,
    Process,
    free_port,
    made_up_secrets,
    wait_for,
)
from tests.faults.nginx import Front

FLASK = [*PYTHON, "flask", "--app", "minimaluser"]
HOST = "localhost"


@contextmanager
def serve() -> Iterator[str]:
    """Serve a new site on a free port until the block ends; yield its address.

    Raises:
        FileNotFoundError: nginx is not installed.
    """
    with TemporaryDirectory(prefix="vitals-") as name, ExitStack() as stack:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)  # nginx is another user
        front = Front(folder / "nginx", [port], HOST)
        front.authority = f"{HOST}:{front.https}"
        address = f"https://{front.authority}"
        environment = _environment(folder, address, port)
        for command in (["db", "upgrade"], ["seed"]):
            whole = {**os.environ, **environment}
            subprocess.run([*FLASK, *command], cwd=ROOT, env=whole, check=True, stdout=2)
        web = Process(GUNICORN, environment, folder / "log")
        stack.callback(web.stop)
        wait_for(f"http://127.0.0.1:{port}/healthz", web)
        stack.callback(front.run().stop)
        yield address


def _environment(folder: Path, address: str, port: int) -> dict[str, str]:
    return {
        **NEUTRAL,
        **made_up_secrets("make vitals"),
        "APP_ENV": "production",
        "SITE_URL": address,
        "INSTANCE_PATH": str(folder / "instance"),
        "DATABASE_URL": f"sqlite:///{folder / 'instance' / 'site.db'}",
        "MAILER_URL": "https://mailer.invalid",
        "TRUSTED_PROXIES": "1",
        "BIND_ADDRESS": "127.0.0.1",
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
        "PYTHONPATH": str(ROOT),
    }
