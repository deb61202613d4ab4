"""A site whose time a test moves: `python -m minimaluser.testing.moved MODULE ARGUMENTS…`.

It runs a module as `python -m` does, but the time of the process is as far ahead as a file in the
instance folder says. `Time` writes that file. So codes, links and sessions run out while a browser
looks, and nothing in the site itself knows about it. What is down (`breaking.py`) is down in it.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from minimaluser.testing.processes import until

AHEAD, FOLLOWS = "ahead", "follows-"  # names of files: how many seconds, and who is there already
FOLLOWER = "FOLLOWS_TIME"  # a variable: the id of the process that follows
LOOKS_EVERY_SECONDS = 0.02
PATIENCE = 10.0  # seconds


class Time:
    """The time of a site; it only goes forward, since what was done has been done.

    Args:
        folder: the instance folder of the site.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def forward(self, span: timedelta) -> None:
        """Move the time of all processes of the site.

        Raises:
            AssertionError: a process has not followed.
        """
        ahead = _read(self.folder / AHEAD) + span.total_seconds()
        _write(self.folder / AHEAD, ahead)
        followed = until(lambda: {_read(file) for file in self._followers()} <= {ahead}, PATIENCE)
        assert followed, f"not everybody followed: {self._followers()}"

    def _followers(self) -> list[Path]:
        files = self.folder.glob(f"{FOLLOWS}*")
        return [file for file in files if _is_alive(int(file.name.removeprefix(FOLLOWS)))]


def is_ahead(folder: Path) -> bool:
    """Tell whether the time of a site was moved."""
    return _read(folder / AHEAD) > 0


def follow(folder: Path) -> None:
    """Move the time of this process, from now on, as the file of an instance folder says."""
    if os.environ.get(FOLLOWER) == str(os.getpid()):
        return
    os.environ[FOLLOWER] = str(os.getpid())
    folder.mkdir(parents=True, exist_ok=True)
    mine = folder / f"{FOLLOWS}{os.getpid()}"
    _keep_up(folder / AHEAD, mine, 0.0)
    threading.Thread(target=_keep_up_for_good, args=(folder / AHEAD, mine), daemon=True).start()


def _keep_up_for_good(file: Path, mine: Path) -> None:
    while True:
        _keep_up(file, mine, _read(mine))
        time.sleep(LOOKS_EVERY_SECONDS)


def _keep_up(file: Path, mine: Path, done: float) -> None:
    ahead = _read(file)
    if ahead != done:
        import time_machine  # which is there for tests only

        moment = datetime.now(UTC) + timedelta(seconds=ahead - done)
        time_machine.travel(moment, tick=True).start()
    if ahead != done or not mine.exists():
        _write(mine, ahead)


def _is_alive(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def _read(file: Path) -> float:
    with suppress(FileNotFoundError):
        return float(file.read_text())
    return 0.0


def _write(file: Path, seconds: float) -> None:
    fresh = file.with_name(f".{file.name}")
    fresh.write_text(str(seconds))
    fresh.replace(file)


if __name__ == "__main__":
    from minimaluser.testing import breaking

    follow(Path(os.environ["INSTANCE_PATH"]))
    breaking.follow(Path(os.environ["INSTANCE_PATH"]))
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
