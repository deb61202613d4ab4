"""The plugin for tests in a browser, the site of this suite, and four people."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Page

from e2e.exercised import Exercised
from minimaluser.testing.browser.own_site import OwnSite
from minimaluser.testing.browser.people import People, Person

pytest_plugins = ["minimaluser.testing.plugin"]


def pytest_configure(config: pytest.Config) -> None:
    """Note what is exercised of the map of the account life."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(Exercised())


@pytest.fixture(scope="session")
def own_site() -> OwnSite:
    """The site with the club and with pages of this suite."""
    return OwnSite("e2e.site", ("-m", "tests.stock", "{folder}"))


@pytest.fixture
def eve(people: People) -> Person:
    """A stranger: an address and nothing else."""
    return people.stranger("eve")


@pytest.fixture
def ben(people: People) -> Person:
    """Signed up and logged in here, not confirmed."""
    return people.signed_up("ben")


@pytest.fixture
def ann(people: People) -> Person:
    """Confirmed and logged in here, still with the key from the mail."""
    return people.confirmed("ann")


@pytest.fixture
def bob(people: People, another_page: Page) -> Person:
    """Somebody else, confirmed and logged in in the other browser."""
    return people.at(another_page).confirmed("bob")
