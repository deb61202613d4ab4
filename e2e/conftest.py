"""A site and a mailbox per worker, a browser per worker, a fresh context and people per test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from e2e import runs, server
from e2e.exercised import Exercised
from e2e.people import Person, confirmed, new_address, signed_up
from e2e.runs import pytest_addoption, pytest_runtest_makereport, pytest_terminal_summary
from e2e.watch import Watch
from minimaluser.testing import settled, stopping
from minimaluser.testing.mailbox import Mailbox, at
from minimaluser.testing.moved import Clock

__all__ = ["pytest_addoption", "pytest_runtest_makereport", "pytest_terminal_summary"]

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
    """Tell pytest about our markers, and have it clean up when it is asked to stop."""
    stopping.pytest_configure()
    config.addinivalue_line("markers", "both_ways: runs with JavaScript and with JavaScript off")
    config.addinivalue_line("markers", "motion: for who has not asked for less of it")
    config.addinivalue_line("markers", "chromium(reason): what only Chromium can show")
    config.addinivalue_line("markers", "wide(reason): what only a wide window shows")
    config.addinivalue_line("markers", "own_site(reason): what only the site of this suite has")
    expect.set_options(timeout=PATIENCE)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(Exercised())
    runs.check(config)


def pytest_report_header(config: pytest.Config) -> str:
    """Say in which order the tests run."""
    return runs.heading(config)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, with the reason, what this browser or site cannot show; put into order."""
    lacking = []
    if "firefox" in config.getoption("--browser"):
        lacking.append("chromium")
    if config.getoption("base_url"):
        lacking.append("own_site")
    if runs.is_phone(config):
        lacking.append("wide")
    for item in items:
        if "site_folder" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.own_site("it changes the site's database"))
        for name in lacking:
            if marker := item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=marker.args[0]))
    runs.arrange(config, items)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked `both_ways` twice."""
    if metafunc.definition.get_closest_marker("both_ways"):
        ways = [pytest.param(True, id="script"), pytest.param(False, id="no-script")]
        metafunc.parametrize("script", ways, indirect=True)
    runs.repeat(metafunc)


@pytest.fixture
def script(request: pytest.FixtureRequest) -> bool:
    """Whether this browser runs JavaScript."""
    return bool(getattr(request, "param", True))


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site this worker talks to."""
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="session")
def base_url(request: pytest.FixtureRequest) -> str:
    """The address of the site this worker talks to: its own one, or `--base-url`."""
    given = request.config.getoption("base_url")
    return given.rstrip("/") if given else request.getfixturevalue("own_address")


@pytest.fixture(scope="session")
def own_address(tmp_path_factory: pytest.TempPathFactory, site_folder: Path) -> Iterator[str]:
    """The address of a site that only this worker has."""
    if not (server.ROOT / "static" / "build" / "manifest.json").exists():
        pytest.exit("The browser's files are missing: run `make assets`.", 3)
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with server.serve(server.instance(shared / "made-once"), site_folder) as address:
        yield address


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], browser_name: str
) -> dict[str, Any]:
    """Start the browser of this machine."""
    wanted = os.environ.get(browser_name.upper())
    found = wanted or next(filter(None, map(shutil.which, BROWSERS[browser_name])), None)
    if not found or not Path(found).exists():
        pytest.exit(f"No {browser_name}: {wanted or 'nothing'} is not here. `make browser`.", 3)
    launch = {**browser_type_launch_args, "executable_path": found}
    if browser_name == "chromium":
        return {**launch, "args": ARGUMENTS}
    # Playwright drives a Firefox that it did not build itself by another protocol.
    return launch if "ms-playwright" in found else {**launch, "channel": "moz-firefox"}


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
        **browser_context_args,
        "locale": "en-GB",
        "timezone_id": "UTC",
        "viewport": {"width": 1280, "height": 800},
        "service_workers": "block",
        "java_script_enabled": script,
        "reduced_motion": "no-preference" if moves else "reduce",
        **runs.context_args(request.config, playwright.devices),
    }


@pytest.fixture(autouse=True)
def watch() -> Iterator[Watch]:
    """Fail the test for anything that a browser must never report."""
    watch = Watch()
    yield watch
    assert not watch.problems, "\n".join(watch.problems)


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


@pytest.fixture(scope="session")
def mailbox(base_url: str) -> Mailbox:
    """What the site has mailed."""
    return Mailbox(at(f"{base_url}/dev/mailbox.json"))


@pytest.fixture
def clock(base_url: str, site_folder: Path) -> Clock:
    """The time of the site that this worker talks to; tests that come later find it moved."""
    return Clock(site_folder / "instance")


@pytest.fixture
def eve(mailbox: Mailbox) -> Person:
    """A stranger: an address and nothing else."""
    return Person(mailbox, new_address("eve"))


@pytest.fixture
def ben(mailbox: Mailbox, context: BrowserContext) -> Person:
    """Signed up and logged in here, not confirmed."""
    return signed_up("ben", mailbox, context)


@pytest.fixture
def ann(mailbox: Mailbox, context: BrowserContext) -> Person:
    """Confirmed and logged in here, still with the key from the mail."""
    return confirmed("ann", mailbox, context)


@pytest.fixture
def bob(mailbox: Mailbox, another_page: Page) -> Person:
    """Somebody else, confirmed and logged in in the other browser."""
    return confirmed("bob", mailbox, another_page)
