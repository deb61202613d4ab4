"""Redirects: they lead to places inside the site only."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from minimaluser.testing.patterns import HTMX
from tests.abuse.attack import Trial, attack
from tests.abuse.visitor import Visitor

EVIL = "evil.example"
TARGETS = (
    f"https://{EVIL}/",
    f"//{EVIL}",
    f"///{EVIL}",
    f"////{EVIL}/x",
    f"/\\{EVIL}",
    f"\\\\{EVIL}",
    f"/\\/{EVIL}",
    f"https:{EVIL}",
    f"https:/{EVIL}",
    f"http:\\\\{EVIL}",
    f"//{EVIL}/%2e%2e",
    f"/%09/{EVIL}",
    f"/\t/{EVIL}",
    f"/\n/{EVIL}",
    f"\t//{EVIL}",
    f" //{EVIL}",
    f"/x\r\nLocation: https://{EVIL}",
    f"/x\r\nSet-Cookie: a=b; domain={EVIL}",
    f"javascript:alert('{EVIL}')",
    f"data:text/html,{EVIL}",
    f"//user@{EVIL}",
    f"https://127.0.0.1@{EVIL}",
    f"//{EVIL}\\@127.0.0.1",
    f"/．{EVIL}",
    f"//{EVIL}。com",
    f"/{'x' * 5000}//{EVIL}",
    f"/..//{EVIL}",
    f"./../{EVIL}//",
)
NAMES = {"next", "return_to", "redirect", "redirect_to", "continue", "url", "back"}
REFERER = re.compile(r"[^!-~]")
PATHS = (f"//{EVIL}/", f"//{EVIL}/%2e%2e", f"/%5c{EVIL}", f"//{EVIL}/about", f"/%2f{EVIL}/..")


def leads_away(base: str, location: str) -> bool:
    """Tell whether a browser that follows this leaves the site, or reads a header in it."""
    if "\r" in location or "\n" in location:
        return True
    seen = location.replace("\t", "").strip().replace("\\", "/")
    target = urlsplit(urljoin(f"{base}/login", seen))
    return target.netloc != urlsplit(base).netloc or target.scheme not in {"http", "https"}


@attack("AZ4")
def nobody_is_sent_to_another_site(trial: Trial) -> None:
    """Addresses outside in every spelling stand in `next` when somebody logs in, signs up
    and chooses cookies, in the query and in the form, with htmx and without, and in the path.

    Every redirect stays inside, and no header is smuggled in. Control: a path inside is kept.
    """
    site = trial.site
    owner = site.unconfirmed("ann")
    trial.control(owner.key or not site.has_mailbox, "no key to log in with")
    for number, target in enumerate(("/about", *TARGETS)):
        for path in places(site.visitor()):
            if path == "/login" and not owner.key:
                continue
            visitor = site.stranger() if path == "/signup" else owner.elsewhere()
            page = visitor.ask("GET", path)
            sent = {"csrf_token": page.token, "email": visitor.email, "key": owner.key}
            sent |= dict.fromkeys(sorted(NAMES), target)
            headers = {"Sec-Fetch-Site": "same-origin", **(HTMX if number % 3 == 2 else {})}
            answer = visitor.ask("POST", path, sent, headers)
            if target == "/about":
                trial.control(answer.location == target, f"{path} forgets where one was going")
                continue
            away = leads_away(site.base, answer.location)
            trial.check(not away, f"{path} leads to {answer.location!r}")
            smuggled = "domain=" in str(answer.cookies)
            trial.check(not smuggled, f"{path}: a header through {target!r}")
    for path in PATHS:
        location = site.visitor().ask("GET", path).location
        trial.check(not leads_away(site.base, location), f"GET {path} leads to {location!r}")
    for target in TARGETS:
        location = owner.ask(
            "GET", "/login", headers={"Referer": REFERER.sub("", target)[:100]}
        ).location
        trial.check(not leads_away(site.base, location), f"the Referer leads to {location!r}")


def places(visitor: Visitor) -> list[str]:
    """Where a form has a field that says where to go on."""
    found = set()
    for path in ("/login", "/cookies", "/signup", "/forgot-key"):
        for form in visitor.open(path).forms:
            if form.method == "POST" and any(field.name in NAMES for field in form.fields):
                found.add(form.action or path)
    return sorted(found)
