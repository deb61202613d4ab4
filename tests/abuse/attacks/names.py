"""Names that look alike: addresses of one mailbox, nicknames of one person."""

from __future__ import annotations

from tests.abuse.attack import Trial, attack
from tests.abuse.visitor import Person

SAME_NICKNAME = (
    lambda name: name.upper(),
    lambda name: name.swapcase(),
    lambda name: f"  {name}  ",
    lambda name: name.replace(" ", "  "),
    lambda name: name.replace(" ", "\u00a0"),
    lambda name: name.replace(" ", "\u3000"),
    lambda name: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name),
    lambda name: name.replace("k", "\u212a"),
    lambda name: name.replace("ss", "ß"),
    lambda name: name.replace("fi", "ﬁ"),
    lambda name: name.replace("e", "e\ufe0e"),
)
UNSEEN = (
    "a\u200bdmin",
    "a\u202edmin",
    "a\u2066dmin",
    "\u200d\u200d\u200d\u200d",
    "\u2800\u2800\u2800\u2800",
    "\u3164\u3164\u3164\u3164",
    "adm\u0000in",
    "adm\u00adin",
    "ad\ufeffmin",
    "a\u0301\u0301\u0301\u0301\u0301\u0301dmin",
    "ad\U000e0041min",
    "adm\u2028in",
    "adm\tin",
    "    ",
    "ab",
    "x" * 41,
)


def alike(email: str) -> dict[str, str]:
    """Spellings that mail programs or databases may take for this address (ending in fi@…)."""
    local, _, domain = email.partition("@")
    wide = "".join(chr(ord(c) + 0xFEE0) for c in local)
    return {
        "capitals": email.upper(),
        "blanks around": f"  {email}\t",
        "capitals in the domain": f"{local}@{domain.upper()}",
        "full-width letters": f"{wide}@{domain}",
        "a full-width at": f"{local}\uff20{domain}",
        "a ligature": f"{local.replace('fi', 'ﬁ')}@{domain}",
        "a dotless i": f"{local.replace('i', 'ı')}@{domain}",
        "the Kelvin sign": f"{local.replace('k', chr(0x212A))}@{domain}",
        "a long s": f"{local.replace('s', 'ſ')}@{domain}",
        "a Cyrillic a": f"{local.replace('a', 'а')}@{domain}",
        "a soft hyphen": f"{local[0]}\u00ad{local[1:]}@{domain}",
        "a zero-width blank": f"{local}\u200b@{domain}",
        "a dot behind": f"{email}.",
        "quotes": f'"{local}"@{domain}',
        "a comment": f"{local}(x)@{domain}",
        "full-width domain": f"{local}@{domain.replace('.', '．')}",
        "an ideographic dot": f"{local}@{domain.replace('.', '。')}",
        "a Kelvin domain": f"{local}@{domain.replace('k', chr(0x212A))}",
    }


@attack("IN2")
def a_mailbox_has_one_account(trial: Trial) -> None:
    """An address that has an account is signed up again in 18 spellings: capitals, ligatures,
    dotless i, full-width, Kelvin sign, quotes, dots; and an IDN domain in four.

    Never a second account for the mailbox; and a forgotten key is mailed only to the address that
    stands in the account, never to a look-alike.
    """
    site = trial.site
    for owner in (site.unconfirmed("ask.fi"), international(trial)):
        spellings = alike(owner.email) if owner.email.isascii() else {}
        local, _, domain = owner.email.partition("@")
        if "xn--" in domain:
            plain = domain.encode().decode("idna")
            spellings = {
                "IDN": f"{local}@{plain}",
                "IDN in capitals": f"{local}@{plain.upper()}",
                "IDN taken apart": f"{local}@{plain.replace('ü', 'u' + chr(0x308))}",
                "A-label in capitals": f"{local}@{domain.upper()}",
            }
        for name, spelling in spellings.items():
            older = {mail.id for mail in site.mailbox.read()}
            asker = Person(site, spelling)
            page = asker.post("/signup", {"email": spelling})
            trial.check(page.status < 500, f"{name}: {page.status}")
            got = [m for m in site.mailbox.read() if m.id not in older]
            same = [m.to for m in got if m.to.lower() == owner.email.lower()]
            trial.check(not asker.is_logged_in or not same, f"{name}: a second account")
            folded = [m.to for m in got if m.path("/confirm/") and m.to.isascii()]
            trial.check(not same or not folded, f"{name}: a second account for {folded}")
            asker.elsewhere().post("/forgot-key", {"email": spelling})
            late = [m.to for m in site.mailbox.read() if m.id not in older]
            wrong = [to for to in late if not to.isascii()]
            trial.check(not wrong, f"{name}: a mail to the look-alike {wrong}")


def international(trial: Trial) -> Person:
    """Somebody whose mailbox has an international domain, in the spelling that mail is sent to."""
    site = trial.site
    person = site.stranger("ann")
    local = person.email.partition("@")[0]
    person.post("/signup", {"email": f"{local}@bücher.example"})
    person.email = f"{local}@{'bücher.example'.encode('idna').decode()}"
    trial.control(person.mails(), "no mail went to the A-label of an international domain")
    return person


@attack("IN3")
def a_nickname_has_one_owner(trial: Trial) -> None:
    """A nickname that somebody has is taken in eleven spellings that look the same; and sixteen
    that cannot be seen, turn the text round, or are too short or long.

    Nobody gets any of them.
    """
    site = trial.site
    owner = site.unconfirmed("ann")
    name = f"Kissfish pike {owner.email[4:8]}"
    trial.control(owner.post("/profile/nickname", {"nickname": name}).status == 303, "not taken")
    for number, spelled in enumerate([*(change(name) for change in SAME_NICKNAME), *UNSEEN]):
        if number % 4 == 0:  # a nickname is changed five times a day at most
            other = site.unconfirmed("eve")
        before = other.portrait()
        page = other.post("/profile/nickname", {"nickname": spelled})
        trial.check(page.status < 500, f"{spelled!r}: {page.status}")
        trial.check(other.portrait() == before, f"{spelled!r} was given to somebody else")
