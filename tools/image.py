"""Executes every step of the Dockerfile without a container engine, and tries the results.

    python tools/image.py FOLDER            # a new folder; needs root and bubblewrap (bwrap)

Each stage gets a root of its own in FOLDER: `/usr` of this machine read-only in place of the base
image, this Python, the Node of `make install`. Then web and mailer are started as the image starts
them (root file system read-only, uid 10001, no capabilities), and their own health checks are run.
The contents of base images, and layers, are not tried.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePath

ROOT = Path(__file__).resolve().parent.parent
PATH = f"{sys.base_prefix}/bin:/usr/sbin:/usr/bin"
CONFIG = (".npmrc", ".config/pip")  # how this machine reaches its package registries
SITE = {
    "SITE_URL": "https://image.example",
    "DATABASE_URL": "sqlite:////data/site.db",
    "MAILER_URL": "http://127.0.0.1:8000",
    "STATIC_FOLDER": "/static/static",
    **{name: secrets.token_urlsafe(48) for name in ("SESSION_SECRET", "JWT_MAILER_SECRET")},
    **{name: secrets.token_urlsafe(48) for name in ("JWT_SECRET_USER", "JWT_SECRET_HTML")},
}
MAILER = {
    "JWT_MAILER_SECRET": SITE["JWT_MAILER_SECRET"],
    "SMTP_URL": "smtp://mail.example",
    "MAIL_FROM": "site@image.example",
}


@dataclass
class Stage:
    """One target: its root, environment, working directory, start command and health check."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    start: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True)
    stages: dict[str, Stage] = {}
    stage = Stage(folder)
    for word, rest in instructions((ROOT / "Dockerfile").read_text(encoding="utf-8")):
        print(word, rest, flush=True)
        if word == "FROM":
            base, name = rest.split(" AS ")
            stage = begin(folder / name, stages.get(base))
            stages[name] = stage
        elif word == "COPY":
            copy(stage, stages, rest)
        elif word == "RUN":
            inside(stage, ["sh", "-c", rest], stage.env, building=True)
        elif word == "ENV":
            pairs = (pair.partition("=") for pair in rest.split())
            stage.env |= {k: v.replace("$PATH", PATH) for k, _, v in pairs}
        elif word == "WORKDIR":
            stage.folder = rest
            (stage.root / rest[1:]).mkdir(parents=True, exist_ok=True)
        elif word == "CMD":
            stage.start = json.loads(rest)
        elif word == "HEALTHCHECK" and "CMD" in rest:
            stage.health = json.loads(rest.partition("CMD ")[2])
        elif word not in {"ARG", "USER", "EXPOSE", "HEALTHCHECK"}:
            sys.exit(f"unknown instruction {word}")
    inside(stages["web"], ["sh", "deploy/release.sh"], stages["web"].env | SITE)
    for name, settings in (("web", SITE), ("mailer", MAILER)):
        serve(name, stages[name], settings)


def instructions(text: str) -> list[tuple[str, str]]:
    lines = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    return [(word, rest.strip()) for word, _, rest in (x.partition(" ") for x in lines if x)]


def begin(root: Path, base: Stage | None) -> Stage:
    if base is not None:
        shutil.copytree(base.root, root, symlinks=True)
        subprocess.run(["cp", "-a", f"{base.root}/.", root], check=True)  # owners too
        return Stage(root, dict(base.env), base.folder, base.start, base.health)
    root.mkdir()
    subprocess.run(["cp", "-a", "/etc", root], check=True)
    for name in ("bin", "sbin", "lib", "lib64"):
        (root / name).symlink_to(f"usr/{name}")
    for name in ("usr", "proc", "dev", "tmp", "home", "var"):
        (root / name).mkdir()
    (root / sys.base_prefix[1:]).mkdir(parents=True)
    return Stage(root, {"PATH": PATH})


def copy(stage: Stage, stages: dict[str, Stage], rest: str) -> None:
    *sources, target = rest.split()
    origin = ROOT
    if sources[0].startswith("--from="):
        origin = stages[sources.pop(0).removeprefix("--from=")].root
    to = stage.root / (Path(stage.folder) / target).relative_to("/")
    for source in sources:
        path = origin / source.lstrip("/")
        if origin == ROOT and not allowed(source):
            sys.exit(f"{source} is not in the context: see .dockerignore")
        if path.is_dir():
            leave = left_out if origin == ROOT else shutil.ignore_patterns("__pycache__", "*.pyc")
            shutil.copytree(path, to, symlinks=True, dirs_exist_ok=True, ignore=leave)
        else:
            into = to / path.name if len(sources) > 1 or target.endswith("/") else to
            into.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, into)


def allowed(source: str) -> bool:
    """Tell whether a file or folder is in the context of the build: the last rule decides."""
    path, verdict = PurePath(source), True
    for rule in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = rule.removeprefix("!")
        if rule and rule[0] != "#" and any(fits(each, pattern) for each in (path, *path.parents)):
            verdict = rule != pattern
    return verdict


def fits(path: PurePath, pattern: str) -> bool:
    anywhere = pattern.removeprefix("**/")
    return fnmatch.fnmatch(path.name if anywhere != pattern else str(path), anywhere)


def left_out(folder: str, names: list[str]) -> list[str]:
    inside = Path(folder).relative_to(ROOT)
    return [name for name in names if not allowed((inside / name).as_posix())]


def context() -> list[str]:
    """Return the files that the images may have of this project."""
    found: list[str] = []
    for folder, folders, names in os.walk(ROOT):
        inside = Path(folder).relative_to(ROOT)
        if inside == Path():  # where everything is left out that is not named
            folders[:] = [each for each in folders if each not in {".git", ".venv", "node_modules"}]
        else:
            folders[:] = [each for each in folders if allowed((inside / each).as_posix())]
        found += [path for name in names if allowed(path := (inside / name).as_posix())]
    return sorted(found)


def inside(
    stage: Stage, command: list[str], env: dict[str, str], *, building: bool = False
) -> None:
    if subprocess.run(wrap(stage, command, env, building=building), check=False).returncode:
        sys.exit(f"failed: {' '.join(command)}")


def wrap(stage: Stage, command: list[str], env: dict[str, str], *, building: bool) -> list[str]:
    """Return the command that runs another one in the root of a stage."""
    words = ["bwrap", "--bind" if building else "--ro-bind", str(stage.root), "/"]
    words += ["--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev"]
    for name in ("/tmp", "/dev/shm"):
        words += ["--perms", "1777", "--tmpfs", name]
    words += ["--chdir", stage.folder, "--die-with-parent"]
    if building:
        for name in ("node", "npm"):  # those that `make install` found or installed
            tool = (ROOT / ".venv" / "bin" / name).resolve()
            prefix = tool.parents[1 if name == "node" else 4]
            words += ["--ro-bind-try", str(prefix), str(prefix)]
            words += ["--symlink", str(tool), f"/tmp/bin/{name}"]
        for name in CONFIG:
            words += ["--ro-bind-try", str(Path.home() / name), f"/home/{name}"]
        path = f"/tmp/bin:{env['PATH']}"
        given = os.environ | env | {"PATH": path, "HOME": "/home"}
    else:
        for name in ("data", "static"):
            words += ["--bind", str(stage.root / name), f"/{name}"]
        words += ["--clearenv"]
        drop = ["setpriv", "--reuid=10001", "--regid=10001", "--clear-groups"]
        command = [*drop, "--bounding-set=-all", "--no-new-privs", *command]
        given = env
    words += ["--ro-bind", sys.base_prefix, sys.base_prefix]
    for name, value in given.items():
        words += ["--setenv", name, value]
    return [*words, "--", *command]


def serve(name: str, stage: Stage, settings: dict[str, str]) -> None:
    """Start what the image starts and wait until its health check passes; SIGTERM must end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = stage.env | settings | {"PORT": str(port), "BIND_ADDRESS": "127.0.0.1"}
    check = wrap(stage, stage.health, env, building=False)

    def is_well() -> bool:
        return subprocess.run(check, capture_output=True, check=False).returncode == 0

    if is_well():
        sys.exit(f"somebody else answers on port {port}")
    # A process group of its own: bwrap is the parent of the server and does not pass signals on.
    server = subprocess.Popen(wrap(stage, stage.start, env, building=False), start_new_session=True)
    try:
        well = within(60, is_well)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(40)
        ended = within(40, lambda: not is_well())
    if not (well and ended):
        sys.exit(f"{name}: healthy {well}, ended by SIGTERM {ended}")
    print(f"{name}: healthy", flush=True)


def within(seconds: int, true: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.5)
    return True


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):  # and then ends what it has started
        signal.signal(number, lambda *_: sys.exit(1))
    main()
