"""Every action of the map of the account life, as somebody at a browser does it (`walks.py`)."""

from __future__ import annotations

import re

from e2e.pages.confirm_page import ConfirmPage
from e2e.pages.forgot_key_page import ForgotKeyPage
from e2e.pages.key_entry_page import KeyEntryPage
from e2e.pages.login_page import LoginPage
from e2e.pages.reset_key_page import ResetKeyPage
from e2e.pages.signup_page import SignupPage
from e2e.pages.undo_page import UndoPage
from e2e.walks import DEEDS, GONE, Aside, Deed, Walk
from minimaluser.testing.mailbox import Mail
from minimaluser.testing.settled import settled


def deed(function: Deed) -> Deed:
    """Register a function under the name of its action, with blanks for underscores."""
    DEEDS[function.__name__.replace("_", " ")] = function
    return function


@deed
def sign_up(walk: Walk) -> bool:
    walk.go_out()
    page = SignupPage(walk.page).open()
    page.sign_up_as(walk.person.email)
    settled(walk.page)
    if page.heading.inner_text() != "Profile":
        return False
    walk.person.key, walk.has_first_key = walk.mailbox.key_to(walk.person.email), True
    return True


@deed
def have_the_mail_sent_again(walk: Walk) -> bool:
    if not walk.come_in():
        return False
    walk.profile.open()
    button = walk.page.get_by_role("button", name=re.compile("Send the mail"))
    if not button.count():
        return False
    button.click()
    if not walk.hears("sent the mail"):
        raise Aside  # one is on its way
    if walk.has_first_key:
        walk.person.key = walk.mailbox.key_to(walk.person.email)
    return True


@deed
def confirm(walk: Walk) -> bool:
    if walk.open_newest("/confirm/") is None:
        return False
    ConfirmPage(walk.page).confirm()
    return walk.hears("Your email is confirmed")


@deed
def log_in(walk: Walk) -> bool:
    walk.come_in()
    walk.go_out()
    page = LoginPage(walk.page).open()
    page.log_in(walk.person.email, walk.person.key or "no key at all")
    return walk.hears("Welcome back")


@deed
def log_out(walk: Walk) -> bool:
    walk.come_in()
    walk.profile.open()
    if walk.profile.heading.inner_text() != "Profile":
        return False
    walk.profile.button("Change nickname").click()
    nickname = settled(walk.page).get_by_label("Nickname", exact=True).input_value()
    walk.profile.log_out(nickname)
    return walk.hears("You are logged out")


@deed
def enter_the_access_key_again(walk: Walk) -> bool:
    walk.come_in()
    page = KeyEntryPage(walk.page).open()
    if page.heading.inner_text() != page.title:
        return False
    page.enter(walk.person.key)
    settled(walk.page)
    return page.heading.inner_text() != page.title


@deed
def change_the_nickname(walk: Walk) -> bool:
    if not _is_on_profile(walk):
        return False
    walk.profile.change_nickname(f"Walker {walk.random.randrange(10**9)}")
    return walk.hears("Your nickname is changed")


@deed
def draw_a_new_tile(walk: Walk) -> bool:
    if not _is_on_profile(walk):
        return False
    walk.profile.draw_a_new_tile()
    walk.profile.save()
    return walk.hears("Your new tile is in place")


@deed
def change_the_access_key(walk: Walk) -> bool:
    if not _is_on_profile(walk):
        return False
    key = walk.new_key()
    walk.profile.change_key(walk.person.key, key)
    if not walk.hears("Your access key is changed"):
        return False
    walk.person.key = key
    return True


@deed
def have_a_new_access_key_shown(walk: Walk) -> bool:
    if walk.has_account and not walk.has_first_key:
        raise Aside  # only the first key is replaced so
    walk.come_in()
    walk.profile.open("/profile/first-key")
    if not walk.profile.button("Show me a new key once").count():
        return False
    walk.profile.press("Show me a new key once")
    walk.person.key = walk.page.get_by_role("code").inner_text()
    walk.has_first_key = False
    return True


@deed
def ask_for_another_address(walk: Walk) -> bool:
    if not _is_on_profile(walk):
        return False
    email = walk.new_address()
    walk.profile.change_email(email)
    if not walk.hears(f"We have sent a mail to {email}"):
        return False
    walk.person.pending = email
    return True


@deed
def have_the_link_to_the_other_address_sent_again(walk: Walk) -> bool:
    if not _press_on_profile(walk, "Send the link again"):
        return False
    if not walk.hears("We have sent a new mail"):
        raise Aside  # too many mails went there
    return True


@deed
def cancel_the_change_of_address(walk: Walk) -> bool:
    return _press_on_profile(walk, "Cancel the change") and walk.hears("The change is cancelled")


@deed
def confirm_the_other_address(walk: Walk) -> bool:
    mail = walk.open_newest("/email/confirm/")
    if mail is None:
        return False
    ConfirmPage(walk.page).confirm()
    settled(walk.page)
    walk.person.email, walk.person.key, walk.has_first_key = mail.to, mail.key, True
    return walk.profile.heading.inner_text() != GONE


@deed
def undo_the_change_of_address(walk: Walk) -> bool:
    mail = walk.open_newest("/email/undo/")
    if mail is None:
        if walk.state == "confirmed":
            raise Aside  # it has not moved, or was undone
        return False
    UndoPage(walk.page).undo()
    walk.person.email = mail.to
    return walk.hears("The change is undone")


def _ask(walk: Walk) -> Mail | None:
    walk.count_code()
    older = {mail.id for mail in walk.mails()}
    ForgotKeyPage(walk.page).open().ask_for_code(walk.person.email)
    settled(walk.page)
    return walk.newest_code(older)


@deed
def ask_for_a_code(walk: Walk) -> bool:
    mail = _ask(walk)
    assert (mail is not None) == walk.has_account, "a code comes to those who have an account"
    return walk.profile.heading.inner_text() == "Choose a new access key"


@deed
def choose_a_new_access_key_with_the_code(walk: Walk) -> bool:
    mail = _ask(walk)
    if mail is None:
        return False
    key = walk.new_key()
    ResetKeyPage(walk.page).reset(mail.code, key)
    walk.person.key = key
    return walk.hears("Your access key is set")


@deed
def choose_a_new_access_key_with_the_link(walk: Walk) -> bool:
    if _ask(walk) is None or walk.open_newest("/reset-key/mail/") is None:
        return False
    key = walk.new_key()
    ResetKeyPage(walk.page).choose(key)
    walk.person.key = key
    return walk.hears("Your access key is set")


@deed
def log_out_another_browser(walk: Walk) -> bool:
    if not _is_on_profile(walk, elsewhere=True):
        return False
    walk.page.get_by_role("button", name=re.compile("Log out there")).first.click()
    return walk.hears("That browser is logged out")


@deed
def log_out_all_other_browsers(walk: Walk) -> bool:
    if not _is_on_profile(walk, elsewhere=True):
        return False
    walk.profile.log_out_everywhere_else()
    return walk.hears("All other browsers are logged out")


@deed
def delete_the_account(walk: Walk) -> bool:
    if not _is_on_profile(walk):
        return False
    walk.profile.ask_to_delete()
    walk.profile.delete_with(walk.person.key)
    return walk.hears("Your account is deleted")


@deed
def undo_the_deletion(walk: Walk) -> bool:
    mail = walk.open_newest("/closing/undo/")
    if mail is None:
        return False
    UndoPage(walk.page).bring_back()
    walk.person.email = mail.to
    return walk.hears("Your account is back")


def _press_on_profile(walk: Walk, name: str) -> bool:
    """Press a button that a row may have; False if it has not."""
    if not _is_on_profile(walk) or not walk.profile.button(name).count():
        return False
    walk.profile.press(name)
    return True


def _is_on_profile(walk: Walk, *, elsewhere: bool = False) -> bool:
    """Open the profile as whoever has the account; False if that leads to the log-in."""
    if walk.come_in() and elsewhere:
        walk.person.must(walk.person.elsewhere().log_in())
    walk.profile.open()
    return bool(settled(walk.page) and walk.profile.heading.inner_text() == "Profile")
