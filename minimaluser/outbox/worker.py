"""The process that drains the outbox: sends mail, stores and removes tiles; it runs jobs."""

from __future__ import annotations

import logging
import signal
import sqlite3
import threading

import psycopg
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from minimaluser import create_app, database
from minimaluser.lib.database_url import AWAY
from minimaluser.services import services_of

LANES = 2  # a slow mailer in one does not stop the other
LONGEST_NAP_SECONDS = 1.0
PAUSE_SECONDS = 2.0  # before a database that did not answer is asked again
ENDS = (signal.SIGTERM, signal.SIGINT)

log = logging.getLogger("minimaluser.outbox.worker")


def main() -> None:
    """Work until SIGTERM or SIGINT; what is being done then is finished first."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    log.setLevel(logging.INFO)
    app = create_app()
    consumer = services_of(app).huey.create_consumer(
        workers=LANES,
        max_delay=LONGEST_NAP_SECONDS,
        shutdown_timeout=30,
        graceful_signal="TERM",
    )
    for number in ENDS:  # it listens for them itself only when its threads have begun
        signal.signal(number, lambda *_: consumer.stop_flag.set())
    _wait_for_database(app, consumer.stop_flag)
    if not consumer.stop_flag.is_set():
        log.info("The worker waits for mail to send.")
    consumer.run()


def _wait_for_database(app: Flask, end: threading.Event) -> None:
    """Wait until the database takes what is written, or it is time to end."""
    told = ""
    while not end.is_set() and (problem := _lacking(app)):
        if problem != told:
            log.warning("%s It is asked again and again. It says: %s", AWAY, problem)
        told = problem
        end.wait(PAUSE_SECONDS)


def _lacking(app: Flask) -> str:
    """Return what the database said when it did not take anything; empty if it does."""
    with app.app_context():
        try:
            if not database.takes_writes():
                return "only reads"
            services_of(app).huey.storage.initialize_schema()
        except (SQLAlchemyError, sqlite3.Error, psycopg.Error) as problem:
            database.connect_anew()
            return str(getattr(problem, "orig", problem)).partition("\n")[0] or "nothing"
    return ""


if __name__ == "__main__":
    main()
