"""What is told, and how long: good news goes by itself, bad news stays, and all is announced."""

from playwright.sync_api import Page, expect

from e2e.pages.login_page import LoginPage
from e2e.pages.profile_page import ProfilePage
from minimaluser.testing.browser.holding import held
from minimaluser.testing.browser.people import Person
from minimaluser.testing.browser.watch import Watch
from minimaluser.testing.settled import settled

LONG = "01:00"  # minutes and seconds, much longer than anybody reads
WAIT = {"Retry-After": "30", "Content-Type": "text/html"}
SAID = """addEventListener("DOMContentLoaded", () => {
  window.said = [];
  new MutationObserver((changes) => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes]))
      if (node.nodeType === Node.ELEMENT_NODE) window.said.push(node.querySelector("p").innerText);
  }).observe(document.querySelector("[role=status]"), { childList: true });
})"""


def test_good_news_goes_by_itself_unless_somebody_is_reading_it(page: Page, ben: Person) -> None:
    page.clock.install()
    profile = ProfilePage(page).open()
    profile.send_the_mail_again()
    settled(page)
    news = profile.announcements.get_by_text("sent the mail again")
    news.hover()
    page.clock.fast_forward(LONG)
    expect(news).to_be_visible()
    profile.heading.hover()
    page.clock.fast_forward(LONG)
    expect(profile.announcements).to_be_empty()


def test_bad_news_and_what_asks_for_something_stay(page: Page, ann: Person, watch: Watch) -> None:
    watch.allow("net::ERR_FAILED")
    watch.allow("Failed to fetch")
    watch.allow("NetworkError when attempting to fetch")
    page.clock.install()
    profile = ProfilePage(page).open()
    profile.button("Change nickname").click()
    settled(page)
    page.route("**/profile/nickname", lambda route: route.abort())
    profile.save()
    settled(page)
    page.clock.fast_forward(LONG)
    settled(page)
    expect(profile.announcements).to_contain_text("Please check your connection")


def test_the_result_of_a_full_load_is_announced(page: Page, bob: Person) -> None:
    login = LoginPage(page).open()
    page.add_init_script(SAID)
    login.log_in_as(bob)
    expect(login.announcements).to_contain_text("Welcome back")
    page.wait_for_function("() => window.said.length")

    (said,) = page.evaluate("() => window.said")
    assert said.startswith("Welcome back")


def test_who_is_slowed_down_before_the_site_is_told_how_long_to_wait(
    page: Page, ann: Person
) -> None:
    """By nginx, say, whose answer has no words of ours."""
    profile = ProfilePage(page).open()
    page.route("**/profile/tile", lambda route: route.fulfill(status=429, headers=WAIT))
    profile.button("Draw a new tile").click()
    settled(page)

    assert "in 30 seconds" in profile.announcements.inner_text()


def test_news_over_a_dialog_can_be_read_and_dismissed(page: Page, ann: Person) -> None:
    profile = ProfilePage(page).open()
    profile.ask_to_delete()
    page.route("**/profile/delete", lambda route: route.fulfill(status=429, headers=WAIT))
    profile.delete_with(ann.key)
    settled(page)

    expect(profile.announcements).to_contain_text("in 30 seconds")
    page.get_by_role("dialog").get_by_role("button", name="Dismiss").click()
    expect(profile.announcements).to_be_empty()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_what_is_chosen_or_typed_cannot_change_while_it_is_sent(page: Page, bob: Person) -> None:
    login = LoginPage(page).open()
    login.fill("Email", bob.email)
    keep = login.field("Keep me logged in")
    with held(page, "**/login"):
        login.field("Access key").press("Enter")
        expect(login.field("Access key")).to_be_focused()
        expect(login.field("Access key")).not_to_be_editable()
        page.get_by_text("Keep me logged in").click()
        keep.press("Space")
        page.keyboard.type("too late")
        expect(keep).not_to_be_checked()
        expect(login.field("Email")).to_have_value(bob.email)
    login.expect_error_at("Access key", "Please enter your access key")
    expect(login.field("Email")).to_have_value(bob.email)
    login.field("Access key").fill("typed again")
    keep.check()
