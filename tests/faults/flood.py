"""Many log-ins at once with wrong keys: `python -m tests.faults.flood BASE AUTHORITY COUNT`.

Everybody comes from an address of his own, for accounts that nobody has, and is back a second after
the answer. A line a second says how many answers of which status there were.
"""

from __future__ import annotations

import itertools
import json
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.faults import visitor
from tests.faults.visitor import Visitor

PAUSE_SECONDS = 1.0
FIRST = 20_000  # addresses that the visitors of the test itself do not have


class Flood:
    """As many clients as are asked for; all start together."""

    def __init__(self, base: str, authority: str, count: int) -> None:
        self.base, self.authority, self.count = base, authority, count
        self.ready = threading.Barrier(count)
        self.statuses: Counter[int] = Counter()
        self._lock = threading.Lock()

    def run(self) -> None:
        with ThreadPoolExecutor(self.count + 1) as pool:
            pool.submit(self._tell)
            for done in [pool.submit(self._lane, number) for number in range(self.count)]:
                done.result()

    def _lane(self, number: int) -> None:
        one = Visitor([self.base], "", [], self.authority)
        one.http.headers["Connection"] = "keep-alive"
        while not (token := one.get("/login").token):
            time.sleep(0.2)
        self.ready.wait()
        for turn in itertools.count():
            form = {"email": f"{number}-{turn}@flood.example", "key": "wrong-wrong-wrong-wrong"}
            answer = one.send("/login", {"csrf_token": token, **form})
            one.answers.clear()
            with self._lock:
                self.statuses[answer.status] += 1
            time.sleep(PAUSE_SECONDS)

    def _tell(self) -> None:
        while True:
            with self._lock:
                said = json.dumps(self.statuses)
            sys.stdout.write(f"{said}\n")
            sys.stdout.flush()
            time.sleep(1)


if __name__ == "__main__":
    visitor._numbers = itertools.count(FIRST)
    Flood(sys.argv[1], sys.argv[2], int(sys.argv[3])).run()
