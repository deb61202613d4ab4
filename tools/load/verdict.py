"""Whether all that was promised is there, once: asked of the database and the mailbox."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.faults.stage import Database, Sink
from tools.load.mix import LOG_IN, LOG_OUT, NICKNAME, SIGN_UP
from tools.load.walk import Deed

EVENTS = {LOG_IN: "logged_in_new", SIGN_UP: "signed_up"}  # each makes one, and a mail
PROMISES = {*EVENTS, LOG_OUT, NICKNAME}
SURELY_NOT = range(400, 500)  # such an answer has changed nothing; 5xx and none may have


@dataclass(frozen=True)
class Found:
    """What stands in the database, and which mails have arrived.

    Attributes:
        nicknames: by e-mail address of each user.
        sessions: how many each user has.
        events: how many of each kind each user has.
        mails: recipient and Message-ID of each that arrived.
        undone: tasks of the outbox that are not done.
    """

    nicknames: dict[str, str]
    sessions: Counter[str]
    events: Counter[tuple[str, str]]
    mails: list[tuple[str, str]]
    undone: list[str] = field(default_factory=list)


@dataclass
class Verdict:
    """How many actions and mails were promised by the answers, and what is wrong, in words."""

    actions: int = 0
    mails: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def compare(self, what: str, there: int, promised: int, possible: int) -> None:
        """Note what there is too little or too much of; some answers may not have arrived."""
        self.lost += [what] * (promised - there)
        self.doubled += [what] * (there - possible)


def look(database: Database, sink: Sink) -> Found:
    """Ask a site at rest, whose outbox is drained."""
    rows = database.rows
    of_users = "FROM {} JOIN users ON users.id = user_id GROUP BY"
    sessions = rows(f"SELECT email, count(*) {of_users.format('session')} email")
    events = rows(f"SELECT email, kind, count(*) {of_users.format('event')} email, kind")
    undone = rows("SELECT kind, problem FROM outbox_item WHERE state <> 'done'")
    return Found(
        dict(rows("SELECT email, nickname FROM users")),
        Counter(dict(sessions)),
        Counter({(email, kind): many for email, kind, many in events}),
        [(mail.to, mail.id) for mail in sink.all],
        [f"{kind} not done: {problem}" for kind, problem in undone],
    )


def judge(deeds: Iterable[Deed], before: Found, after: Found) -> Verdict:
    """Compare what was answered with what is there.

    Args:
        deeds: all that was done, in this order.
        before: what was there before the first of them.
        after: what is there now.
    """
    verdict = Verdict(lost=list(after.undone))
    sure, possible = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    chosen, perhaps = dict[str, str](), set[tuple[str, str | None]]()  # address and nickname
    for deed in sorted(deeds, key=lambda each: each.ended):
        if deed.status in SURELY_NOT:
            continue
        possible[deed.name, deed.email] += 1
        sure[deed.name, deed.email] += deed.good
        if deed.name == NICKNAME and deed.good:
            chosen[deed.email] = deed.nickname
        elif deed.name == NICKNAME:
            perhaps.add((deed.email, deed.nickname))
    verdict.actions = sum(many for (name, _), many in sure.items() if name in PROMISES)
    mails, mails_before = (Counter(to for to, _ in each.mails) for each in (after, before))
    for (name, email), most in possible.items():
        if kind := EVENTS.get(name):
            least = sure[name, email]
            verdict.mails += least
            there = after.events[email, kind] - before.events[email, kind]
            verdict.compare(f"{name} of {email}", there, least, most)
            verdict.compare(f"mail to {email}", mails[email] - mails_before[email], least, most)
        if name == LOG_IN:
            left = after.sessions[email] - before.sessions[email]
            least -= possible[LOG_OUT, email]
            verdict.compare(f"session of {email}", left, least, most - sure[LOG_OUT, email])
    for email, nickname in chosen.items():
        shown = after.nicknames.get(email)
        if shown != nickname and (email, shown) not in perhaps:
            verdict.lost.append(f"nickname of {email}")
    ids = Counter(identity for _, identity in after.mails)
    verdict.doubled += [f"mail {identity}" for identity, many in ids.items() if many > 1]
    return verdict
