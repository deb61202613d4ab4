"""A site broken on purpose: each hole is seen by the attacks that fit, and by no other beside them.

`make abuse-holes` tries every hole; `make unit` a healthy site and two holes, in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.abuse.attack import BROKEN, FAILED, HELD, Attack, carry_out, every_attack
from tests.abuse.broken import every_hole
from tests.abuse.site import PROCESSES, Grounds

QUICK = (
    "redirects.nobody_is_sent_to_another_site",
    "links.opening_a_link_changes_nothing",
    "sessions.cookies_are_kept_close",
    "caches.leaving_empties_the_cache",
)
QUICK_HOLES = ("opening_confirms", "scripts_read_the_cookie")
FEW = 2
ATTACKS = {one.id: one for one in every_attack()}
HOLES = every_hole()


@pytest.fixture(scope="module")
def grounds() -> Iterator[Grounds]:
    with Grounds() as made:
        yield made


def beside(hole: str) -> list[Attack]:
    """The attacks that must see a hole and those of the same files."""
    nouns = {attack.partition(".")[0] for attack in HOLES[hole].attacks}
    return [one for one in ATTACKS.values() if one.noun in nouns]


def verdicts(
    grounds: Grounds, attacks: list[Attack], holes: str = "", processes: int = 1
) -> dict[str, set[str]]:
    """The ids of attacks by how they ended."""
    found: dict[str, set[str]] = {BROKEN: set(), FAILED: set(), HELD: set()}
    with grounds.site(processes=processes, holes=holes) as site:
        for one in attacks:
            outcome = carry_out(one, site)
            found.setdefault(outcome.verdict, set()).add(one.id)
    return found


def test_every_attack_has_a_hole() -> None:
    seen = {attack for hole in HOLES.values() for attack in hole.attacks}
    assert seen == set(ATTACKS)


def test_a_healthy_site_holds(grounds: Grounds) -> None:
    assert verdicts(grounds, [ATTACKS[name] for name in QUICK])[HELD] == set(QUICK)


def test_two_holes_are_found(grounds: Grounds) -> None:
    holes = ",".join(QUICK_HOLES)
    expected = {attack for hole in QUICK_HOLES for attack in HOLES[hole].attacks}
    found = verdicts(grounds, [ATTACKS[name] for name in QUICK], holes)
    assert found[BROKEN] == expected
    assert found[HELD] == set(QUICK) - expected


@pytest.mark.slow
@pytest.mark.parametrize("hole", HOLES)
def test_a_hole_is_found(grounds: Grounds, hole: str) -> None:
    at_once = {"races", "inflight"} & {name.partition(".")[0] for name in HOLES[hole].attacks}
    processes = PROCESSES if at_once else FEW
    found = verdicts(grounds, beside(hole), hole, processes)
    assert found[BROKEN] == set(HOLES[hole].attacks)
