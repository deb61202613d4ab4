"""The process that drains the outbox: sends mail, stores and removes tiles; it runs jobs."""

from __future__ import annotations

import logging

from minimaluser import create_app
from minimaluser.services import services_of

LANES = 2  # a slow mailer in one does not stop the other
LONGEST_NAP_SECONDS = 1.0

log = logging.getLogger("minimaluser.outbox.worker")


def main() -> None:
    """Work until SIGTERM or SIGINT; what is being done then is finished first."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    log.setLevel(logging.INFO)
    huey = services_of(create_app()).huey
    huey.storage.initialize_schema()
    log.info("The worker waits for mail to send.")
    consumer = huey.create_consumer(
        workers=LANES,
        max_delay=LONGEST_NAP_SECONDS,
        shutdown_timeout=30,
        graceful_signal="TERM",
    )
    consumer.run()


if __name__ == "__main__":
    main()
