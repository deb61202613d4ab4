"""A plugin of pytest: again and again, shuffled, on a slow processor, on a phone, in the dark.

The Makefile hands these options over (`make e2e REPEAT=5 CPU=6 …`); docs/testing.md has all.
"""

from __future__ import annotations

import os
import random
import re
from collections import defaultdict
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

PHONE = "Pixel 7"  # as Playwright knows it
TURN = re.compile(r"-?\d+ of \d+")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what a run can be told."""
    group = parser.getgroup("browser tests")
    group.addoption("--repeat", type=int, default=1, help="run each test so often")
    group.addoption("--cpu", type=float, default=1, help="how much slower pages are")
    group.addoption("--shuffle", type=int, default=0, help="the seed of an order; 1: any")
    group.addoption("--run-on", choices=("desktop", "phone"), default="desktop", help="the device")
    group.addoption("--scheme", choices=("light", "dark"), help="by day or by night")
    group.addoption("--language", default="en", help="what the browser asks for: en, de, pt-BR")
    group.addoption("--flake", action="store_true", help="end with a table of runs and failures")


def pytest_configure(config: pytest.Config) -> None:
    """Draw the order once for all workers.

    Raises:
        pytest.UsageError: something was asked for that this browser cannot do.
    """
    if config.getoption("--browser") not in ([], ["chromium"]):
        if config.getoption("cpu") > 1:
            raise pytest.UsageError("Only Chromium can be slowed down (--cpu, CPU).")
        if is_phone(config):
            raise pytest.UsageError("Only Chromium can be a phone (--run-on, DEVICE).")
    if config.getoption("shuffle") == 1:  # a worker has this environment, and must draw no other
        drawn = os.environ.setdefault("ORDER_OF_TESTS", str(random.randrange(2, 1_000_000)))
        config.option.shuffle = int(drawn)


def is_phone(config: pytest.Config) -> bool:
    """Tell whether pages are shown on a phone."""
    return bool(config.getoption("run_on") == "phone")


def pytest_report_header(config: pytest.Config) -> str:
    """Return the line that says how to run in the same order again."""
    seed = config.getoption("shuffle")
    return f"shuffled: SHUFFLE={seed} is the same order again" if seed else ""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Bring the tests into the order of this run."""
    if seed := config.getoption("shuffle"):
        random.Random(seed).shuffle(items)


@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have the test run as often as was asked for."""
    if (times := metafunc.config.getoption("repeat")) > 1:
        metafunc.fixturenames.append("turn")
        metafunc.parametrize("turn", range(1, times + 1), ids=lambda turn: f"{turn} of {times}")


def context_args(config: pytest.Config, devices: dict[str, Any]) -> dict[str, Any]:
    """Return what a context is made with, apart from what all have."""
    args = dict(devices[PHONE]) if is_phone(config) else {}
    args.pop("default_browser_type", None)
    args["locale"] = config.getoption("language")
    if scheme := config.getoption("scheme"):
        args["color_scheme"] = scheme
    return args


def slow_down(config: pytest.Config, context: BrowserContext) -> None:
    """Give every page of a browser context the processor of this run."""
    rate = config.getoption("cpu")

    def throttle(page: Page) -> None:
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": rate})

    if rate > 1:
        context.on("page", throttle)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print how often each test ran and failed, and how long it took at most."""
    if not config.getoption("flake"):
        return
    runs: dict[str, list[pytest.TestReport]] = defaultdict(list)
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            if isinstance(report, pytest.TestReport) and (report.when == "call" or report.failed):
                runs[TURN.sub("", report.nodeid)].append(report)
    lines = sorted((-len(failed(each)), -slowest(each), name) for name, each in runs.items())
    terminalreporter.section("runs, failures, slowest")
    for failures, seconds, name in lines:
        line = f"{len(runs[name]):>5} {-failures:>5} {-seconds:>7.1f} s  {name}"
        terminalreporter.write_line(line, red=bool(failures))


def failed(reports: list[pytest.TestReport]) -> list[pytest.TestReport]:
    return [report for report in reports if report.failed]


def slowest(reports: list[pytest.TestReport]) -> float:
    return max(report.duration for report in reports)
