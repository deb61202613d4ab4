"""Measures whether response times reveal who has an account (EN2).

Known and unknown addresses are tried in turn at log-in, forgotten key, private sign-up and moving
to another address. It fails if the medians differ by more than 3 ms and 5 % and the Mann-Whitney
test says that this is no accident (p < 0.001).
"""

from __future__ import annotations

import logging
import math
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from statistics import median

from flask.testing import FlaskClient
from flask_migrate import upgrade

from minimaluser import accounts, create_app
from minimaluser.rules import rules
from minimaluser.services import services_of
from minimaluser.testing.patterns import PAGE_TOKEN, first

PAIRS = 300
LARGEST_SECONDS, LARGEST_SHARE, ACCIDENT = 0.003, 0.05, 0.001
KNOWN, MOVING, KEY = "ann@example.org", "bob@example.org", "nine grey herons wait"
FORMS = ("/login", "/forgot-key", "/signup")  # each time with a new client
numbers = count()


def main(pairs: int) -> int:
    """Measure every form; return how many of them reveal something."""
    logging.disable()  # many log-ins fail here
    rules.limits = {action: {} for action in rules.limits}  # no limits while timing
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"INSTANCE_PATH": folder, "PRIVATE_SIGNUP": "1"})
        services_of(app).wake = lambda _seconds: None
        with app.app_context():
            upgrade(revision="heads")
            for email in (KNOWN, MOVING):
                accounts.create_user(email, "confirmed", KEY)
        guests = [tells(app.test_client, path, pairs) for path in FORMS]
        moving = app.test_client()
        took(moving, "/login", MOVING, KEY)
        return sum([*guests, tells(lambda: moving, "/profile/email", pairs)])


def tells(browser: Callable[[], FlaskClient], path: str, pairs: int) -> bool:
    """Measure one form, print the result, and return whether the times reveal something."""
    known, unknown = [], []
    for _ in range(pairs):
        known.append(took(browser(), path, KNOWN))
        unknown.append(took(browser(), path, f"somebody{next(numbers)}@example.org"))
    apart, p = abs(median(known) - median(unknown)), mann_whitney(known, unknown)
    bad = apart > max(LARGEST_SECONDS, LARGEST_SHARE * median(unknown)) and p < ACCIDENT
    times = f"known {median(known) * 1000:.2f} ms, unknown {median(unknown) * 1000:.2f} ms"
    print(f"{path:<16}{times}, p = {p:.3f}: {'TELLS' if bad else 'tells nothing'}")
    return bad


def took(browser: FlaskClient, path: str, email: str, key: str = "not the key") -> float:
    """Return the seconds that a browser waits for the response to a form."""
    token = first(PAGE_TOKEN, browser.get(path).text)
    form = {"csrf_token": token, "email": email, "key": key}
    began = time.perf_counter()
    answer = browser.post(path, data=form)
    seconds = time.perf_counter() - began
    if answer.status_code not in {303, 422}:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return seconds


def mann_whitney(one: list[float], other: list[float]) -> float:
    """Return p of the two-sided rank test, by the normal approximation."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks = sum(rank for rank, (_, which) in enumerate(ranked, 1) if which == 0)
    n, m = len(one), len(other)
    u, spread = ranks - n * (n + 1) / 2, math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(u - n * m / 2) / spread / math.sqrt(2))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS))
