"""Somebody else's link, pressed by somebody who is logged in."""

from __future__ import annotations

from minimaluser.testing.people import NEW_KEY
from tests.abuse.attack import Trial, attack
from tests.abuse.visitor import Person

FIELDS = {"New access key": NEW_KEY, "Confirm new access key": NEW_KEY}


def links_of(other: Person) -> dict[str, str]:
    """A link of each kind that can be pressed by anybody, of a confirmed and an unconfirmed one."""
    site = other.site
    found = {"confirmation": other.sign_up()}
    owner = site.confirmed("ben")
    new = site.stranger("new").email
    mail = owner.mail_after("/email/confirm/", lambda: owner.ask_to_move(new), to=new)
    found["another address"] = mail.path("/email/confirm/")
    undo = site.mailbox.wait(owner.email, "/email/undo/", frozenset())
    found["undo"] = undo.path("/email/undo/")
    asker = site.confirmed("cleo")
    mail = asker.mail_after("/reset-key/mail/", asker.elsewhere().forget_key)
    found["reset"] = mail.path("/reset-key/mail/")
    return found


@attack("SE3")
def somebody_elses_link_is_refused_first(trial: Trial) -> None:
    """Somebody who is logged in presses the button of another account's link: at once by its
    address, and on a page that was opened before the log-in.

    The first press changes nothing and shows a page that names both accounts. Only the button of
    that page acts.
    """
    site = trial.site
    eve = site.confirmed("eve")
    for kind, link in links_of(site.stranger("ben")).items():
        before = eve.portrait()
        answer = eve.post(link, named(link))
        trial.check(answer.status == 422, f"{kind}: the first press is not refused")
        told = eve.email in answer.main
        trial.check(told, f"{kind}: the page does not say who is logged in")
        trial.check(eve.portrait() == before, f"{kind}: the account was swapped without a word")
        guest = eve.elsewhere()
        page = guest.open(link)
        form = page.main_form()
        trial.control(page.status == 200 and form, f"{kind}: the link is used up")
        guest.log_in()
        if form is not None:
            values = {name: value for name, value in FIELDS.items() if form.has(name)}
            answer = guest.submit(page, form, values)
        trial.check(
            answer.status in {403, 422}, f"{kind}: a page of before the log-in acts at once"
        )
        trial.check(eve.email in guest.portrait(), f"{kind}: the account was swapped")
        page = guest.open(link)
        trial.check(eve.email in page.main, f"{kind}: the page does not say who is logged in")
        pressed = guest.press(link, FIELDS)
        trial.control(pressed.status == 303, f"{kind}: the button never acts ({pressed.status})")


def named(link: str) -> dict[str, str]:
    """What a form without a page would send for the kind of link."""
    return {"new_key": NEW_KEY, "confirm_key": NEW_KEY} if "/reset-key/" in link else {}
