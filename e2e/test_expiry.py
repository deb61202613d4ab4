"""What runs out: nobody waits for it, the time of the site is moved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from e2e.pages.confirm_page import ConfirmPage
from e2e.pages.forgot_key_page import ForgotKeyPage
from e2e.pages.login_page import LoginPage
from e2e.pages.profile_page import ProfilePage
from e2e.pages.reset_key_page import ResetKeyPage
from e2e.pages.undo_page import UndoPage
from minimaluser.rules import rules
from minimaluser.testing.browser.people import GOOD_KEY, Person, new_address
from minimaluser.testing.browser.site import Clock
from minimaluser.testing.mailbox import Mailbox

MINUTE = timedelta(minutes=1)  # more than the clocks of two servers may differ
GONE = "This link no longer works"


@pytest.mark.both_ways
def test_TK5_a_code_its_link_and_its_page_run_out(
    page: Page, bob: Person, mailbox: Mailbox, clock: Clock
) -> None:
    forgot, reset = ForgotKeyPage(page), ResetKeyPage(page)
    forgot.open()
    forgot.ask_for_code(bob.email)
    expect(reset.heading).to_have_text("Choose a new access key")
    code, flow = mailbox.code_to(bob.email), page.url
    link = mailbox.link_to(bob.email, "Your code")
    clock.forward(rules.code)
    reset.reset(code, GOOD_KEY)
    reset.expect_error_at("Code", "This code is not right, or no longer good")
    reset.open_link(link)
    expect(reset.heading).to_have_text(GONE)
    page.goto(flow)
    expect(reset.heading).to_have_text("Choose a new access key")
    clock.forward(rules.reset_page)
    page.reload()
    expect(reset.heading).to_have_text(GONE)


@pytest.mark.both_ways
def test_a_link_for_confirming_runs_out_and_another_one_is_sent(
    page: Page, ben: Person, mailbox: Mailbox, clock: Clock
) -> None:
    confirm, login, profile = ConfirmPage(page), LoginPage(page), ProfilePage(page)
    link = mailbox.link_to(ben.email, "Confirm")
    clock.forward(rules.confirm + MINUTE)
    login.open()
    login.log_in_as(ben)
    expect(login.announcements).to_contain_text("Welcome back")
    confirm.open_link(link)
    expect(confirm.heading).to_have_text(GONE)
    profile.open()
    profile.button("Send the mail").click()  # “again” only while an older link is good
    expect(profile.announcements).to_contain_text("sent the mail")
    confirm.open_link(mailbox.link_to(ben.email, "Confirm"))
    confirm.confirm()
    expect(profile.announcements).to_contain_text("Your email is confirmed")


def test_a_link_for_moving_runs_out(
    page: Page, ann: Person, mailbox: Mailbox, clock: Clock
) -> None:
    profile, confirm, email = ProfilePage(page), ConfirmPage(page), new_address("ann.late")
    profile.open()
    profile.change_email(email)
    expect(profile.announcements).to_contain_text(f"We have sent a mail to {email}")
    link = mailbox.link_to(email, "Confirm your new email")
    clock.forward(rules.change_email + MINUTE)
    confirm.open_link(link)
    expect(confirm.heading).to_have_text(GONE)
    profile.open()
    expect(profile.says(ann.email)).to_be_visible()


def test_a_first_key_runs_out(page: Page, bob: Person, clock: Clock) -> None:
    login = LoginPage(page)
    clock.forward(rules.first_key)
    login.open()
    login.log_in_as(bob)
    login.expect_error_at("Access key", "We do not know this")


@pytest.mark.both_ways
@pytest.mark.parametrize("keep", [False, True])
def test_SE3_an_idle_session_runs_out(page: Page, bob: Person, clock: Clock, keep: bool) -> None:
    login, profile = LoginPage(page), ProfilePage(page)
    idle = rules.session_idle if keep else rules.session_idle_brief
    bob.choose_key()
    login.open()
    login.log_in(bob.email, bob.key, keep=keep)
    expect(login.announcements).to_contain_text("Welcome back")
    clock.forward(idle - MINUTE)
    profile.open()
    expect(profile.says(bob.email)).to_be_visible()
    clock.forward(idle)
    profile.open()
    expect(page).to_have_url("/login?next=/profile")


def test_SE3_a_session_that_is_used_each_week_runs_out_in_the_end(
    page: Page, bob: Person, clock: Clock
) -> None:
    login, profile = LoginPage(page), ProfilePage(page)
    bob.choose_key()
    login.open()
    login.log_in(bob.email, bob.key, keep=True)
    expect(login.announcements).to_contain_text("Welcome back")
    weeks = rules.session_absolute // rules.session_idle
    for _ in range(weeks):
        clock.forward(rules.session_idle - MINUTE)
        profile.open()
        expect(profile.says(bob.email)).to_be_visible()
    clock.forward(rules.session_absolute - weeks * (rules.session_idle - MINUTE))
    profile.open()
    expect(page).to_have_url("/login?next=/profile")


def test_a_move_can_be_undone_for_days_and_then_no_longer(
    page: Page, ann: Person, mailbox: Mailbox, clock: Clock
) -> None:
    profile, undo = ProfilePage(page), UndoPage(page)
    ann.choose_key()
    ann.move(new_address("ann.far"))
    old = next(mail.to for mail in mailbox.read() if "email was changed" in mail.subject)
    link = mailbox.link_to(old, "email was changed")
    clock.forward(rules.undo_email - 2 * MINUTE)
    undo.open_link(link)
    expect(undo.button("Undo the change")).to_be_visible()
    clock.forward(3 * MINUTE)
    undo.open_link(link)
    expect(profile.heading).to_have_text(GONE)


def test_a_deletion_can_be_undone_for_a_week_and_then_no_longer(
    page: Page, ann: Person, mailbox: Mailbox, clock: Clock
) -> None:
    undo = UndoPage(page)
    ann.leave()
    link = mailbox.link_to(ann.email, "account was deleted")
    clock.forward(rules.undo_closing - 2 * MINUTE)
    undo.open_link(link)
    expect(undo.heading).not_to_have_text(GONE)
    clock.forward(3 * MINUTE)
    undo.open_link(link)
    expect(undo.heading).to_have_text(GONE)
