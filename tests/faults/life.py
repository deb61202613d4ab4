"""Somebody who does everything the site is for, over HTTP and with real mails, and presses again.

When the answer is "not now" or none, a person looks whether it was done, and otherwise does it once
more. What was acknowledged and is not there afterwards is an error of the site.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from minimaluser.testing.mailbox import Mail
from minimaluser.testing.pages import Page
from minimaluser.testing.patterns import CODE, KEY, SEED, STYLES, TILE, first
from minimaluser.testing.processes import until
from tests.faults.stage import Stage
from tests.faults.visitor import Visitor

ANY = re.compile("")
PAGES = (
    *("/", "/about", "/privacy-notice", "/terms-of-service", "/cookies", "/offline", "/healthz"),
    *("/robots.txt", "/sitemap.xml", "/manifest.webmanifest", "/sw.js"),
)
NOT_NOW = (0, 503)
MAIL_SECONDS = 150.0  # longer than the lease of a worker that was killed


class Life:
    """One person, from the first look to the last; `visit` makes another browser of theirs."""

    def __init__(self, stage: Stage, name: str, visit: Callable[[str], Visitor]) -> None:
        self.stage, self.visit = stage, visit
        self.email, self.other = f"{name}@example.org", f"{name}@new.example"
        self.nickname = f"Nick of {name}"[:40]
        self.here = visit(self.email)
        self.key = ""

    def live(self, *, leaves: bool) -> None:
        """Use everything once; who does not leave stays with the first address."""
        self.look_around()
        self.choose_cookies()
        self.sign_up()
        self.confirm()
        self.log_out_and_in()
        self.change_nickname()
        self.draw_tile()
        self.change_key()
        self.see_club()
        self.move_and_undo()
        self.forget_key()
        if leaves:
            self.leave()

    # --- What people do ---------------------------------------------------------------------------

    def look_around(self) -> None:
        for path in PAGES:
            self.get(path)
        self.get(first(STYLES, self.get("/").text))
        assert self.get("/nowhere", 404).status == 404
        assert self.get("/profile", 303).location.startswith("/login")

    def choose_cookies(self) -> None:
        def asked() -> bool:
            return 'id="cookie-banner"' in self.get("/").text

        assert asked()
        self.change("/cookies", {"analysis": "y"}, lambda: not asked())
        self.change("/cookies", {}, lambda: not asked())

    def sign_up(self) -> None:
        self.check("signup", "email", self.email)
        self.change("/signup", {"email": self.email}, self.is_inside)
        self.stage.acknowledged.add(self.email)
        assert "Send the mail again" in self.get("/profile").text
        tile = first(TILE, self.get("/profile").text)
        assert self.get(tile).text.startswith("<svg")

    def confirm(self) -> None:
        def confirmed() -> bool:
            return "Send the mail again" not in self.get("/profile").text

        self.wait_for(self.email, KEY)
        self.stage.resent[self.email] += 1
        asked = self.post("/confirm", {}, "/profile")
        while asked.status in NOT_NOW:
            self.stage.resent[self.email] += 1
            asked = self.post("/confirm", {}, "/profile")
        if asked.status == 303:
            self.wait_for(self.email, KEY, 2)
        self.follow(self.email, "/confirm/", confirmed)
        self.key = self.newest(self.email, KEY)

    def log_out_and_in(self) -> None:
        self.change("/logout", {}, lambda: not self.is_inside(), page="/about")
        self.log_in()

    def log_in(self) -> None:
        def key_is_right() -> bool:
            form = {"email": self.email, "key": key, "keep": "y"}
            return self.post("/login", form).status == 303

        if self.is_inside():
            self.change("/logout", {}, lambda: not self.is_inside(), page="/about")
        keys = [self.key, *(k for m in self.mails(self.email) if (k := first(KEY, m.text)))]
        for key in dict.fromkeys(keys):  # the newest mail may not be the last that came
            if until(lambda: key_is_right() or self.heard_no(), 30, 0.3) and self.is_inside():
                self.key = key
                return
        raise AssertionError(f"{self.email} cannot log in: {self.here.last}")

    def change_nickname(self) -> None:
        self.check("nickname", "nickname", self.nickname)
        self.change_row("nickname", {"nickname": self.nickname}, self.nickname)

    def draw_tile(self) -> None:
        def tile() -> str:
            return first(TILE, self.get("/profile").text)

        before = tile()
        seed = first(SEED, self.get("/profile/tile").text)
        assert self.get(f"/profile/tile/{seed}.svg").text.startswith("<svg")
        self.change("/profile/tile", {"seed": seed}, lambda: tile() != before)
        assert self.get(tile()).text.startswith("<svg")

    def change_key(self) -> None:
        new = f"seven green trains for {self.nickname[-6:]}"
        form = {"current_key": self.key, "new_key": new, "confirm_key": new}
        self.change("/profile/key", form, lambda: self.opens(new))
        self.key = new
        self.wait_for(self.email, ANY, subject="access key was changed")

    def see_club(self) -> None:
        for path in ("/club/", "/club/3", "/club/3/badge.png"):
            self.get(path)

    def move_and_undo(self) -> None:
        def moved() -> bool:
            return self.other in self.get("/profile").text.partition('id="row-email"')[2][:700]

        form = {"email": self.other, "current_key": self.key}
        self.change("/profile/email", form, moved)  # as the one that is waited for
        self.follow(self.other, "/email/confirm/", lambda: self.opens_as(self.other))
        self.follow(self.email, "/email/undo/", lambda: not self.is_inside())

    def forget_key(self) -> None:
        new = f"nine quiet lamps for {self.nickname[-6:]}"
        for _ in range(3):
            before = len(self.mails(self.email, CODE))
            asked = self.post("/forgot-key", {"email": self.email})
            if asked.status != 303:
                continue
            address = asked.location
            self.wait_for(self.email, CODE, before + 1)
            for mail in self.mails(self.email, CODE):
                form = {"code": first(CODE, mail.text), "new_key": new, "confirm_key": new}
                if self.post(address, form).status == 303 or self.opens(new):
                    assert self.opens(new), "the new key was promised"
                    self.key = new
                    self.log_in()
                    return
        raise AssertionError(f"{self.email} has no new key: {self.here.last}")

    def leave(self) -> None:
        self.stage.left |= {self.email, self.other}
        self.change("/profile/delete", {"current_key": self.key}, lambda: not self.is_inside())
        self.wait_for(self.email, ANY, subject="was deleted")

    # --- How they do it ---------------------------------------------------------------------------

    def get(self, path: str, status: int = 200) -> Page:
        """Open a page; "not now" is opened again, any other surprise is an error."""
        for _ in range(60):
            answer = self.here.get(path)
            if answer.status not in NOT_NOW:
                break
            time.sleep(0.5)
        assert answer.status == status, answer
        return answer

    def post(self, path: str, form: dict[str, str], page: str = "") -> Page:
        answer = self.here.post(path, form, page or path)
        if answer.method == "GET" or answer.status in NOT_NOW:
            time.sleep(0.5)
        return answer

    def change(
        self, path: str, form: dict[str, str], done: Callable[[], bool], page: str = ""
    ) -> None:
        """Send a form until it is done; a promise that is not kept is an error."""
        for _ in range(60):
            answer = self.post(path, form, page)
            if answer.status not in NOT_NOW:
                assert done(), answer
                return
            if answer.method == "POST" and done():
                return
        raise AssertionError(f"never done: {self.here.last}")

    def change_row(self, noun: str, form: dict[str, str], shown: str) -> None:
        self.change(f"/profile/{noun}", form, lambda: shown in self.get("/profile").text)

    def check(self, form: str, field: str, value: str) -> None:
        answer = self.post(f"/check/{form}/{field}", {field: value}, "/about")
        assert answer.status in (200, *NOT_NOW), answer

    def follow(self, email: str, start: str, done: Callable[[], bool]) -> None:
        """Open the links of the newest mails and press their button, until it is done."""
        assert until(lambda: self.links(email, start), MAIL_SECONDS, 0.2), f"no {start} to {email}"
        tried: set[str] = set()
        for _ in range(60):
            for link in self.links(email, start):
                if link in tried:
                    continue
                answer = self.post(link, {}, link)
                if answer.status not in NOT_NOW:
                    tried.add(link)
                if done():
                    return
            time.sleep(1)  # one that is newer may still come
        raise AssertionError(f"{start} did nothing for {email}: {self.here.last}")

    def is_inside(self) -> bool:
        for _ in range(60):
            answer = self.here.get("/profile")
            if answer.status not in NOT_NOW:
                return answer.status == 200
            time.sleep(0.5)
        return False

    def heard_no(self) -> bool:
        return self.here.last.status not in (303, *NOT_NOW)

    def opens(self, key: str) -> bool:
        """Whether a key opens the account at another device."""
        return self._opens({"email": self.email, "key": key})

    def opens_as(self, email: str) -> bool:
        """Whether the key that was mailed to an address opens the account."""
        keys = [first(KEY, mail.text) for mail in self.mails(email, KEY)]
        return any(self._opens({"email": email, "key": key}) for key in keys)

    def _opens(self, form: dict[str, str]) -> bool:
        elsewhere = self.visit(self.email)
        for _ in range(60):
            answer = elsewhere.post("/login", form, "/login")
            if answer.status not in NOT_NOW:
                elsewhere.post("/logout", {}, "/about")
                return answer.status == 303
            time.sleep(0.5)
        return False

    # --- Their mailbox ----------------------------------------------------------------------------

    def mails(self, email: str, pattern: re.Pattern[str] | None = None) -> list[Mail]:
        """The mails to an address whose text fits, newest first."""
        found = [m for m in self.stage.sink.to(email) if not pattern or pattern.search(m.text)]
        return found[::-1]

    def wait_for(
        self, email: str, pattern: re.Pattern[str], count: int = 1, *, subject: str = ""
    ) -> None:
        def there() -> bool:
            fit = [m for m in self.mails(email, pattern) if subject in m.subject]
            return len(fit) >= count

        assert until(there, MAIL_SECONDS, 0.1), f"no mail {subject}{pattern.pattern} to {email}"

    def newest(self, email: str, pattern: re.Pattern[str]) -> str:
        return first(pattern, self.mails(email, pattern)[0].text)

    def links(self, email: str, start: str) -> list[str]:
        return [link for mail in self.mails(email) if (link := mail.path(start))]
