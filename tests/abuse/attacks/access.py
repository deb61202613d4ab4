"""Access: who may come where, by every method."""

from __future__ import annotations

from minimaluser.testing.names import COOKIE, HEADER, PREFIX
from minimaluser.testing.patterns import HTMX
from tests.abuse.attack import Trial, attack
from tests.abuse.routes import METHODS, Route
from tests.abuse.visitor import Visitor

DEEDS = {"/logout", "/profile/delete", "/signup"}  # would end or change who walks


@attack("AZ1")
def nobody_comes_where_they_may_not(trial: Trial) -> None:
    """Every address of the URL map is asked for by a guest, an unconfirmed and a confirmed person,
    with all eight methods, as page and as fragment.

    What is not declared open sends a guest to the log-in page; what is for confirmed
    people is closed to others; a method that is not declared is a 405; TRACE is never answered;
    nothing is a 5xx.
    """
    site = trial.site
    people: dict[str, Visitor] = {"guest": site.visitor(), "unconfirmed": site.unconfirmed("ben")}
    if site.has_mailbox:
        people["confirmed"] = site.confirmed("ann")
    else:
        trial.note("without a confirmed person: needs MAILBOX")
    for route in site.routes:
        if route.is_for_development:
            continue
        for state, visitor in people.items():
            for method in METHODS:
                if method in {"POST", "PUT", "PATCH", "DELETE"} and route.rule in DEEDS:
                    continue
                for headers in ({}, HTMX):
                    walk(trial, route, state, visitor, method, headers)
    for state, visitor in people.items():
        alive = visitor.is_logged_in
        trial.control(alive == (state != "guest"), f"{state} is not what they were at the end")


def walk(
    trial: Trial,
    route: Route,
    state: str,
    visitor: Visitor,
    method: str,
    headers: dict[str, str],
) -> None:
    sent = {"csrf_token": tokens(visitor)} if method in {"POST", "PUT", "PATCH", "DELETE"} else None
    page = visitor.ask(method, route.path, sent, {"Sec-Fetch-Site": "same-origin", **headers})
    what = f"{method} {route.path} as {state}"
    trial.check(page.status < 500, f"{what}: {page.status}")
    if method == "TRACE":
        trial.check(page.status >= 400, f"{what}: {page.status}")
    if route.methods and method not in route.methods:
        trial.check(page.status == 405, f"{what} is not declared: {page.status}")
        return
    if method in {"OPTIONS", "TRACE"} or (not route.methods and method != "GET"):
        return
    if state == "guest" and not route.is_open:
        trial.check(page.goes_to_log_in, f"{what} is not sent to log in: {page.status}")
        trial.check(method == "HEAD" or "<form" not in page.text, f"{what} gets a form")
    if state == "unconfirmed" and route.is_for_confirmed:
        trial.check(page.status in {303, 401, 403} or page.location, f"{what}: {page.status}")


def tokens(visitor: Visitor) -> str:
    """A CSRF token, asked for once."""
    kept: str = getattr(visitor, "kept_token", "") or visitor.token()
    visitor.kept_token = kept  # type: ignore[attr-defined]
    return kept


@attack("AZ2")
def a_change_counts_at_once_everywhere(trial: Trial) -> None:
    """Somebody confirms and later deletes the account in one browser.

    The very next request of every other browser knows.
    """
    site = trial.site
    owner = site.stranger("ann")
    link = owner.sign_up()
    other = owner.elsewhere()
    other.log_in()
    trial.control(other.is_logged_in, "the second browser is not logged in")
    trial.control(owner.press(link).status == 303, "the link did not confirm")
    trial.check(not other.is_logged_in, "a session from before the confirmation lives on")
    trial.check(owner.is_confirmed, "the link has confirmed nothing")
    other.log_in()
    trial.control(other.is_confirmed, "the second browser is not confirmed")
    owner.leave()
    for route in site.routes:
        if not (route.is_open or route.is_for_development):
            page = other.ask("GET", route.path)
            trial.check(page.status != 200, f"{route.path} is open after deletion")


@attack("AZ1")
def nobody_gets_behind_the_stage(trial: Trial) -> None:
    """What tests may do to a site in development (`/dev/test/`) is asked for by who has not read
    the secret in its instance folder: with none, with a guess, in the header and in the cookie.

    There is nothing at these addresses, nobody is disabled, and no form is refused.
    """
    person = trial.site.unconfirmed("ben")
    form = {"email": person.email, "state": "disabled", "seconds": "0", "down": ""}
    for secret in ("", "x" * 64, "TEST_SECRET", "*"):
        for deed in ("clock", "people", "faults", ""):
            for method in ("GET", "POST", "PUT"):
                page = person.ask(method, PREFIX + deed, form, {HEADER: secret})
                trial.check(page.status == 404, f"{method} {PREFIX}{deed}: {page.status}")
        fault = {"Cookie": f"{COOKIE}=500:{secret}"}
        page = trial.site.visitor().ask("POST", "/logout", {}, fault)
        trial.check(page.status < 500, f"a form is answered with {page.status}")
    trial.check(person.is_logged_in, "somebody was disabled")


@attack("AZ1")
def nothing_of_development_is_public(trial: Trial) -> None:
    """The mailbox and the gallery of development, the debugger, and files that lie about are
    asked for. None is there.
    """
    guest = trial.site.visitor()
    paths = ["/.env", "/.git/HEAD", "/instance/secrets.json", "/static/../.env", "/console"]
    paths += ["/static/%2e%2e/%2e%2e/.env", "/static/..%2f..%2fpyproject.toml", "/server-status"]
    paths += ["/?__debugger__=yes&cmd=resource&f=debugger.js", "/metrics", "/site.db", "/.env.bak"]
    if trial.site.is_ours:
        trial.note("it runs in development here: the mailbox is meant to be open")
    else:
        paths += ["/dev/mailbox", "/dev/mailbox.json", "/dev/gallery"]
    for path in paths:
        page = guest.ask("GET", path)
        is_home = path.startswith("/?")
        bad = "DEBUGGER" in page.text or (page.status == 200 and not is_home)
        trial.check(not bad, f"{path}: {page.status}")
