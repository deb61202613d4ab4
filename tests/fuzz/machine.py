"""What the state machines of the models begin with."""

from __future__ import annotations

from datetime import UTC, datetime

import time_machine
from flask import Flask
from hypothesis.stateful import RuleBasedStateMachine

from minimaluser.testing.apps import close
from minimaluser.testing.sites import Site, bring_back
from tests.fuzz.counted import one_begins


class Machine(RuleBasedStateMachine):
    """A site as it is at first. Time stands still until `time` moves it, and `clock.stop()`."""

    def __init__(self, app: Flask, site: Site) -> None:
        super().__init__()
        one_begins()
        close(app)
        bring_back(app, site)
        self.app = app
        self.clock = time_machine.travel(datetime.now(UTC).replace(microsecond=0), tick=False)
        self.time = self.clock.start()
