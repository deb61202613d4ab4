"""Reading: GET, HEAD and OPTIONS change nothing."""

from __future__ import annotations

from urllib.parse import urlencode

from minimaluser.testing.patterns import HTMX
from minimaluser.testing.people import NEW_KEY
from tests.abuse.attack import Trial, attack
from tests.abuse.visitor import Person


@attack("CS2")
def no_get_writes(trial: Trial) -> None:
    """Every address of the URL map, everything its pages link to, and every link in a mail is
    opened by its owner with GET, HEAD and OPTIONS, as page and fragment, plain and with a query
    that holds what its form would hold.

    The profile stays as it is, nobody is logged out, and no mail is sent.
    """
    site = trial.site
    owner = site.confirmed() if site.has_mailbox else site.unconfirmed()
    paths = {route.path for route in site.routes if not route.is_for_development}
    reader = owner.elsewhere()  # who looks for links must not spoil what is watched
    if owner.key:
        reader.log_in()
    for path in sorted(paths | {"/", "/profile"}):
        paths |= {a.partition("?")[0] for a in reader.open(path).addresses}
    if site.has_mailbox:
        paths |= waiting_links(owner)
    paths = {path for path in paths if not path.startswith("/static/")}
    query = urlencode(
        {
            "csrf_token": owner.token(),
            "nickname": "By a link",
            "email": "by-a-link@abuse.example",
            "current_key": owner.key,
            "new_key": NEW_KEY,
            "confirm_key": NEW_KEY,
            "seed": "fedcba9876543210",
            "code": "123456",
            "analysis": "y",
            "_method": "POST",
        }
    )
    before, mails = owner.portrait(), mails_of(owner)
    for path in sorted(paths):
        for address in (path, f"{path}?{query}"):
            for method in ("GET", "HEAD", "OPTIONS"):
                for headers in ({}, HTMX, {"X-HTTP-Method-Override": "POST"}):
                    status = owner.ask(method, address, headers=headers).status
                    trial.check(status < 500, f"{method} {address[:60]}: {status}")
        trial.check(owner.portrait() == before, f"GET {path} changed the profile")
        before = owner.portrait()
    trial.check(before != "guest", "the owner was logged out")
    trial.check(mails_of(owner) == mails, "a mail was sent")


def waiting_links(owner: Person) -> set[str]:
    """The links of a move that is under way."""
    new = owner.site.stranger("new").email
    move = owner.mail_after("/email/confirm/", lambda: owner.ask_to_move(new), to=new)
    undo = owner.site.mailbox.wait(owner.email, "/email/undo/", frozenset())
    return {move.path("/email/confirm/"), undo.path("/email/undo/"), owner.forget_key().path}


def mails_of(owner: Person) -> int:
    return len(owner.mails()) if owner.site.has_mailbox else 0
