"""The query at the end: is everything there, once, and nothing left over?"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from minimaluser.testing.processes import ROOT
from tests.faults.stage import Stage

FILE = Path(os.environ.get("FAULTS_FILE") or ROOT / "test-results" / "faults.jsonl")
COLUMNS = ("fault", "database", "tries", "lost", "doubled", "orphaned", "5xx")
LIVING = "closed_at IS NULL"  # of a deleted account a row that says nothing is left for a while


@dataclass
class Findings:
    """Everything that is not as it should be, in words."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    orphaned: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled or self.orphaned or self.errors)

    def __iadd__(self, other: Findings) -> Findings:
        self.lost += other.lost
        self.doubled += other.doubled
        self.orphaned += other.orphaned
        self.errors += other.errors
        return self


@dataclass
class Row:
    """One line of the table."""

    fault: str
    database: str
    tries: int = 0
    found: Findings = field(default_factory=Findings)
    note: str = ""
    finished: bool = False

    def finish(self, tries: int, found: Findings, note: str = "", *, doubled: int = 0) -> None:
        """Note the outcome; the goal is zeros, but for what is known to be doubled."""
        self.tries, self.note, self.finished = tries, note, True
        self.found += found
        assert len(self.found.doubled) == doubled, self.found
        assert not replace(self.found, doubled=[]), self.found

    def counts(self) -> dict[str, object]:
        return {
            "fault": self.fault,
            "database": self.database,
            "tries": self.tries,
            "lost": len(self.found.lost),
            "doubled": len(self.found.doubled),
            "orphaned": len(self.found.orphaned),
            "5xx": len(self.found.errors),
            "note": self.note if self.finished else f"NOT FINISHED {self.note}".strip(),
            "found": asdict(self.found) if self.found else {},
        }

    def keep(self) -> None:
        FILE.parent.mkdir(parents=True, exist_ok=True)
        with FILE.open("a") as file:
            file.write(json.dumps(self.counts()) + "\n")


def look(stage: Stage, *, allow_503: bool = False, mails: bool = True) -> Findings:
    """Judge a site at rest.

    Args:
        stage: the site; its outbox is drained.
        allow_503: whether "not now" was a fair answer during the fault.
        mails: whether mails have gone out by now.
    """
    assert stage.acknowledged, "nobody has signed up, so there is nothing to judge"
    found = partial(stage)
    found += _lost_and_doubled(stage, mails)
    found += _files(stage)
    allowed = {503} if allow_503 else set()
    found.errors += [
        f"{a.status} {a.method} {a.path}"
        for a in stage.answers
        if a.status >= 500 and a.status not in allowed
    ]
    if found.errors:
        found.errors += _told(stage)
    return found


def _told(stage: Stage) -> list[str]:
    """Return why the site said "not now"; without a line it was nginx."""
    logs = {process.log for process in stage.processes}
    return [line for log in logs for line in log.read_text().splitlines() if "not ready" in line]


def partial(stage: Stage) -> Findings:
    """Return users who are there only in part, and parts without a user."""
    found = Findings()
    rows = stage.database.rows
    tasks: dict[int, Counter[str]] = {}
    for owner, kind in rows("SELECT user_id, kind FROM outbox_item WHERE user_id IS NOT NULL"):
        tasks.setdefault(owner, Counter())[kind] += 1
    users = rows(f"SELECT id, email, tile_svg IS NULL, tile_name FROM users WHERE {LIVING}")
    for identity, email, stored, _ in users:
        mine = tasks.get(identity, Counter())
        if not mine["mail"]:
            found.lost.append(f"{email} has no mail in the outbox")
        if not mine["tile_put"] and not stored:
            found.lost.append(f"{email} has a tile that nobody will store")
    left = rows(f"SELECT id, email, tile_svg FROM users WHERE NOT ({LIVING})")
    found.orphaned += [f"data of {row[0]}, who left" for row in left if row[1] or row[2]]
    known = {row[0] for row in (*users, *left)}
    for table in ("session", "token", "outbox_item"):
        for (owner,) in rows(f"SELECT user_id FROM {table} WHERE user_id IS NOT NULL"):
            if owner not in known:
                found.orphaned.append(f"{table} of nobody")
    return found


def _lost_and_doubled(stage: Stage, mails: bool) -> Findings:
    found = Findings()
    users = {email for (email,) in stage.database.rows(f"SELECT email FROM users WHERE {LIVING}")}
    found.lost += [f"{email} was promised" for email in stage.acknowledged - users - stage.left]
    ids = Counter(mail.id for mail in stage.sink.all)
    found.doubled += [f"mail {identity} × {n}" for identity, n in ids.items() if n > 1]
    if not mails:
        return found
    for email in users | stage.acknowledged:
        sent = {mail.id for mail in stage.sink.to(email) if mail.path("/confirm/")}
        if not sent and email not in stage.left:
            found.lost.append(f"no mail to {email}")
        if len(sent) > 1 + stage.resent[email]:
            found.doubled.append(f"{len(sent)} mails to {email}")
    undone = stage.database.rows("SELECT kind, problem FROM outbox_item WHERE state <> 'done'")
    found.lost += [f"{kind} not done: {problem}" for kind, problem in undone]
    kept = stage.database.rows(
        "SELECT id FROM outbox_item WHERE state = 'done' AND sealed IS NOT NULL"
    )
    found.orphaned += [f"text of mail {row[0]} not wiped" for row in kept]
    return found


def _files(stage: Stage) -> Findings:
    found = Findings()
    files = stage.files()
    tiles = stage.database.rows(
        f"SELECT email, tile_name, tile_svg IS NULL FROM users WHERE {LIVING}"
    )
    expected = {f"tiles/{name}.svg" for _, name, _ in tiles}
    found.orphaned += [f"file {name}" for name in sorted(files - expected)]
    found.lost += [
        f"tile of {email}" for email, name, stored in tiles
        if stored and f"tiles/{name}.svg" not in files
    ]  # fmt: skip
    return found


def table(rows: list[dict[str, object]]) -> str:
    """Return the rows as text with columns."""
    cells = [COLUMNS, *(tuple(str(row[name]) for name in COLUMNS) for row in rows)]
    widths = [max(len(line[n]) for line in cells) for n in range(len(COLUMNS))]
    lines = []
    for number, line in enumerate(cells):
        words = [
            cell.ljust(w) if n < 2 else cell.rjust(w)
            for n, (cell, w) in enumerate(zip(line, widths, strict=True))
        ]
        note = str(rows[number - 1].get("note") or "") if number else "note"
        lines.append("  ".join([*words, note]).rstrip())
    return "\n".join(lines)
