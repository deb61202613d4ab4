"""All checks over all states."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tools.check_parts import answers, forms, mails, names, pages, references, sources, speaking
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


def look(site: Site) -> tuple[list[Finding], int]:
    """Return what is found in a site, each thing once, and how many states were looked at."""
    states = site.states()
    world = World(site, states)
    found: dict[Finding, Finding] = {each: each for each in site.found}
    for state in world.states:
        for check in OF_A_STATE:
            for each in check(world, state):
                found.setdefault(each, each)
    for check_all in OF_ALL:
        for each in check_all(world):
            found.setdefault(each, each)
    return sorted(found.values()), len(states)
