"""What holds of every deed in the model: sessions, what a link is worth, what ends together."""

from __future__ import annotations

from datetime import datetime, timedelta

from minimaluser.rules import rules
from tests.fuzz.people import (
    CHANGE,
    CONFIRM,
    UNDO_CLOSING,
    UNDO_EMAIL,
    Account,
    Key,
    Link,
    Mailed,
    Visit,
)


class Ground:
    """All accounts, links and codes, and the time."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.accounts: list[Account] = []
        self.links: list[Link] = []
        self.mailed: list[Mailed] = []

    def owner(self, email: str) -> Account | None:
        return next((a for a in self.accounts if a.email == email and not a.closed), None)

    def may_log_in(self, email: str, key: str) -> bool:
        owner = self.owner(email)
        return owner is not None and owner.key.opens(key, self.now)

    def account_of(self, visit: Visit | None) -> Account | None:
        """The account that a session is logged in to; using it keeps it alive."""
        if visit is None or self.now >= visit.seen + rules.session_idle_brief:
            return None
        if self.now >= visit.created + timedelta(days=30):
            return None
        found = next((a for a in self.accounts if any(v is visit for v in a.visits)), None)
        if found and self.now >= visit.seen + rules.session_seen_every:
            visit.seen = self.now
        return found

    # --- what deeds have in common

    def _has_name(self, name: str, *, but: Account) -> bool:
        others = [a for a in self.accounts if a is not but and not a.closed]
        return any(a.nickname and a.nickname.casefold() == name.casefold() for a in others)

    def _insist(self, account: Account, visit: Visit, key: str) -> bool:
        if account.key.opens(key, self.now):
            return True
        visit.wrong += 1
        if visit.wrong >= 5:
            self.log_out(visit)  # type: ignore[attr-defined]
        return False

    def _open(self, account: Account, *, entered: bool = True) -> Visit:
        visit = Visit(self.now, self.now, self.now if entered else None)
        account.visits = [*account.visits, visit][-10:]
        return visit

    def _open_alone(self, account: Account) -> Visit:
        account.visits.clear()
        return self._open(account)

    def _own_key(self, account: Account, text: str) -> None:
        account.key, account.pending = Key(text, self.now), None
        self._forget_codes(account)
        self._void(account, CONFIRM, CHANGE)
        if not account.confirmed:
            self._send_confirmation(account)

    def _turn_key_off(self, account: Account) -> None:
        account.key = Key("", self.now, is_off=True)

    def _end(self, account: Account) -> None:
        """Everything that ends whenever the address is proved."""
        account.pending = None
        self._forget_codes(account)
        self._void(account, CONFIRM, CHANGE)
        account.visits.clear()

    def _settle(self, link: Link) -> None:
        account = link.account
        self._end(account)
        self._turn_key_off(account)
        for other in self.links:
            undoes = other.kind in {UNDO_EMAIL, UNDO_CLOSING} and other.account is account
            same = other.kind == link.kind == UNDO_EMAIL and other.email == link.email
            if undoes and (other.number >= link.number or same):
                other.gone = True

    def _is_free(self, link: Link) -> bool:
        """Whether the address can be had back; who never confirmed it has to give way."""
        squatter = self.owner(link.email)
        if squatter is None or squatter is link.account:
            return True
        if squatter.confirmed:
            return False
        self._remove(squatter)
        return True

    def _remove(self, account: Account) -> None:
        self.accounts.remove(account)
        self._void(account, CONFIRM, CHANGE, UNDO_EMAIL, UNDO_CLOSING)
        self._forget_codes(account)

    def _take(self, link: Link) -> bool:
        good = link.is_good(self.now)
        link.gone = link.gone or good
        return good

    def _void(self, account: Account, *kinds: str) -> None:
        for link in self.links:
            if link.account is account and link.kind in kinds:
                link.gone = True

    def _forget_codes(self, account: Account) -> None:
        """Void all codes; whatever does so ends known browsers, too."""
        account.generation += 1
        for code in account.codes:
            code.gone = True

    def _link(self, kind: str, account: Account, email: str = "", key: Key | None = None) -> Link:
        link = Link(kind, account, self.now, len(self.links), email, key)
        self.links.append(link)
        return link

    def _offer_undo(self, account: Account) -> None:
        link = self._link(UNDO_EMAIL, account, account.email)
        self.mailed.append(Mailed(account.email, link))

    def _send_confirmation(self, account: Account) -> None:
        self._void(account, CONFIRM)
        link = self._link(CONFIRM, account)
        told = account if account.key.is_first else None
        self.mailed.append(Mailed(account.email, link, told))
