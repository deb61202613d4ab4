"""A plugin of pytest with one fixture, which must come after that of pytest-playwright."""

from __future__ import annotations

import pytest

from minimaluser.testing.browser.site import Site


@pytest.fixture(scope="session")
def base_url(site: Site) -> str:
    """The address of the site."""
    return site.url
