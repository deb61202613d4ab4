"""A real site for browsers: an instance made once a test run, a copy of it served per worker."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from minimaluser.testing.browser.site import Site, secret_in
from minimaluser.testing.processes import NEUTRAL, ROOT, Process, free_port, wait_for

MOVED = [sys.executable, "-m", "minimaluser.testing.moved"]
WORKER = [*MOVED, "minimaluser.outbox.worker"]


@dataclass(frozen=True)
class OwnSite:
    """How the site of a test run is made.

    Attributes:
        app: what `flask --app` serves; it has the backstage (`backstage.opened`).
        prepare: what Python runs to migrate and fill a database; `{folder}` is a folder to use.
    """

    app: str = "minimaluser.testing.backstage"
    prepare: Sequence[str] = ("-m", "tools.prepare")

    def instance(self, folder: Path) -> Path:
        """Return an instance folder, migrated and filled by whichever worker comes first."""
        folder.mkdir(exist_ok=True)
        made, ready = folder / "instance", folder / "ready"
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not ready.exists():
                words = [word.format(folder=folder / "stock") for word in self.prepare]
                done = subprocess.run(
                    [sys.executable, *words],
                    cwd=ROOT,
                    env=environment_of(made, port=1),
                    capture_output=True,
                    text=True,
                )
                if done.returncode:
                    raise AssertionError(f"No instance could be made:\n{done.stdout}{done.stderr}")
                ready.touch()
        return made

    @contextmanager
    def serve(self, made: Path, folder: Path) -> Iterator[Site]:
        """Serve a copy of an instance on a free port of this machine."""
        own, port = folder / "instance", free_port()
        shutil.copytree(made, own)
        environment, address = environment_of(own, port), f"http://127.0.0.1:{port}"
        command = [*MOVED, "flask", "--app", self.app, "run", "--host", "127.0.0.1", "--port", port]
        site = Process(command, environment, folder / "log")
        worker = Process(WORKER, environment, folder / "log")
        try:
            wait_for(f"{address}/healthz", site)
            yield Site(address, own, secret_in(own))
        finally:
            site.stop()
            worker.stop()


def environment_of(own: Path, port: int) -> dict[str, str]:
    """Return the environment of a site with this instance folder and port."""
    ours = {"INSTANCE_PATH": str(own), "SITE_URL": f"http://127.0.0.1:{port}"}
    return {**os.environ, **NEUTRAL, **ours}
