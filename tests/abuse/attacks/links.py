"""The links in mails: each for one purpose, one time, and only for whom it was mailed to."""

from __future__ import annotations

from functools import partial

from minimaluser.testing.pages import Page
from minimaluser.testing.patterns import HTMX, JWT, KEY
from minimaluser.testing.people import NEW_KEY
from tests.abuse.attack import Trial, attack
from tests.abuse.visitor import Person

PLACES = (
    "/confirm/",
    "/email/confirm/",
    "/email/undo/",
    "/closing/undo/",
    "/reset-key/",
    "/reset-key/mail/",
)
FIELDS = {"Code": "000000", "New access key": NEW_KEY, "Confirm new access key": NEW_KEY}


@attack("TK2")
def purposes_are_not_exchanged(trial: Trial) -> None:
    """Every kind of token is tried at every address that takes one, by opening and by posting.

    Only its own address may accept it: nobody is logged in and the owner's profile stays.
    """
    site = trial.site
    for owner in (site.unconfirmed(), site.confirmed()):
        tokens = tokens_of(owner)
        before = owner.portrait()
        for own, token in tokens.items():
            for place in PLACES:
                if place == own:
                    continue
                thief = site.visitor()
                answers = [thief.press(place + token, FIELDS), thief.post(place + token, FIELDS)]
                accepted = not all(is_refused(answer) for answer in answers)
                what = f"a token for {own} at {place}"
                trial.check(not accepted, f"{what} was accepted")
                trial.check(not thief.is_logged_in, f"{what} logged a stranger in")
                now = owner.portrait()
                trial.check(now == before, f"{what} changed the account")
                before = now
        trial.control(owner.is_logged_in or trial.evidence, "the owner was logged out")


def tokens_of(owner: Person) -> dict[str, str]:
    """One living token of each kind that somebody can get to see, by where it belongs."""
    new = owner.site.stranger("new").email
    found = {"the session cookie": owner.user_token()}
    move = owner.mail_after("/email/confirm/", lambda: owner.ask_to_move(new), to=new)
    found["/email/confirm/"] = move.path("/email/confirm/")
    for mail in owner.mails():
        for place in ("/confirm/", "/email/undo/"):
            if path := mail.path(place):
                found.setdefault(place, path)
    asker = owner.elsewhere()
    answer = asker.fill_in("/forgot-key", {"email": owner.email})
    seen = [answer.location, asker.open(answer.location).text, *map(str, asker.http.cookies)]
    found["/reset-key/"] = " ".join(seen)
    mail = owner.site.mailbox.wait(owner.email, "/reset-key/mail/", frozenset())
    found["/reset-key/mail/"] = mail.path("/reset-key/mail/")
    matches = {place: JWT.search(text) for place, text in found.items()}
    return {place: match[0] for place, match in matches.items() if match}


def is_refused(answer: Page) -> bool:
    """Tell whether a link did nothing: no success, no form that could still do something."""
    if answer.status in {400, 404, 405, 410, 422, 429}:
        return True
    return 300 <= answer.status < 400 and not answer.location.endswith(("/profile", "/login"))


@attack("TK3")
def a_link_works_once(trial: Trial) -> None:
    """Each link is pressed again after it worked, here and in another browser.

    The second time nothing happens and nobody is logged in.
    """
    site = trial.site
    owner = site.stranger("ann")
    confirm = owner.sign_up()
    first = owner.press(confirm)
    trial.control(first.status == 303 and owner.is_logged_in, "the link did not confirm")
    new = site.stranger("new").email
    mail = owner.mail_after("/email/confirm/", lambda: owner.ask_to_move(new), to=new)
    move = mail.path("/email/confirm/")
    trial.control(owner.press(move).status == 303, "the new address could not be confirmed")
    undo = owner.site.mailbox.wait(owner.email, "/email/undo/", frozenset()).path("/email/undo/")
    trial.control(site.visitor().press(undo).status == 303, "the change could not be undone")
    owner.reset_key(NEW_KEY)
    owner.log_in()
    trial.control(owner.is_logged_in, "the owner is not in after the undo and a reset")
    before = owner.portrait()
    for link in (confirm, move, undo):
        thief = site.visitor()
        kind = link.rpartition("/")[0]
        for answer in (thief.press(link), thief.post(link), thief.post(link, headers=HTMX)):
            trial.check(is_refused(answer) or answer.location.startswith(kind), f"{kind} again")
        trial.check(not thief.is_logged_in, f"{kind}: a used link logs in")
        trial.check(owner.portrait() == before, f"{kind}: a used link changed the account")


@attack("TK5")
def a_newer_link_voids_the_older(trial: Trial) -> None:
    """The confirmation and the move are asked for twice, and the older link is pressed.

    It does nothing; the newer one works. A change of the key voids a move that is under way.
    """
    site = trial.site
    owner = site.stranger("ben")
    older = owner.sign_up()
    again = owner.mail_after("/confirm/", lambda: owner.fill_in("/confirm", {}, page="/profile"))
    newer = again.path("/confirm/")
    if fresh := KEY.search(again.text):  # the mail may bring another key
        owner.key = fresh[1]
    trial.control(newer and newer != older, "no second mail for confirming")
    thief = site.visitor()
    trial.check(is_refused(thief.press(older)), "the older link for confirming works")
    trial.check(not thief.is_logged_in, "the older link for confirming logs in")
    trial.control(owner.press(newer).status == 303, "the newer link did not confirm")
    moves = []
    for name in ("one", "two", "three"):
        new = site.stranger(name).email
        mail = owner.mail_after("/email/confirm/", lambda new=new: owner.ask_to_move(new), to=new)
        moves.append((new, mail.path("/email/confirm/")))
        if name == "two":
            new, link = moves[0]
            trial.check(is_refused(owner.press(link)), "the older move can be confirmed")
            trial.check(new not in owner.portrait(), "the older move is in force")
    owner.choose_key(NEW_KEY)
    new, link = moves[-1]
    trial.check(is_refused(owner.press(link)), "a move survives a change of the key")
    trial.check(new not in owner.portrait(), "a move from before the new key is in force")


@attack("TK7")
def the_page_of_a_link_has_no_token(trial: Trial) -> None:
    """Links are opened as a browser does it, and what it shows and keeps is looked at.

    The address and the page hold no token, scripts cannot read where it went, other sites are not
    told, and the button works.
    """
    links = [trial.site.stranger("ann").sign_up()]
    owner = trial.site.unconfirmed()
    mail = owner.mail_after("/reset-key/mail/", owner.forget_key)
    links.append(mail.path("/reset-key/mail/"))
    for link in links:
        token, kind = link.rpartition("/")[2], link.rpartition("/")[0]
        browser = trial.site.visitor()
        first = browser.ask("GET", link)
        page = browser.open(link)
        trial.control(page.status == 200 and page.main_form(), f"{kind}: no page with a button")
        trial.check(token not in page.path, f"{kind}: the token stays in the address")
        trial.check(token not in page.text, f"{kind}: the token stands in the page")
        for cookie in first.cookies:
            safe = token not in cookie or "httponly" in cookie.lower()
            trial.check(safe, f"{kind}: scripts can read the cookie with the token")
        for answer in (first, page):
            told = answer.headers.get("Referrer-Policy") != "no-referrer"
            trial.check(not told, f"{kind}: the address is told to other sites")
        values = {"New access key": NEW_KEY, "Confirm new access key": NEW_KEY}
        trial.control(browser.press(link, values).status == 303, f"{kind}: the button does nothing")


@attack("TK6")
def opening_a_link_changes_nothing(trial: Trial) -> None:
    """A mail scanner opens each link five times, with HEAD, with htmx and with a query.

    Nothing changes and nobody is logged in; the button on the page still works.
    """
    site = trial.site
    owner = site.stranger("ann")
    links = [owner.sign_up()]
    for step in ("confirm", "move", "undo"):
        before = owner.portrait()
        scanner = site.visitor()
        for link in links:
            for _ in range(5):
                scanner.open(link)
            scanner.ask("HEAD", link)
            scanner.ask("OPTIONS", link)
            scanner.ask("GET", link, headers=HTMX)
            scanner.open(f"{link}?confirm=1&csrf_token={scanner.token()}")
            trial.check(owner.portrait() == before, f"opening a link to {step} changed the account")
            trial.check(not scanner.is_logged_in, f"opening a link to {step} logged in")
        used = scanner.press(links[-1]) if step != "confirm" else owner.press(links[-1])
        worked = used.status == 303
        trial.control(worked or trial.evidence, f"the button to {step} did not work any more")
        if step == "confirm":
            new = site.stranger("new").email
            ask = partial(owner.ask_to_move, new)
            move = owner.mail_after("/email/confirm/", ask, to=new)
            links = [move.path("/email/confirm/")]
        elif step == "move":
            key = owner.key
            notice = site.mailbox.wait(owner.email, "/email/undo/", frozenset())
            links = [notice.path("/email/undo/")]
            owner = Person(site, owner.email, key)
