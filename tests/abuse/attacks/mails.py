"""Mails: to one person, with links to this site, and not too many."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from minimaluser.testing.mailbox import Mail
from minimaluser.testing.patterns import CODE
from tests.abuse.attack import Trial, attack
from tests.abuse.visitor import Person

MOST_A_DAY = 5
MOST_CODES = MOST_A_DAY + 1  # and one an hour more
VICTIM = "victim@smuggled.example"
HEADER = re.compile(r"^(to|cc|bcc):", re.IGNORECASE | re.MULTILINE)


def smuggled(email: str) -> list[str]:
    """An address with more than an address in it."""
    local, _, domain = email.partition("@")
    return [
        f"{email}\r\nBcc: {VICTIM}",
        f"{email}\nBcc: {VICTIM}",
        f"{email}\rCc: {VICTIM}",
        f"{email}%0d%0aBcc: {VICTIM}",
        f"{email},{VICTIM}",
        f"{email};{VICTIM}",
        f"{email} {VICTIM}",
        f"{email}\0{VICTIM}",
        f"{email}\u2028Bcc: {VICTIM}",
        f"{email}\x0bBcc: {VICTIM}",
        f"{VICTIM}, {email}",
        f"<{VICTIM}> {email}",
        f"{VICTIM}%{email}",
        f'"{VICTIM}\r\n"@{domain}',
        f"{local}\r\n@{domain}",
        f"{local}@{domain}\r\n\r\nBody of mine",
        f"{local}@{domain}>\r\nTo: <{VICTIM}",
        f"=?utf-8?q?{local}=0d=0aBcc:{VICTIM}?=@{domain}",
        f"{local}@[{domain}\r\nBcc:{VICTIM}]",
    ]


def is_clean(mail: Mail) -> bool:
    """Tell whether a mail goes to one address and its subject is one line."""
    return (
        "\n" not in mail.to + mail.subject
        and "\r" not in mail.to + mail.subject
        and mail.to.count("@") == 1
        and "," not in mail.to
        and VICTIM not in mail.to
        and not HEADER.search(mail.text)
    )


@attack("ML7")
def no_header_is_smuggled_into_a_mail(trial: Trial) -> None:
    """Line breaks, second addresses and encoded words stand in the address for signing up, for a
    forgotten key and for moving, and line breaks in the nickname that a mail greets.

    Nothing is sent to the second address, and each mail has one `To` and a subject of one line.
    """
    site = trial.site
    older = {mail.id for mail in site.mailbox.read()}
    owner = site.confirmed()
    for address in smuggled(site.stranger().email):
        owner.elsewhere().post("/signup", {"email": address})
        owner.elsewhere().post("/forgot-key", {"email": address})
    for address in smuggled(owner.email):
        page = owner.elsewhere().post("/forgot-key", {"email": address})
        trial.check(page.status < 500, f"{address!r}: {page.status}")
    for address in smuggled(site.stranger().email)[:3]:
        owner.post("/profile/email", {"email": address, "current_key": owner.key})
    for name in (f"Ann\r\nBcc: {VICTIM}", f"Ann%0d%0aBcc: {VICTIM}"[:40]):
        owner.post("/profile/nickname", {"nickname": name})
    owner.mail_after(CODE, owner.elsewhere().forget_key)
    for mail in site.mailbox.read():
        if mail.id not in older:
            trial.check(is_clean(mail), f"a mail to {mail.to!r} about {mail.subject!r}")
    trial.check(not site.mailbox.to(VICTIM), "the second address got a mail")


@attack("ML6")
def links_lead_to_this_site(trial: Trial) -> None:
    """A mail is asked for with another `Host`, `X-Forwarded-Host` and `Forwarded`.

    Its links lead to the site itself; or the request is refused.
    """
    site = trial.site
    ours = urlsplit(site.base).netloc
    for number, headers in enumerate(
        (
            {"Host": "evil.example"},
            {"X-Forwarded-Host": "evil.example"},
            {"Forwarded": "host=evil.example"},
            {"X-Original-Host": "evil.example", "X-Host": "evil.example"},
            {"Host": f"{ours}@evil.example"},
        )
    ):
        person = site.stranger()
        page = person.open("/signup")
        sent = page.form("Sign up").filled({"Email": person.email})
        cookies = "; ".join(f"{each.name}={each.value}" for each in person.http.cookies)
        # named here, or they would stay at home when the host is another
        answer = person.send("/signup", sent, {**headers, "Cookie": cookies})
        trial.control(answer.status != 403, f"{headers}: the form itself is refused")
        trial.check(answer.status < 500, f"{headers}: {answer.status}")
        mails = person.mails()
        hosts = {urlsplit(link).netloc for mail in mails for link in mail.links}
        trial.check(not any("evil" in host for host in hosts), f"{headers}: links to {hosts}")
        if number == 1:
            trial.control(mails, "nobody can sign up")


@attack("EN3")
def nobody_is_drowned_in_mails(trial: Trial) -> None:
    """A forgotten key is asked for eight times and an address signed up eight times, from as many
    network addresses; the mail for confirming is sent again eight times.

    Five mails a day come at most that the owner has not asked for, and of codes one an hour more.
    """
    site = trial.site
    owner = site.confirmed()
    older = len(owner.mails())
    for _ in range(8):
        owner.elsewhere().forget_key()
    sent = len(owner.mails()) - older
    trial.check(sent <= MOST_CODES, f"{sent} codes were mailed to one person")
    for _ in range(8):
        Person(site, owner.email).asks_to_sign_up()
    sent = len(owner.mails()) - older
    trial.check(sent <= MOST_CODES, f"{sent} mails to one person")
    new = site.unconfirmed()
    for _ in range(8):
        new.post("/confirm")
    sent = len(new.mails())
    trial.check(sent <= MOST_A_DAY, f"{sent} mails for confirming one address")
    wanted = site.stranger().email
    for _ in range(8):
        person = site.unconfirmed("eve")
        person.ask_to_move(wanted)
    sent = len(site.mailbox.to(wanted))
    trial.check(sent <= MOST_A_DAY, f"{sent} mails to somebody who never came here")
