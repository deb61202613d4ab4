"""Rounds of slices: each thing between two slices of the limit, on every database."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree, which
from statistics import mean
from tempfile import mkdtemp

from minimaluser.testing.postgres import Postgres
from tools.bench.load import LOAD, Slice, memory_of
from tools.bench.places import Place, inside
from tools.bench.report import Row, Weight
from tools.bench.things import HASH, PLAIN, WITH_ROW, Thing, of_the_site

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


@dataclass(frozen=True)
class Effort:
    """How much is done: rounds of slices, their seconds, starts, requests to count and where."""

    rounds: int = 5
    seconds: float = 0.7
    starts: int = 3
    counted: int = 6
    counted_on: tuple[str, ...] = (SQLITE, POSTGRESQL)


@dataclass(frozen=True)
class Cell:
    """A thing at a place, and the row where the result goes."""

    place: Place
    thing: Thing
    row: Row

    def slice(self, seconds: float) -> Slice:
        return self.place.client.slice(self.place.worker, self.thing, self.place.who, seconds)


class Bench:
    """All that is measured; what it starts ends with the stack."""

    def __init__(self, stack: ExitStack, effort: Effort) -> None:
        self.effort, self.stack = effort, stack
        self.folder = Path(mkdtemp(prefix="bench-"))
        stack.callback(rmtree, self.folder, ignore_errors=True)
        server = Postgres()
        stack.callback(server.end)
        server.start()
        if server.process is not None:
            os.sched_setaffinity(server.process.pid, {LOAD})  # only the web process is measured
        urls: dict[str, Callable[[str], str]] = {SQLITE: self._file, POSTGRESQL: server.create}
        self.plain = self._cell(Place("limit", "", self._file("plain"), self._new("plain")), PLAIN)
        self.limits = {name: self._place("limit", name, url) for name, url in urls.items()}
        self.sites = {name: self._place("site", name, url) for name, url in urls.items()}
        self.groups = [
            [self._cell(self.limits[SQLITE], HASH)],
            self._group(self.limits, WITH_ROW),
            *(self._group(self.sites, thing) for thing in of_the_site()),
        ]

    @property
    def cells(self) -> list[Cell]:
        return [self.plain, *(cell for group in self.groups for cell in group)]

    @property
    def places(self) -> list[Place]:
        return [self.plain.place, *self.limits.values(), *self.sites.values()]

    @property
    def rows(self) -> list[Row]:
        return [cell.row for cell in self.cells]

    def run(self) -> list[Weight]:
        """Count and time everything; return what the apps themselves need."""
        for what in ("prepare", "count"):
            inside(self.stack, self.places, what)
        for cell in self.cells:
            cell.row.counts = cell.place.counts[cell.thing.name]
        for place in self.places:
            for _ in range(self.effort.starts):
                self.stack.callback(place.stop)
                place.stop()
                place.start()
        before = [memory_of(place.worker) for place in self.places]
        for cell in self.cells:
            cell.slice(self.effort.seconds / 4)  # to warm it up
        for _ in range(self.effort.rounds):
            self._round()
        after = [memory_of(place.worker) for place in self.places]
        for place in self.places:
            place.stop()
        needed = zip(self.places, before, after, strict=True)
        return [Weight(place.name, place.starts, old, new) for place, old, new in needed]

    def count_instructions(self) -> str:
        """Count instructions everywhere at once, since a busy machine changes nothing there.

        Returns:
            A sentence about it.
        """
        if which("callgrind_control") is None:
            return "Instructions were not counted: valgrind is not installed."
        chosen = [of[name] for name in self.effort.counted_on for of in (self.limits, self.sites)]
        try:
            inside(self.stack, chosen, "run", self.effort.counted)
        except RuntimeError as problem:  # what was measured before is still to be shown
            return f"Instructions were not counted: {problem}"
        found = {place.name: place.instructions(self.effort.counted) for place in chosen}
        basis = found[self.limits[SQLITE].name]
        limit, hashed = basis[PLAIN.name], basis[HASH.name] - basis[PLAIN.name]
        self.plain.row.instructions = (limit, 1.0)
        for cell in self.cells:
            if cell.place.name in found:
                cost = found[cell.place.name][cell.thing.name]
                cost -= limit if cell.thing is HASH else cell.thing.hashes * hashed
                cell.row.instructions = (cost, cost / limit)
        return f"Instructions are counted with callgrind, over {self.effort.counted} requests each."

    def _round(self) -> None:
        """Take a slice of each thing, and of the limit before and after it."""
        beside, hashed = [self.plain.slice(self.effort.seconds)], 0.0
        for group in self.groups:
            slices = [cell.slice(self.effort.seconds) for cell in group]
            beside.append(self.plain.slice(self.effort.seconds))
            limit = mean(each.milliseconds for each in beside[-2:])
            for cell, found in zip(group, slices, strict=True):
                cost = found.milliseconds - cell.thing.hashes * hashed
                if cell.thing is HASH:
                    cost = hashed = found.milliseconds - limit
                cell.row.add(found, cost, limit)
        usual = mean(each.milliseconds for each in beside)
        for each in beside:
            self.plain.row.add(each, each.milliseconds, usual)

    def _new(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir()
        return folder

    def _file(self, name: str) -> str:
        return f"sqlite:///{self.folder / f'{name}.db'}"

    def _place(self, app: str, database: str, url: Callable[[str], str]) -> Place:
        return Place(app, database, url(app), self._new(f"{app}-{database}"))

    def _cell(self, place: Place, thing: Thing) -> Cell:
        return Cell(place, thing, Row(thing.name, place.database))

    def _group(self, places: Mapping[str, Place], thing: Thing) -> list[Cell]:
        return [self._cell(place, thing) for place in places.values()]
