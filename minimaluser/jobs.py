"""Jobs: functions that the worker runs every hour or every night.

    @nightly
    def count_badges() -> None:
        ...

A part lists its jobs in its `Part`: `jobs=(count_badges,)`. The minute at which a job runs is
derived from its name, so that jobs do not all start at once. `flask jobs` lists them.

Every minute the worker checks which jobs are due and runs each in the app's context (see
`outbox/engine.py`). With several workers, only one of them runs a job. A job that was due while no
worker ran, or that is new, runs once as soon as there is a worker. If a job fails, that is logged,
and the job runs again at its next time; the same is true if its worker is killed. So write a job
that continues with the work that is left.
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
    """A function that the worker calls every hour or every night; other code may call it, too."""

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
        """Return the time at which it runs, for people."""
        hour = f"{rules.night:02}" if self.every == DAY else "*"
        return f"{hour}:{self.minute:02} UTC"

    def last_due(self, moment: datetime) -> datetime:
        """Return the last time, in UTC, at which the job was due before a moment in UTC."""
        due = moment.replace(minute=self.minute, second=0, microsecond=0)
        if self.every == DAY:
            due = due.replace(hour=rules.night)
        return due if due <= moment else due - self.every


def hourly(work: Callable[[], Result]) -> Job[Result]:
    """Make a function a job that runs every hour."""
    return Job(work, HOUR)


def nightly(work: Callable[[], Result]) -> Job[Result]:
    """Make a function a job that runs every night, in the hour `rules.night` (UTC)."""
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
    """Run a job and log the outcome; no exception of the job is raised here."""
    try:
        job()
    except Exception as problem:  # the other jobs still run
        current_app.logger.exception("the job %s failed", job.name)
        audit.note("job_failed", logging.ERROR, job=job.name, problem=type(problem).__name__)
    else:
        audit.note("job_done", job=job.name)
