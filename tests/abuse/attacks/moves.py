"""Moving to another address, and getting an account back."""

from __future__ import annotations

from minimaluser.testing.patterns import KEY
from minimaluser.testing.people import NEW_KEY
from tests.abuse.attack import Trial, attack


@attack("EM1")
def a_new_address_counts_when_confirmed(trial: Trial) -> None:
    """Somebody asks to move. The new address and the key mailed there are tried at once, and a
    code is asked for it; then it is confirmed and the old ones are tried.

    Before, only the old address and key work; afterwards only the new ones.
    """
    site = trial.site
    owner = site.confirmed()
    new = site.stranger("new").email
    mail = owner.mail_after("/email/confirm/", lambda: owner.ask_to_move(new), to=new)
    found = KEY.search(mail.text)
    fresh = found[1] if found else ""
    moved = owner.elsewhere()
    moved.email, moved.key = new, fresh
    trial.check(not moved.can_log_in(), "the new address logs in before it is confirmed")
    trial.check(not moved.can_log_in(owner.key), "the old key works with the new address")
    trial.check(not owner.can_log_in(fresh), "the mailed key is in force before it is confirmed")
    trial.check(owner.can_log_in(), "the old address does not log in any more")
    before = len(site.mailbox.to(new))
    owner.elsewhere().forget_key(new)
    trial.check(len(site.mailbox.to(new)) == before, "a code was mailed to the new address")
    trial.control(owner.press(mail.path("/email/confirm/")).status == 303, "it cannot be confirmed")
    trial.control(moved.can_log_in(), "the new address and key do not log in")
    trial.check(not owner.can_log_in(), "the old address still logs in")


@attack("EM2")
def who_lost_an_account_gets_it_back(trial: Trial) -> None:
    """A thief who knows the key moves the account away, confirms, changes the key, and moves it
    once more. Then the owner presses the first link that was mailed to the old address.

    The address is restored, the thief's sessions and links are dead, the thief's key too; no notice
    carries a key.
    """
    site = trial.site
    owner = site.confirmed()
    thief = owner.elsewhere()
    thief.log_in()
    first, second = site.stranger("thief").email, site.stranger("thief").email
    mail = thief.mail_after("/email/confirm/", lambda: thief.ask_to_move(first), to=first)
    undo = site.mailbox.wait(owner.email, "/email/undo/", frozenset()).path("/email/undo/")
    trial.control(thief.press(mail.path("/email/confirm/")).status == 303, "it cannot be confirmed")
    found = KEY.search(mail.text)
    thief.email, thief.key = first, found[1] if found else ""
    thief.choose_key(NEW_KEY)
    more = thief.mail_after("/email/confirm/", lambda: thief.ask_to_move(second), to=second)
    trial.check(not any(KEY.search(m.text) for m in owner.mails()[:-2]), "a notice has a key")
    trial.check(not owner.is_logged_in, "the owner's session survived a move")
    browser = site.visitor()
    trial.check(browser.press(undo).status < 400, "the undo link does not work")
    trial.check(not thief.is_logged_in, "the thief is still logged in")
    trial.check(not thief.can_log_in(), "the thief's key works at the thief's address")
    thief.email = owner.email
    trial.check(not thief.can_log_in(), "the thief's key works at the owner's address")
    site.visitor().press(more.path("/email/confirm/"))
    recovered = owner.elsewhere()
    page, code = recovered.code()
    trial.check(recovered.use_code(page, code, "owned once more by me").status == 303, "no reset")
    trial.check(recovered.can_log_in("owned once more by me"), "the owner cannot log in")


@attack("DL1")
def a_deleted_account_is_gone(trial: Trial) -> None:
    """Somebody deletes the account while logged in twice, with links and a code under way.

    Key, sessions, links and code are dead; nothing private is shown; the address can sign up again
    at once, with a nickname of its own, and the old link for confirming does nothing there.
    """
    site = trial.site
    owner = site.stranger("ann")
    link = owner.sign_up()
    owner.mail_after("/confirm/", lambda: owner.post("/confirm"))
    found = KEY.search(owner.mails()[0].text)
    owner.key = found[1] if found else owner.key
    owner.log_out()
    other = owner.elsewhere()
    for browser in (owner, other):  # with the mailed key: it ends what came without
        browser.log_in()
        trial.control(browser.is_logged_in, "the mailed key does not log in")
    new = site.stranger("new").email
    mail = owner.mail_after("/email/confirm/", lambda: owner.ask_to_move(new), to=new)
    page, code = owner.elsewhere().code()
    links = [link, *(m.path("/confirm/") for m in owner.mails()), mail.path("/email/confirm/")]
    stale = owner.twin()
    owner.leave()
    for what, visitor in {"here": owner, "elsewhere": other, "with old cookies": stale}.items():
        trial.check(not visitor.is_logged_in, f"still logged in {what}")
    trial.check(not owner.can_log_in(), "the key still works")
    for path in filter(None, links):
        visitor = site.visitor()
        visitor.press(path)
        trial.check(not visitor.is_logged_in, f"{path[:20]} still works")
    answer = owner.elsewhere().press(page.path, {"Code": code})
    trial.check(answer.status != 303, "the code still works")
    again = owner.elsewhere()
    again.sign_up()
    trial.check(again.is_logged_in, "the address cannot sign up again")
    before = again.portrait()
    for path in filter(None, links):
        site.visitor().press(path)
        trial.check(again.portrait() == before, f"{path[:20]} works on the new account")
