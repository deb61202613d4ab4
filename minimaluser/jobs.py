"""Jobs: what the worker does by itself, every hour or every night.

    @nightly
    def count_badges() -> None:
        ...

A part names its jobs in its `Part`: `jobs=(count_badges,)`. Each has a minute of its own, which
follows from its name, so that not all of them start at once. `flask jobs` lists them.

The worker looks every minute which jobs are due, and runs each in the context of the app (see
`tasks.py`). However many workers look, one of them runs it. A job that was due while no worker was
there runs once as soon as there is one, and so does a job that is new. A job that fails is logged
and waits for its next time, and so does one whose worker is killed meanwhile: write it so that it
goes on with what is left to do.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from flask import current_app

from minimaluser.lib import audit
from minimaluser.rules import DAY, HOUR, rules

Result = TypeVar("Result")


@dataclass(frozen=True)
class Job(Generic[Result]):
    """A function that the worker calls every hour or every night; others may call it, too."""

    work: Callable[[], Result]
    every: timedelta

    def __call__(self) -> Result:
        return self.work()

    @property
    def name(self) -> str:
        return self.work.__name__

    @property
    def about(self) -> str:
        """Return the first line of its docstring."""
        return (self.work.__doc__ or "").partition("\n")[0]

    @property
    def minute(self) -> int:
        return zlib.crc32(self.name.encode()) % 60

    @property
    def when(self) -> str:
        """Return when it runs, in words."""
        hour = f"{rules.night:02}" if self.every == DAY else "*"
        return f"{hour}:{self.minute:02} UTC"

    def last_due(self, moment: datetime) -> datetime:
        """Return the last time at which it was due, a moment in UTC like the given one."""
        due = moment.replace(minute=self.minute, second=0, microsecond=0)
        if self.every == DAY:
            due = due.replace(hour=rules.night)
        return due if due <= moment else due - self.every


def hourly(work: Callable[[], Result]) -> Job[Result]:
    """Make a function a job that runs every hour."""
    return Job(work, HOUR)


def nightly(work: Callable[[], Result]) -> Job[Result]:
    """Make a function a job that runs every night, in the hour of `rules.night`."""
    return Job(work, DAY)


def by_name(found: Iterable[Job[Any]]) -> dict[str, Job[Any]]:
    """Return jobs by their names.

    Raises:
        ValueError: two of them have the same name.
    """
    named: dict[str, Job[Any]] = {}
    for job in found:
        if named.setdefault(job.name, job) is not job:
            raise ValueError(f"two jobs have the same name: {job.name}")
    return named


def run(job: Job[Any]) -> None:
    """Run a job and write into the log how it went; what it raises ends here."""
    try:
        job()
    except Exception as problem:  # the other jobs go on
        current_app.logger.exception("the job %s failed", job.name)
        audit.note("job_failed", logging.ERROR, job=job.name, problem=type(problem).__name__)
    else:
        audit.note("job_done", job=job.name)
