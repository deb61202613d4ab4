"""Fields: what nobody asked for is ignored, and what was typed is never more than text."""

from __future__ import annotations

from minimaluser.testing.patterns import HTMX, KEY
from minimaluser.testing.people import NEW_KEY
from tests.abuse.attack import Trial, attack
from tests.abuse.visitor import Person

TRUE = ("1", "true", "2020-01-01T00:00:00+00:00")
GRASPED = (
    "confirmed",
    "is_confirmed",
    "confirmed_at",
    "email_confirmed",
    "is_active",
    "is_admin",
    "admin",
    "is_staff",
    "role",
    "key_is_first",
    "disabled_at",
)
PAYLOADS = (
    '"><img src=x onerror=alert(1)>',
    "<script>alert(1)</script>",
    "</script><b>bold",
    "' onfocus=alert(1) x='",
    "<a hx-get=/logout>here",
    '" hx-get="/evil" x="',
    "<!--<iframe>",
    "{{7*7*191}}",
    "{% raw %}x",
    "${7*7*191}",
    "\\u003cimg>",
    "<svg/onload=a>",
)
FEW = 9  # a form has twenty fields at most
RESULT = str(7 * 7 * 191)
ODD = (
    "",
    " ",
    "\0",
    "\x00\x01\x1f",
    "\r\nX-Evil: 1",
    "%s%n%x",
    "' OR 1=1 --",
    "1; DROP TABLE users",
    "../../../etc/passwd",
    "\u202etxt.exe",
    "a" * 4900,
    "é" * 900,
    "😀" * 400,
    "\u0301" * 300,
    "\ud800".encode("utf-8", "surrogatepass"),
    b"\xff\xfe\x80",
    "NaN",
    "-1",
    "9" * 400,
    "a@" + "b." * 200 + "com",
    "aaaaaaaaaaaaaaaaaaaaaaaaaa@" * 40,
    '"' * 300 + "@example.org",
    "(((((((((((((((((((((((((((((((a@example.org",
    "[]",
    "{}",
    "null",
)
FIELDS = (
    "email",
    "key",
    "nickname",
    "seed",
    "code",
    "new_key",
    "confirm_key",
    "analysis",
    "keep",
    "next",
)


@attack("AZ5")
def nobody_grants_themselves_anything(trial: Trial) -> None:
    """Sign-up, log-in and every form of the profile are sent with fields that they do not have:
    confirmed, admin, somebody else's id, address, nickname, and the names of all columns.

    Only what the form has changes: the address stays unconfirmed and the other person is as before.
    """
    site = trial.site
    victim = site.unconfirmed("ann")
    before = victim.portrait()
    extra = {name: value for name in GRASPED for value in TRUE[:1]}
    extra |= {"confirmed_at": TRUE[2], "pending_email": victim.email, "email_key": victim.email}
    extra |= {"id": "1", "user_id": "1", "user": "1", "_user_id": "1", "tile_name": "x"}
    extra |= {"tile_svg": "<svg/>", "key_hash": "x", "user-confirmed": "1", "form.confirmed": "1"}
    thief = site.stranger("eve")
    page = thief.open("/signup")
    sent = page.form("Sign up").filled({"Email": thief.email})
    first, *rest = [dict(list(extra.items())[at : at + FEW]) for at in range(0, len(extra), FEW)]
    thief.send("/signup", {**first, "nickname": "Granted to me", **sent})
    if site.has_mailbox:
        mail = site.mailbox.wait(thief.email, KEY, frozenset())
        found = KEY.search(mail.text)
        thief.key = found[1] if found else ""
        if not thief.is_logged_in:
            thief.log_in()
    trial.control(thief.is_logged_in, "the thief is not logged in")
    looks(trial, thief, "sign-up")
    for path, values in {
        "/login": {"email": thief.email, "key": thief.key},
        "/profile/nickname": {"nickname": f"Plain {thief.email[4:12]}"},
        "/profile/tile": {"seed": "0123456789abcdef"},
        "/profile/email": {"email": site.stranger("new").email, "current_key": thief.key},
        "/profile/key": {"current_key": thief.key, "new_key": NEW_KEY, "confirm_key": NEW_KEY},
        "/cookies": {"analysis": "y"},
        "/confirm": {},
    }.items():
        who = thief.elsewhere() if path == "/login" else thief
        more = {"email": victim.email, "nickname": "Granted to me"}
        for some in (first, *rest):
            who.post(path, {**some, **more, **values}, HTMX if some is first else {})
        looks(trial, thief, path)
    trial.check(victim.portrait() == before, "the other person was changed")


def looks(trial: Trial, thief: Person, path: str) -> None:
    """The thief is who they were: unconfirmed, with no nickname that they were not to choose."""
    portrait = thief.portrait()
    trial.check(not thief.is_confirmed, f"{path}: confirmed by a field")
    trial.check("Granted to me" not in portrait, f"{path}: the nickname was set on the way")
    trial.check(portrait == "guest" or thief.email in portrait, f"{path}: the address was set")


@attack("CS6")
def what_was_typed_is_only_text(trial: Trial) -> None:
    """Markup, handlers and template code are typed as nickname, address, `next` and in addresses.

    They come back escaped or not at all, wherever they are shown; nothing is worked out.
    """
    site = trial.site
    names = 5  # a day and an account
    owner = site.unconfirmed("ann")
    for number, payload in enumerate(PAYLOADS):
        if number and number % (names - 1) == 0:
            owner = site.unconfirmed("ann")
        eve = site.visitor()
        answers = [
            owner.post("/profile/nickname", {"nickname": payload[:40]}),
            owner.open("/profile"),
            owner.open("/"),
            owner.open("/profile/delete"),
            owner.post("/profile/nickname", {"nickname": payload * 9}),
            owner.post("/check/nickname/nickname", {"nickname": payload}),
            eve.post("/login", {"email": payload, "key": payload, "next": payload}),
            eve.post("/signup", {"email": payload}),
            eve.post("/forgot-key", {"email": f"{payload}@example.org"}),
            eve.ask("GET", "/login", headers={"Referer": "x"}),
            eve.open(f"/login?next=/{payload}"),
            eve.open(f"/nowhere/{payload}?{payload}"),
            eve.open(f"/check/{payload}/x"),
            eve.ask("GET", "/", headers={"Accept-Language": payload, "User-Agent": payload}),
        ]
        for page in answers:
            is_markup = payload[:40] in page.text and any(c in payload for c in "<>\"'")
            trial.check(not is_markup, f"{page.path}: {payload!r} comes back as markup")
            trial.check(RESULT not in page.text, f"{page.path}: {payload!r} was worked out")
            trial.check(page.status < 500, f"{page.path}: {payload!r}: {page.status}")
    trial.control("onload" in owner.portrait(), "no nickname was ever taken")


@attack("IN4")
def no_text_is_an_error(trial: Trial) -> None:
    """26 odd texts (controls, surrogates, bytes, very long, slow for patterns) go into every field
    of every address that takes a form, as a guest and logged in, with htmx and without.

    Never a 5xx, and none takes more than five seconds.
    """
    site = trial.site
    owner = site.confirmed() if site.has_mailbox else site.unconfirmed()
    posts = [r.path for r in site.routes if "POST" in r.methods]
    posts = [path for path in posts if path not in {"/logout", "/profile/delete"}]
    posts = posts or ["/login", "/signup", "/forgot-key", "/cookies"]
    for number, text in enumerate(ODD):
        guest = site.visitor()
        headers = HTMX if number % 2 else {}
        for who in (guest, owner):
            for path in posts:
                sent = dict.fromkeys(FIELDS, text)
                page = who.post(path, sent, headers)
                trial.check(page.status < 500, f"{path} with {text[:20]!r}: {page.status}")
                trial.check(page.seconds < 5, f"{path} with {text[:20]!r}: {page.seconds:.1f} s")
    trial.control(owner.portrait() != "guest", "the owner was logged out, so half was not tried")


@attack("IN5")
def other_kinds_of_bodies_are_no_forms(trial: Trial) -> None:
    """A change is sent as JSON, as XML, as plain text, in the query, and with doubled fields.

    Nothing changes by any but a form, and no answer is a 5xx.
    """
    owner = trial.site.unconfirmed("ann")
    before = owner.portrait()
    token = owner.token()
    form = f"nickname=By+body&csrf_token={token}"
    for kind, body in {
        "application/json": f'{{"nickname": "By body", "csrf_token": "{token}"}}',
        "application/xml": "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
        "text/plain": form,
        "application/octet-stream": form,
        "": form,
        "multipart/form-data": form,
        "multipart/form-data; boundary=": form,
        "application/x-www-form-urlencoded; charset=utf-7": form.replace("By", "+AEI-y"),
    }.items():
        headers = {"Content-Type": kind, "X-CSRFToken": token, "X-CSRF-Token": token}
        headers |= {"Sec-Fetch-Site": "same-origin"}
        page = owner.ask("POST", "/profile/nickname", body.encode(), headers)
        trial.check(page.status < 500, f"{kind or 'no type'}: {page.status}")
        if "utf-7" not in kind:
            trial.check(owner.portrait() == before, f"{kind or 'no type'}: was taken for a form")
    owner.post(f"/profile/nickname?nickname=By+query&csrf_token={token}")
    trial.check("By query" not in owner.portrait(), "a query was taken for a form")
    page = owner.post("/profile/nickname", {"nickname": ["First of two", "Second of two"]})
    trial.check(page.status < 500, f"doubled fields: {page.status}")
