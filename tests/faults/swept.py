"""An account and what is done with it, while a sweep kills the process at every call."""

from __future__ import annotations

import time
from typing import Any

from minimaluser.testing.mailbox import Mail
from minimaluser.testing.patterns import CODE, KEY, first
from tests.faults.inquest import LIVING
from tests.faults.stage import Stage
from tests.faults.sweep import Nursery, Outcome


def finish_mail(stage: Stage, nursery: Nursery) -> None:
    """Have everything done that waits, as a worker would after the leases have ended."""
    for _ in range(10):
        stage.database.let_leases_end()
        outcome, _ = nursery.do(stage.environ, "drain")
        assert outcome.status == 200, outcome
        if stage.database.waiting() == 0:
            return
        time.sleep(0.1)


class Someone:
    """A confirmed account of the sweeps of row 12, made through the public forms."""

    def __init__(self, stage: Stage, nursery: Nursery, name: str) -> None:
        self.stage, self.nursery, self.cookie = stage, nursery, ""
        self.email, self.new_email = f"{name}@example.org", f"{name}@new.example"
        self.post("/signup", page="/signup", email=self.email)
        stage.acknowledged.add(self.email)
        finish_mail(stage, nursery)
        (mail,) = stage.sink.to(self.email)
        self.key = first(KEY, mail.text)
        self.post(mail.path("/confirm/"))
        ((self.id,),) = stage.database.rows(f"SELECT id FROM users WHERE email = '{self.email}'")

    def post(self, path: str, page: str = "/about", **form: str) -> Outcome:
        order: dict[str, Any] = {"path": path, "page": page, "form": form, "cookie": self.cookie}
        outcome, _ = self.nursery.do(self.stage.environ, "visit", **order)
        assert outcome.status == 303, f"{path}: {outcome}"
        self.cookie = outcome.cookie
        return outcome

    def mailed(self, email: str, word: str) -> Mail:
        """The newest mail with this word, once everything has gone out."""
        finish_mail(self.stage, self.nursery)
        return next(mail for mail in reversed(self.stage.sink.to(email)) if word in mail.subject)

    def outbox(self) -> int:
        sql = f"SELECT count(*) FROM outbox_item WHERE user_id = {self.id} AND kind = 'mail'"
        return int(self.stage.database.rows(sql)[0][0])


class Deed:
    """Something that uses something up. `state` is 'before', 'after' or what must not be."""

    name = ""

    def __init__(self, someone: Someone) -> None:
        self.someone = someone

    def order(self) -> dict[str, Any]:
        raise NotImplementedError

    def facts(self) -> tuple[object, ...]:
        raise NotImplementedError

    before: tuple[object, ...]
    after: tuple[object, ...]

    @property
    def state(self) -> str:
        found = self.facts()
        return {self.before: "before", self.after: "after"}.get(found, f"neither: {found}")


class Move(Deed):
    """Confirm another address: the link is unused and the old one in force, or neither."""

    name = "an e-mail change"

    def __init__(self, someone: Someone) -> None:
        super().__init__(someone)
        someone.post("/profile/email", email=someone.new_email, current_key=someone.key)
        self.path = someone.mailed(someone.new_email, "Confirm").path("/email/confirm/")
        self.mails = someone.outbox()
        self.before = (someone.email, 1, 1, self.mails)
        self.after = (someone.new_email, 0, 1, self.mails + 1)

    def order(self) -> dict[str, Any]:
        return {"path": self.path, "page": "/about", "cookie": self.someone.cookie}

    def facts(self) -> tuple[object, ...]:
        who, rows = self.someone, self.someone.stage.database.rows
        ((email,),) = rows(f"SELECT email FROM users WHERE id = {who.id}")
        ((links,),) = rows(
            f"SELECT count(*) FROM token WHERE user_id = {who.id} AND purpose = 'change-email'"
        )
        ((sessions,),) = rows(f"SELECT count(*) FROM session WHERE user_id = {who.id}")
        if email == who.new_email:
            who.stage.left |= {who.email, email}  # their first mail went to the old address
        return (email, links, sessions, who.outbox())


class Reset(Deed):
    """Set a key with a code: the code is unused and the old key in force, or neither."""

    name = "a key reset"

    def __init__(self, someone: Someone) -> None:
        super().__init__(someone)
        self.old_hash = self.hash()
        guest, someone.cookie = someone.cookie, ""
        self.path = someone.post("/forgot-key", page="/forgot-key", email=someone.email).location
        self.guest, someone.cookie = someone.cookie, guest
        text = someone.mailed(someone.email, "Your code").text
        self.code = first(CODE, text)
        self.mails = someone.outbox()
        self.before = (False, 1, 1, self.mails)
        self.after = (True, 0, 0, self.mails + 1)

    def hash(self) -> str:
        who = self.someone
        ((found,),) = who.stage.database.rows(f"SELECT key_hash FROM users WHERE id = {who.id}")
        return str(found)

    def order(self) -> dict[str, Any]:
        new = "seven green trains at noon"
        form = {"code": self.code, "new_key": new, "confirm_key": new}
        return {"path": self.path, "page": self.path, "form": form, "cookie": self.guest}

    def facts(self) -> tuple[object, ...]:
        who, rows = self.someone, self.someone.stage.database.rows
        ((codes,),) = rows(
            f"SELECT count(*) FROM code WHERE user_id = {who.id} AND used_at IS NULL"
        )
        ((sessions,),) = rows(f"SELECT count(*) FROM session WHERE user_id = {who.id}")
        return (self.hash() != self.old_hash, codes, sessions, who.outbox())


class Leave(Deed):
    """Delete the account: nothing has happened, or it is gone and its file will be."""

    name = "a deletion"
    before = (1, 0, 0)
    after = (0, 1, 1)

    def __init__(self, someone: Someone) -> None:
        super().__init__(someone)
        rows = someone.stage.database.rows
        ((self.tile,),) = rows(f"SELECT tile_name FROM users WHERE id = {someone.id}")
        ((self.goodbyes,),) = rows(GOODBYES)

    def order(self) -> dict[str, Any]:
        return {
            "path": "/profile/delete",
            "page": "/profile/delete",
            "form": {"current_key": self.someone.key},
            "cookie": self.someone.cookie,
        }

    def facts(self) -> tuple[object, ...]:
        who, rows = self.someone, self.someone.stage.database.rows
        ((users,),) = rows(f"SELECT count(*) FROM users WHERE id = {who.id} AND {LIVING}")
        ((removals,),) = rows(
            "SELECT count(*) FROM outbox_item"
            f" WHERE kind = 'tile_remove' AND reference = '{self.tile}'"
        )
        ((goodbyes,),) = rows(GOODBYES)
        if not users:
            who.stage.left.add(who.email)
        return (users, removals, goodbyes - self.goodbyes)


GOODBYES = (
    "SELECT count(*) FROM outbox_item WHERE kind = 'mail' AND user_id IS NULL AND state = 'waiting'"
)
