"""Walks over the map of the account life: what it allows can be done, and nothing else."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Page

from e2e import deeds as deeds  # what is done; it registers itself
from e2e.walks import DEEDS, Walk
from minimaluser.testing.browser.people import People
from minimaluser.testing.mailbox import Mailbox
from tests.flow import flow

STEPS = int(os.environ.get("STEPS") or 20)
LONGEST = 10  # steps of one account: more would be too often


def test_a_browser_can_do_every_action_of_the_map() -> None:
    names = {action.name for action in flow().actions}
    assert (names - set(DEEDS), set(DEEDS) - names) == (set(), set())


WALKS = [
    pytest.param(seed, bool(seed % 2), id=f"seed-{seed}-{'script' if seed % 2 else 'no-script'}")
    for seed in range(1, -(-STEPS // LONGEST) + 1)
]


@pytest.mark.parametrize(("seed", "script"), WALKS, indirect=["script"])
def test_the_site_allows_what_the_map_allows_and_nothing_else(
    page: Page, people: People, mailbox: Mailbox, seed: int
) -> None:
    Walk(page, people, mailbox, seed).go(LONGEST)
