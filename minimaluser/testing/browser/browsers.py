"""A plugin of pytest: which browser it is, how pages are shown, with JavaScript and without."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from minimaluser.testing import settled
from minimaluser.testing.browser import runs
from minimaluser.testing.browser.watch import Watch

BROWSERS = {
    "chromium": ("chromium-headless-shell", "chromium", "google-chrome"),
    "firefox": ("firefox-esr", "firefox"),
}
FAR = "far.example"  # this machine by a name that no browser takes for it
ARGUMENTS = [
    f"--host-resolver-rules=MAP {FAR} 127.0.0.1",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
]
PATIENCE = settled.PATIENCE * 1000  # milliseconds


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest about our markers."""
    config.addinivalue_line("markers", "both_ways: runs with JavaScript and with JavaScript off")
    config.addinivalue_line("markers", "motion: for who has not asked for less of it")
    config.addinivalue_line("markers", "chromium(reason): what only Chromium can show")
    config.addinivalue_line("markers", "wide(reason): what only a wide window shows")
    expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, with the reason, what this browser cannot show."""
    lacking = []
    if "firefox" in config.getoption("--browser"):
        lacking.append("chromium")
    if runs.is_phone(config):
        lacking.append("wide")
    leave_out(items, lacking)


def leave_out(items: list[pytest.Item], lacking: list[str]) -> None:
    """Skip what has one of these markers; its argument is the reason."""
    for item in items:
        for name in lacking:
            if marker := item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=marker.args[0]))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked `both_ways` twice."""
    if metafunc.definition.get_closest_marker("both_ways"):
        ways = [pytest.param(True, id="script"), pytest.param(False, id="no-script")]
        metafunc.parametrize("script", ways, indirect=True)


@pytest.fixture
def script(request: pytest.FixtureRequest) -> bool:
    """Whether this browser runs JavaScript."""
    return bool(getattr(request, "param", True))


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], browser_name: str
) -> dict[str, Any]:
    """Start the browser of this machine, or the one that Playwright has brought."""
    wanted = os.environ.get(browser_name.upper())
    found = wanted or next(filter(None, map(shutil.which, BROWSERS[browser_name])), None)
    launch = dict(browser_type_launch_args)
    if wanted and not Path(wanted).exists():
        pytest.exit(f"No {browser_name}: {wanted} is not here. `make browser`.", 3)
    if found:
        launch["executable_path"] = found
    if browser_name == "chromium":
        return {**launch, "args": ARGUMENTS}
    # Playwright drives a Firefox that it did not build itself by another protocol.
    return {**launch, "channel": "moz-firefox"} if found and "ms-play" not in found else launch


@pytest.fixture
def browser_context_args(
    browser_context_args: dict[str, Any],
    script: bool,
    playwright: Playwright,
    request: pytest.FixtureRequest,
) -> dict[str, Any]:
    """Make contexts alike; service workers are off, for they would hide requests from tests.

    Nothing moves unless a test is marked `motion`: a click that waits for movement takes twice as
    long, and there are thousands.
    """
    moves = request.node.get_closest_marker("motion") is not None
    return {
        "timezone_id": "UTC",
        **browser_context_args,
        "viewport": {"width": 1280, "height": 800},
        "service_workers": "block",
        "java_script_enabled": script,
        "reduced_motion": "no-preference" if moves else "reduce",
        **runs.context_args(request.config, playwright.devices),
    }


@pytest.fixture
def open_browser(
    new_context: Callable[..., BrowserContext],
    browser_name: str,
    watch: Watch,
    script: bool,
    pytestconfig: pytest.Config,
) -> Callable[[], BrowserContext]:
    """Call it for a browser that shares nothing with others."""

    def opened() -> BrowserContext:
        context = new_context()
        context.set_default_timeout(PATIENCE)
        watch.over(context)
        runs.slow_down(pytestconfig, context)
        if browser_name == "firefox" and not script:
            # Playwright cannot switch JavaScript off there; so the pages do not get any.
            context.route("**/*.js", lambda route: route.abort())
        return context

    return opened


@pytest.fixture
def context(open_browser: Callable[[], BrowserContext]) -> BrowserContext:
    """The browser of the test."""
    return open_browser()


@pytest.fixture
def another_page(open_browser: Callable[[], BrowserContext]) -> Page:
    """A page in another browser."""
    return open_browser().new_page()
