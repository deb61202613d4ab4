"""Empties what development has gathered: `make reset`.

The database, mail that waits, stored files and the account to try things with go; secrets and
settings stay. The next `make run` begins anew.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import sqlalchemy as sa

from minimaluser import settings
from minimaluser.lib import database_url, environment
from minimaluser.settings import Settings
from tools import demo, use

FILES = ("tasks.db", "mailer.db")  # what the worker and the mailer keep
HERE = ("", "localhost", "127.0.0.1", "::1")
BESIDE = ("", "-wal", "-shm", "-journal")  # of a file of SQLite


class Refused(Exception):
    """The data is not to be emptied; the message says why."""


def main() -> int:
    """Empty the data of this environment; 2 with a sentence if that is refused."""
    with environment.told_at_once():
        ours = settings.load()
    if ours.in_production:
        print("`make reset` is for development: APP_ENV must not be production", file=sys.stderr)
        return 2
    try:
        with use.alone(ours):
            empty(ours)
    except use.Busy:
        print("The site runs. Stop it (Ctrl-C) before `make reset`.", file=sys.stderr)
        return 2
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 2
    print(f"The data in {ours.instance_path} is gone, the secrets stay. `make run` begins anew.")
    if ours.aws_tiles_bucket_name:
        print(f"What is in the bucket {ours.aws_tiles_bucket_name} is still there.")
    return 0


def empty(ours: Settings) -> None:
    """Remove the data, and nothing else of the instance folder.

    Raises:
        Refused: its database is on another machine; nothing is removed then.
    """
    url = database_url.url(ours.database_url)
    if url.get_backend_name() == "sqlite":
        _remove(Path(url.database or ""))
    else:
        _drop(url)
    for name in FILES:
        _remove(ours.instance_path / name)
    (ours.instance_path / demo.FILE).unlink(missing_ok=True)
    shutil.rmtree(ours.storage_folder, ignore_errors=True)


def _remove(file: Path) -> None:
    for end in BESIDE:
        file.with_name(file.name + end).unlink(missing_ok=True)


def _drop(url: sa.URL) -> None:
    """Drop every table of a database on this machine, the queue's and those of parts included."""
    host = str(url.host or url.query.get("host", ""))  # which may be the folder of a socket
    if host not in HERE and not host.startswith("/"):
        raise Refused(f"The database is on {host}: empty it there yourself.")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        tables = sa.MetaData()
        tables.reflect(connection)
        tables.drop_all(connection)
    engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
