"""All checks over all states."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tools.check_parts import (
    answers,
    causes,
    forms,
    mails,
    names,
    pages,
    quotes,
    references,
    sources,
    speaking,
)
from tools.check_parts.finding import Finding
from tools.check_parts.states import Site, State
from tools.check_parts.world import World

OF_A_STATE: tuple[Callable[[World, State], Iterator[Finding]], ...] = (
    names.check,
    references.check,
    forms.check,
    speaking.check,
    pages.check,
)
OF_ALL: tuple[Callable[[World], Iterator[Finding]], ...] = (
    references.in_scripts,
    answers.check,
    mails.check,
    sources.check,
)


def look(site: Site, changed: causes.Lines | None = None) -> tuple[list[Finding], int]:
    """Return what is found in a site, each thing once and causes first, and the number of states.

    States of a template that cannot be read are not looked at: of most of what would be found in
    them that is the cause.

    Args:
        site: what is looked at.
        changed: the lines that were changed since the last commit.
    """
    states = site.states()
    found = [*site.found, *quotes.check(site)]
    torn = {each.file for each in found}
    whole = [it for it in states if not torn & {site.file(name) for name in it.rendering.templates}]
    world = World(site, whole, torn)
    for state in world.states:
        for check in OF_A_STATE:
            found += check(world, state)
    for check_all in OF_ALL:
        found += check_all(world)
    return causes.sequence(found, changed), len(states)
