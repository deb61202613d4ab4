"""The process that drains the outbox: sends mail, stores and removes tiles, purges."""

from __future__ import annotations

import logging
import signal
import threading
from datetime import timedelta
from types import FrameType

from minimaluser import accounts, create_app, outbox
from minimaluser.extensions import db
from minimaluser.lib import clock

IDLE_SECONDS = 0.5
PURGE_EVERY = timedelta(hours=1)

log = logging.getLogger("minimaluser.worker")


def main() -> None:
    """Work until SIGTERM or SIGINT; what is being done then is finished first."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    app = create_app()
    log.info("The worker waits for mail to send.")
    purged_at = clock.now() - PURGE_EVERY
    while not stop.is_set():
        with app.app_context():
            try:
                if clock.now() - purged_at >= PURGE_EVERY:
                    purged_at = clock.now()
                    accounts.purge()
                while not stop.is_set() and outbox.work():
                    pass
            except Exception:
                db.session.rollback()
                log.exception("the worker goes on after an error")
        stop.wait(IDLE_SECONDS)


if __name__ == "__main__":
    main()
