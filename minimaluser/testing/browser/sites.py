"""A plugin of pytest: the site, its mails and its time; a site of its own, or `--base-url`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from minimaluser.testing import stopping
from minimaluser.testing.browser.browsers import leave_out
from minimaluser.testing.browser.own_site import OwnSite
from minimaluser.testing.browser.site import Clock, Site, secret_in
from minimaluser.testing.mail_sources import source
from minimaluser.testing.mailbox import Mailbox
from minimaluser.testing.processes import ROOT
from minimaluser.testing.settled import PATIENCE

OWN = "what only the site of this suite has"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what says which site it is."""
    group = parser.getgroup("site")
    group.addoption("--site-url", help="the same as --base-url: a running site")
    group.addoption("--site-secret", type=Path, help="its instance folder, or backstage.json of it")
    group.addoption("--mails", help="where its mails are: http(s)://…, imap(s)://… or smtp://…")


def pytest_configure(config: pytest.Config) -> None:
    """Look at what was asked for, before anything is started; clean up when asked to stop.

    Raises:
        pytest.UsageError: the site given does not show its mails.
    """
    stopping.pytest_configure()
    config.pluginmanager.import_plugin("minimaluser.testing.browser.address")
    config.addinivalue_line("markers", f"own_site(reason): {OWN}")
    config.option.base_url = config.getoption("site_url") or config.getoption("base_url")
    given, is_first = config.getoption("base_url"), not hasattr(config, "workerinput")
    if given and is_first and not config.getoption("mails"):
        led = _ask_for_mails(given.rstrip("/"))
        config.option.base_url = config.option.site_url = led


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, with the reason, what only a site of our own has."""
    if config.getoption("base_url"):
        for item in items:
            if "site_folder" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.own_site("it changes the site's database"))
        leave_out(items, ["own_site"])


def _ask_for_mails(address: str) -> str:
    """Return the address of the site; one in development leads from 127.0.0.1 to localhost."""
    mails = f"{address}/dev/mailbox.json"
    try:
        answer = requests.get(mails, timeout=10)
        trouble = "" if answer.ok else f"answers {answer.status_code}"
    except requests.RequestException as error:
        trouble = f"does not answer ({type(error).__name__})"
    if trouble:
        raise pytest.UsageError(
            f"{mails} {trouble}. Tests read mails: of a site in development there, of others where "
            "--mails says (MAILS=)."
        )
    return answer.url.removesuffix("/dev/mailbox.json")


@pytest.fixture(scope="session")
def own_site() -> OwnSite:
    """How the site of a run is made when none is given; a conftest has its own."""
    return OwnSite()


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site that this worker has started."""
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest) -> Site:
    """The site this worker talks to."""
    if not (given := request.config.getoption("base_url")):
        started: Site = request.getfixturevalue("_started_site")
        return started
    file = request.config.getoption("site_secret")
    return Site(given.rstrip("/"), None, secret_in(file) if file else "")


@pytest.fixture(scope="session")
def _started_site(
    tmp_path_factory: pytest.TempPathFactory, site_folder: Path, own_site: OwnSite
) -> Iterator[Site]:
    if not (ROOT / "static" / "build" / "manifest.json").exists():
        pytest.exit("The browser's files are missing: run `make assets`.", 3)
    with own_site.serve(own_site.instance(shared_folder(tmp_path_factory)), site_folder) as started:
        yield started


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all workers of a run share: the instance is made there, once."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made-once"


@pytest.fixture(scope="session")
def mailbox(site: Site, request: pytest.FixtureRequest) -> Mailbox:
    """What the site has mailed; it waits for what is looked for."""
    return Mailbox(
        source(request.config.getoption("mails") or f"{site.url}/dev/mailbox.json"), PATIENCE
    )


@pytest.fixture
def clock(site: Site) -> Clock:
    """The time of the site; tests that come later find it moved."""
    site.must_have("moving the time", "clock")
    return Clock(site)
