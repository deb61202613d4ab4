"""Guessing: what is typed is read in other forms, too, but a try stays one guess."""

from __future__ import annotations

from tests.abuse.attack import Trial, attack

FAILURES_AN_ACCOUNT = 10


@attack("CR4")
def a_try_is_one_guess(trial: Trial) -> None:
    """A thief who is near the key sends it in ten texts that are not the key: several keys parted
    by blanks, line ends, commas and NULs; in other letters, without its blanks, with a sign more.

    None of them opens the account, and each counts, whatever is around it.
    """
    site = trial.site
    owner = site.confirmed()
    key = owner.key
    texts = (
        f"a wrong key of mine {key}",
        f"{key}\na wrong key of mine",
        f"a wrong key of mine,{key},",
        f"a wrong key of mine\x00{key}",
        f"{key}\u2028{key}",
        key.upper(),
        key.replace(" ", ""),
        key.replace(" ", "-"),
        key[:-1],
        f" {key}? ",
    )
    for text in texts:
        thief = site.visitor()
        page = thief.post("/login", {"email": owner.email, "key": text})
        trial.check(page.status == 422, f"{text!r} is answered with {page.status}")
        trial.check(not thief.is_logged_in, f"{text!r} opens the account")
    for around in (" {}", "{}\u200b", "{}"):
        sent = {"email": owner.email, "key": around.format("a wrong key of mine")}
        page = site.visitor().post("/login", sent)
        trial.check(page.status == 429, f"try {len(texts) + 1} is answered with {page.status}")
    code_page, code = owner.elsewhere().code()
    trial.control(bool(code and code_page), "no code was mailed")


@attack("TK10")
def a_code_field_is_one_guess(trial: Trial) -> None:
    """Several codes are sent in one field, the right one among them.

    None is taken, and the right one alone is.
    """
    site = trial.site
    owner = site.confirmed()
    asker = owner.elsewhere()
    page, code = asker.code()
    trial.control(code, "no code was mailed")
    for text in (f"000000 {code}", f"{code} {code}", f"{code}\n000000", f"0{code}", f"{code}x"):
        answer = asker.use_code(page, text)
        trial.check(answer.status == 422, f"{text!r} is answered with {answer.status}")
    answer = asker.use_code(page, f" {code[:3]} {code[3:]}\u200b")
    trial.control(answer.status == 303, f"the right code is answered with {answer.status}")
