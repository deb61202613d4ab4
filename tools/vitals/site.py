"""Runs the site as in production on this machine, with gunicorn, TLS and seeded data."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import trustme

from minimaluser.testing import keeper

ROOT = Path(__file__).resolve().parents[2]
SECRETS = ("SESSION_SECRET", "JWT_SECRET_USER", "JWT_SECRET_HTML", "JWT_MAILER_SECRET")
FLASK = [sys.executable, "-m", "flask", "--app", "minimaluser"]
PATIENCE = 60.0  # seconds


@dataclass(frozen=True)
class Site:
    """The address of a running site, and the environment of its processes."""

    address: str
    environment: dict[str, str]


@contextmanager
def serve() -> Iterator[Site]:
    """Serve a new site on a free port until the block ends.

    Raises:
        RuntimeError: the site does not respond; the message contains its output.
    """
    with TemporaryDirectory(prefix="vitals-") as name:
        folder, port = Path(name), _free_port()
        address = f"https://localhost:{port}"
        environment = _environment(folder, address)
        for command in (["db", "upgrade"], ["seed"]):
            subprocess.run([*FLASK, *command], cwd=ROOT, env=environment, check=True, stdout=2)
        log = folder / "log"
        with log.open("w") as written:
            process = subprocess.Popen(
                _server(folder, port), cwd=ROOT, env=environment, stdout=written, stderr=written
            )
            keeper.keep(process)
            try:
                _wait(port, process, log)
                yield Site(address, environment)
            finally:
                process.terminate()
                process.wait()
                keeper.let_go(process)


def _environment(folder: Path, address: str) -> dict[str, str]:
    return {
        **os.environ,
        **{name: secrets.token_urlsafe(48) for name in SECRETS},
        "APP_ENV": "production",
        "SITE_URL": address,
        "INSTANCE_PATH": str(folder / "instance"),
        "DATABASE_URL": f"sqlite:///{folder / 'instance' / 'site.db'}",
        "MAILER_URL": "https://mailer.invalid",
        "AWS_TILES_BUCKET_NAME": "",
        "AWS_TILES_BUCKET_URL": "",
        "TRUSTED_PROXIES": "",
        "RATE_LIMIT_STORAGE_URL": "",
        "METRICS": "",
        "BIND_ADDRESS": "127.0.0.1",
        "WEB_CONCURRENCY": "1",
        "PYTHONPATH": str(ROOT),
    }


def _server(folder: Path, port: int) -> list[str]:
    certificate = trustme.CA().issue_cert("localhost")
    certificate.private_key_pem.write_to_path(str(folder / "key"))
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(str(folder / "certificate"), append=True)
    files = ["--keyfile", str(folder / "key"), "--certfile", str(folder / "certificate")]
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py"]
    return [*gunicorn, "--bind", f"127.0.0.1:{port}", *files]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The site does not answer:\n{log.read_text()[-4000:]}")
