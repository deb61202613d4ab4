"""What the site promises about accounts, in plain Python: no database, no HTTP, no hashing.

Every deed tells whether it is granted and changes the model accordingly. Mails that a deed sends
and that carry a link or a key stand in `mailed`, in the order in which they are sent.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.fuzz.ground import Ground
from tests.fuzz.people import (
    CHANGE,
    CONFIRM,
    LEEWAY,
    LIFETIMES,
    UNDO_CLOSING,
    UNDO_EMAIL,
    Account,
    Code,
    Key,
    Link,
    Mailed,
    Mark,
    Visit,
)


class World(Ground):
    """All that can be done."""

    def sign_up(self, email: str) -> Visit | None:
        if self.owner(email):
            return None
        account = Account(email, Key("", self.now, is_first=True), self.now)
        self.accounts.append(account)
        self._send_confirmation(account)
        return self._open(account, entered=False)

    def log_in(self, email: str, key: str, mark: Mark | None = None) -> Visit | None:
        owner = self.owner(email)
        if owner is None or not owner.key.opens(key, self.now):
            return None
        owner.visits = [visit for visit in owner.visits if visit.entered is not None]
        if owner.confirmed and not (mark and mark.is_good(owner, self.now)):
            self._offer_undo(owner)  # in the mail about a new device
        return self._open(owner)

    def log_out(self, visit: Visit) -> None:
        for account in self.accounts:
            account.visits = [v for v in account.visits if v is not visit]

    def send_again(self, account: Account) -> None:
        if account.confirmed:
            return
        if account.key.is_first:
            account.key = Key("", self.now, is_first=True)
        self._send_confirmation(account)

    def enter_key(self, account: Account, visit: Visit, key: str) -> bool:
        if not self._insist(account, visit, key):
            return False
        visit.entered, visit.wrong = self.now, 0
        return True

    def change_key(self, account: Account, visit: Visit, key: str, new: str) -> Visit | None:
        if not self._insist(account, visit, key):
            return None
        self._own_key(account, new)
        if account.confirmed:
            self._offer_undo(account)
        return self._open_alone(account)

    def rename(self, account: Account, name: str) -> bool:
        if self._has_name(name, but=account):
            return False
        account.nickname = name
        return True

    def ask_to_move(self, account: Account, visit: Visit, email: str, key: str) -> bool:
        if email == account.email:
            return False
        if not self._is_recent(visit) and not self.enter_key(account, visit, key):
            return False
        self._move(account, email)
        return True

    def resend_move(self, account: Account, visit: Visit) -> None:
        if account.pending and self._is_recent(visit):
            self._move(account, account.pending)

    def cancel_move(self, account: Account) -> None:
        account.pending = None
        self._void(account, CHANGE)

    def _is_recent(self, visit: Visit) -> bool:
        entered = visit.entered
        return entered is not None and self.now < entered + timedelta(minutes=10)

    def _move(self, account: Account, email: str) -> None:
        account.pending = email
        self._void(account, CHANGE)
        if self.owner(email) is None:
            link = self._link(CHANGE, account, email, Key("", self.now, is_first=True))
            self.mailed.append(Mailed(email, link, link))
        if account.confirmed:
            self._offer_undo(account)

    def confirm(self, link: Link, visit: Visit | None) -> Visit | None:
        """`visit`: of the browser in which the button is pressed."""
        if not self._take(link):
            return None
        account = link.account
        knows_key = visit is not None and visit in account.visits and visit.entered is not None
        if not account.key.is_first and not knows_key:
            self._turn_key_off(account)
        account.confirmed = True
        self._end(account)
        return self._open(account)

    def confirm_move(self, link: Link, visitor: Account | None) -> tuple[bool, Visit | None]:
        """Whether it worked, and the new session of a visitor who is logged in as this one."""
        assert link.key is not None
        if not link.is_good(self.now) or self.owner(link.email):
            return False, None
        account = link.account
        self._take(link)
        if account.confirmed:
            self._offer_undo(account)
        self._end(account)
        account.email, account.key = link.email, replace(link.key, set_at=self.now)
        account.confirmed = True
        return True, self._open(account) if visitor is account else None

    def undo_move(self, link: Link) -> bool:
        account = link.account
        if not link.is_good(self.now) or account.closed or not self._is_free(link):
            return False
        self._take(link)
        account.email = link.email
        self._settle(link)
        return True

    def close(self, account: Account, visit: Visit, key: str) -> bool:
        if not self._insist(account, visit, key):
            return False
        owners = [
            link.email
            for link in self.links
            if link.kind == UNDO_EMAIL
            and link.account is account
            and not link.gone
            and self.now < link.made + LIFETIMES[UNDO_EMAIL]
            and link.email != account.email
        ]
        for email in dict.fromkeys([*owners, account.email]):
            link = self._link(UNDO_CLOSING, account, email)
            link.nickname = account.nickname
            self.mailed.append(Mailed(email, link))
        self._void(account, CONFIRM, CHANGE, UNDO_EMAIL)
        self._forget_codes(account)
        account.visits.clear()
        account.closed, account.pending = self.now, None
        return True

    def undo_closing(self, link: Link) -> bool:
        account = link.account
        if not link.is_good(self.now) or not self._is_free(link):
            return False
        self._take(link)
        account.email = link.email
        if account.closed:
            taken = self._has_name(link.nickname, but=account)
            account.nickname = "" if taken else link.nickname
        account.closed, account.confirmed = None, True
        self._settle(link)
        return True

    def ask_for_code(self, email: str, browser: str, path: str, digits: str) -> Code:
        code = Code(self.owner(email), browser, path, digits, self.now)
        if code.account:
            code.account.codes.append(code)
            for old in code.account.codes[:-1]:
                old.gone = old.gone or old.browser == browser
        return code

    def use_code(self, code: Code, browser: str, digits: str, new: str) -> bool | None:
        """Whether it worked; None if the page of this code is no more."""
        if self.now >= code.made + timedelta(hours=1) + LEEWAY:
            return None
        late = self.now >= code.made + timedelta(minutes=10)
        if browser != code.browser or code.gone or late or code.tries >= 5:
            return False
        if digits != code.digits or code.account is None:
            code.tries += 1
            return False
        code.account.confirmed = True
        self._own_key(code.account, new)
        code.account.visits.clear()
        return True

    def use_reset_link(self, code: Code, new: str) -> bool:
        late = self.now >= code.made + timedelta(minutes=10)
        if code.account is None or code.gone or late:
            return False
        code.account.confirmed = True
        self._own_key(code.account, new)
        code.account.visits.clear()
        return True

    def purge(self) -> None:
        for account in self.accounts[:]:
            never = not account.confirmed and not account.closed
            if never and account.created < self.now - timedelta(days=7):
                self._remove(account)
            if account.closed and account.closed < self.now - timedelta(days=7):
                self._remove(account)
