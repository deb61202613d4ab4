"""Sessions: fixed, stolen, and what ends them."""

from __future__ import annotations

import re
from collections.abc import Callable

from minimaluser.testing.patterns import HTMX
from minimaluser.testing.people import NEW_KEY, OWN_KEY
from tests.abuse.attack import Trial, attack
from tests.abuse.attacks.enumeration import plain
from tests.abuse.routes import NOTHING, Route, things
from tests.abuse.visitor import Person, Visitor

NUMBERED = re.compile(r"/\d+(/|$)")


@attack("SE3")
def a_planted_cookie_is_not_logged_in(trial: Trial) -> None:
    """A thief plants the cookies of their own visit in the owner's browser, who then logs in.

    The thief's copy stays a guest. It is the same after signing up, confirming, and for a copy
    taken before the key changes.
    """
    site = trial.site
    owner = site.confirmed()

    def logs_in() -> Visitor:
        victim = owner.elsewhere()
        thief = planted(victim)
        victim.log_in()
        trial.control(victim.is_logged_in, "the owner could not log in")
        return thief

    def signs_up() -> Visitor:
        victim = site.stranger()
        thief = planted(victim)
        victim.sign_up()
        return thief

    def confirms() -> Visitor:
        signed = site.stranger()
        link = signed.sign_up()
        victim = signed.elsewhere()
        thief = planted(victim)
        victim.press(link)
        trial.control(victim.is_logged_in, "confirming did not log in")
        return thief

    def changes_the_key() -> Visitor:
        thief = owner.twin()
        trial.control(thief.is_logged_in, "a copied cookie does not work at all")
        owner.choose_key(NEW_KEY)
        return thief

    for deed in (logs_in, signs_up, confirms, changes_the_key):
        thief = deed()
        what = deed.__name__.replace("_", " ")
        trial.check(not thief.is_logged_in, f"a cookie from before is good when the owner {what}")
    value = owner.cookie()[1]
    owner.log_out()
    owner.log_in()
    trial.check(owner.cookie()[1] != value, "the session cookie stays the same after log-in")


def planted(victim: Person) -> Visitor:
    """Give somebody the cookies of a visit, and return who made the visit."""
    thief = Visitor(victim.site)
    thief.open("/login")
    thief.open("/signup")
    victim.http.cookies.update(thief.http.cookies.copy())
    return thief


@attack("SE5")
def a_stolen_cookie_dies_with_the_session(trial: Trial) -> None:
    """A thief copies the cookies; then the owner does one thing that must end the thief's visit.

    Tried: log out, change the key, reset it, move to another address, delete the account.
    """
    site = trial.site

    def moves(owner: Person) -> None:
        new = site.stranger("new").email
        mail = owner.mail_after("/email/confirm/", lambda: owner.ask_to_move(new), to=new)
        owner.press(mail.path("/email/confirm/"))

    def resets(owner: Person) -> None:
        elsewhere = owner.elsewhere()
        elsewhere.use_code(*elsewhere.code())

    deeds: dict[str, Callable[[Person], object]] = {
        "log-out": lambda owner: owner.log_out(),
        "a change of the key": lambda owner: owner.choose_key(NEW_KEY),
        "a reset of the key": resets,
        "a move to another address": moves,
        "deletion": lambda owner: owner.leave(),
    }
    for name, deed in deeds.items():
        owner = site.confirmed()
        other = owner.elsewhere()
        other.log_in()
        copies = {"a copy": owner.twin()}
        if name != "log-out":
            copies |= {"another session": other, "a copy of another session": other.twin()}
        trial.control(all(copy.is_logged_in for copy in copies.values()), f"{name}: no session")
        deed(owner)
        for what, copy in copies.items():
            page = copy.ask("GET", "/profile")
            trial.check(page.status != 200, f"{what} is still good after {name}")
            trial.check(owner.email not in page.text, f"{what} still shows something after {name}")


@attack("SE6")
def a_stranger_cannot_sign_up_before_the_owner(trial: Trial) -> None:
    """A thief signs up with somebody else's address, keeps the session and asks to move it.

    Once the owner confirms, the thief is a guest, the thief's move is void, and the thief
    is never confirmed.
    """
    site = trial.site
    owner = site.stranger("ann")
    thief = Person(site, owner.email)
    link = thief.sign_up()
    copy = thief.twin()
    mine = site.stranger("thief").email
    move = thief.mail_after("/email/confirm/", lambda: thief.ask_to_move(mine), to=mine)
    trial.check(not thief.is_confirmed, "the thief is confirmed without the mail")
    trial.control(owner.press(link).status == 303, "the owner could not confirm")
    trial.control(owner.is_logged_in, "the owner is not logged in")
    for visitor in (thief, copy):
        trial.check(not visitor.is_logged_in, "the thief's session was not ended")
        trial.check(not visitor.is_confirmed, "the thief is confirmed")
    site.visitor().press(move.path("/email/confirm/"))
    trial.check(mine not in owner.portrait(), "the thief's move took the account away")
    trial.check(owner.is_logged_in, "the thief's move logged the owner out")


@attack("SE2")
def cookies_are_kept_close(trial: Trial) -> None:
    """Every Set-Cookie on the way of a visitor is read.

    HttpOnly, SameSite, a path and no domain; Secure and `__Host-` where the site speaks TLS; no
    more than 4,096 bytes.
    """
    site = trial.site
    visitor = site.stranger()
    lines: list[str] = []
    for path in ("/", "/login", "/signup", "/forgot-key", "/cookies", "/nowhere"):
        lines += visitor.ask("GET", path).cookies
    lines += visitor.post("/cookies", {"analysis": "y"}).cookies
    lines += visitor.fill_in("/login", {"email": visitor.email, "key": "x"}).cookies
    lines += visitor.fill_in("/forgot-key", {"email": visitor.email}).cookies
    if site.has_mailbox:
        lines += visitor.asks_to_sign_up().cookies
        lines += visitor.open("/profile").cookies
    trial.control(lines, "no cookie was ever set")
    for line in lines:
        name, _, _ = line.partition("=")
        words = {part.strip().lower() for part in line.split(";")[1:]}
        trial.check("httponly" in words, f"{name} can be read by scripts")
        trial.check({"samesite=lax", "samesite=strict"} & words, f"{name} has no SameSite")
        trial.check("path=/" in words, f"{name} has no path /")
        trial.check(not any(w.startswith("domain") for w in words), f"{name} has a domain")
        trial.check(len(line) <= 4096, f"{name} has {len(line)} bytes")
        if site.base.startswith("https"):
            trial.check("secure" in words, f"{name} is not Secure")
            if "session" in name:
                trial.check(name.startswith("__Host-"), f"{name} has no prefix")


@attack("SE7")
def guessing_the_key_ends_the_session(trial: Trial) -> None:
    """A thief with a stolen session guesses the key at every form that asks for it.

    After a few wrong ones the session is over or the site asks to wait; nothing changes.
    """
    owner = trial.site.confirmed()
    thief = owner.twin()
    stopped = False
    for number in range(8):
        page = thief.ask("GET", "/profile/key")
        if page.status != 200:
            stopped = True
            break
        guess = f"a wrong key, number {number}"
        sent = {"current_key": guess, "new_key": NEW_KEY, "confirm_key": NEW_KEY}
        answer = thief.send("/profile/key", {"csrf_token": page.token, **sent})
        trial.check(answer.status != 200 and answer.location != "/profile", "a wrong key works")
        if answer.status == 429:
            stopped = True
            break
    trial.check(stopped, "eight wrong keys, and the session still takes more")
    trial.check(owner.can_log_in(), "the key was changed, or the owner is locked out")
    trial.check(not owner.can_log_in(NEW_KEY), "the key was changed with a wrong one")


@attack("CR6")
def a_session_alone_does_not_change_the_key(trial: Trial) -> None:
    """A thief with a stolen session changes the key, and deletes, without knowing the key.

    Empty, missing and wrong keys are refused, and with them doubled fields.
    """
    owner = trial.site.confirmed()
    thief = owner.twin()
    new = {"new_key": OWN_KEY + "!", "confirm_key": OWN_KEY + "!"}
    for current in ({}, {"current_key": ""}, {"current_key": " "}, {"current_key": ["", "x"]}):
        thief.post("/profile/key", {**new, **current})
        trial.check(not owner.can_log_in(OWN_KEY + "!"), f"the key was changed with {current}")
        thief.post("/profile/delete", current)
        trial.check(owner.can_log_in(), f"the account was deleted with {current}")


@attack("AZ3")
def somebody_elses_things_stay_theirs(trial: Trial) -> None:
    """Every numbered address on one person's pages is posted to and opened by another person; then
    every address of the URL map that names something of somebody's (`THINGS` in `routes.py`), with
    a thing made for it, by another person and a guest.

    Nothing of the owner changes, sessions included, and the answer is that of a thing that nobody
    has.
    """
    site = trial.site
    owner, other = site.confirmed(), site.confirmed("eve")
    second = owner.elsewhere()
    second.log_in()
    pages = ["/profile", *sorted(r.path for r in site.routes if r.rule.startswith("/profile"))]
    mine = {address for path in pages for address in other.open(path).addresses}
    theirs = {address for path in pages for address in owner.open(path).addresses} - mine
    numbered = sorted(a for a in theirs if NUMBERED.search(a))
    before = owner.portrait()
    for address in numbered:
        other.post(address)
        other.ask("GET", address)
        trial.check(owner.portrait() == before, f"{address} works for somebody else")
    for address in sorted(theirs - set(numbered)):
        page = other.ask("GET", address)
        trial.check(owner.email not in page.text, f"{address} shows the owner's address")
    trial.check(owner.is_logged_in and second.is_logged_in, "somebody else ended a session")
    for route in site.routes:
        if route.names_a_thing:
            makes = things().get(route.rule)
            trial.check(makes, f"routes.py does not say what is behind {route.rule}")
            if makes:
                ask_for_it(trial, route, makes(owner), owner, other)


def ask_for_it(trial: Trial, route: Route, number: str, owner: Person, other: Person) -> None:
    """Ask for something of the owner's as somebody else and as nobody."""
    there, nowhere = route.at(number), route.at(str(NOTHING))
    before = owner.portrait()
    for who, visitor in {"somebody else": other, "a guest": trial.site.visitor()}.items():
        for method in sorted(route.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            for headers in ({}, HTMX):
                answers = []
                for address in (there, nowhere):
                    sent = {"csrf_token": visitor.token()} if method != "GET" else None
                    heads = {"Sec-Fetch-Site": "same-origin", **headers}
                    page = visitor.ask(method, address, sent, heads)
                    said = plain(page)
                    answers.append((said[0], said[1].replace(address, "…"), page.location))
                same = answers[0][:2] == answers[1][:2]
                what = f"{method} {there} as {who}"
                trial.check(same, f"{what}: {answers[0][0]}, where nothing is {answers[1][0]}")
                trial.check(owner.portrait() == before, f"{what} changes something of the owner's")
