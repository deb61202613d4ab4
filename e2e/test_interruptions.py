"""Interrupted edits: no input is lost, and each request is carried out once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Page, Response, Route, expect

from e2e.pages.login_page import LoginPage
from e2e.pages.profile_page import ProfilePage
from minimaluser.testing.browser.faults import Faults
from minimaluser.testing.browser.people import GOOD_KEY, SESSION, Person, new_address
from minimaluser.testing.browser.watch import Watch, no_full_load
from minimaluser.testing.mailbox import Mailbox
from minimaluser.testing.settled import settled


@dataclass
class Edit:
    """A form of the profile: how it is opened, its input, the message after success."""

    opener: str
    typed: dict[str, str]
    address: str
    done: str
    button: str = "Save"


def edits_of(person: Person) -> list[Edit]:
    """Every form of the profile, the last one deletes it."""
    email, keys = new_address("ann.new"), dict.fromkeys(("New", "Confirm new"), GOOD_KEY)
    nickname = {"Nickname": f"Once {person.email[:20]}"}
    key = {f"{name} access key": value for name, value in {"Current": person.key, **keys}.items()}
    return [
        Edit("Change nickname", nickname, "/profile/nickname", "Your nickname is changed"),
        Edit("Change email", {"Email": email}, "/profile/email", f"a mail to {email}"),
        Edit("Draw a new tile", {}, "/profile/tile", "Your new tile is in place"),
        Edit("Change access key", key, "/profile/key", "Your access key is changed"),
        Edit(
            "Delete account…",
            {"Current access key": GOOD_KEY},
            "/profile/delete",
            "Your account is deleted",
            "Delete my account",
        ),
    ]


class Editor(ProfilePage):
    """A user who edits, and a count of what the server has done."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.done: list[str] = []
        page.on("response", self._count)

    def _count(self, answer: Response) -> None:
        if answer.request.method == "POST" and "/profile" in answer.url and answer.ok:
            self.done.append(answer.url.partition("/profile")[2])

    def type(self, edit: Edit) -> None:
        self.button(edit.opener).click()
        for label, text in edit.typed.items():
            self.field(label).fill(text)
        expect(self.button(edit.button)).to_be_visible()

    def expect_typed(self, edit: Edit) -> None:
        for label, text in edit.typed.items():
            expect(self.field(label)).to_have_value(text)
        expect(self.button(edit.button).first).to_be_enabled()

    def expect_done_once(self, edit: Edit) -> None:
        expect(self.announcements).to_contain_text(edit.done)
        expect(self.button(edit.button)).to_be_hidden()
        assert self.done.count(edit.address.removeprefix("/profile")) == 1


def everything(editor: Editor, person: Person, get_in_the_way: Callable[[Edit], None]) -> None:
    """Make every edit with an interruption that is over in the end."""
    editor.open()
    with no_full_load(editor.page):
        for edit in edits_of(person)[:-1]:
            editor.type(edit)
            get_in_the_way(edit)
            editor.expect_done_once(edit)
            if edit.opener == "Change access key":
                person.key = GOOD_KEY
    last = edits_of(person)[-1]
    editor.type(last)
    get_in_the_way(last)
    editor.expect_done_once(last)
    editor.expect_guest()


@pytest.fixture
def editor(page: Page, ann: Person, mailbox: Mailbox) -> Editor:
    """Ann, on her profile."""
    return Editor(page)


def test_an_edit_made_offline_is_sent_when_the_connection_is_back(
    editor: Editor, ann: Person, faults: Faults
) -> None:
    def go_offline(edit: Edit) -> None:
        with faults.offline():
            editor.button(edit.button).click()
            expect(editor.announcements).to_contain_text("is sent when the connection is back")
            expect(editor.page.get_by_text("What you type stays here")).to_be_visible()
            editor.expect_typed(edit)

    everything(editor, ann, go_offline)


def test_an_ended_session_is_opened_again_in_place(
    editor: Editor, ann: Person, new_context: Callable[..., BrowserContext]
) -> None:
    def end_the_session(edit: Edit) -> None:
        thief = new_context()
        thief.add_cookies(editor.page.context.cookies())  # type: ignore[arg-type]
        ann.at(thief).log_out()
        thief.close()
        editor.button(edit.button).click()
        expect(editor.dialog.last).to_have_accessible_name("Log in to go on")
        LoginPage(editor.page).log_in_in_dialog(ann.email, ann.key)

    everything(editor, ann, end_the_session)


def test_a_rotated_token_is_renewed_unnoticed(editor: Editor, ann: Person) -> None:
    def rotate_the_token(edit: Edit) -> None:
        editor.page.context.clear_cookies(name=SESSION)
        ann.at(editor.page).log_in()
        editor.button(edit.button).click()

    everything(editor, ann, rotate_the_token)


@pytest.mark.parametrize(("status", "words"), [(500, "on our side"), (429, "try")])
def test_a_refusal_by_the_server_keeps_the_input(
    editor: Editor, ann: Person, faults: Faults, status: int, words: str
) -> None:
    def fail(edit: Edit) -> None:
        with faults.answers(status):
            editor.button(edit.button).click()
            expect(editor.announcements).to_contain_text(words)
            editor.expect_typed(edit)
        editor.button(edit.button).click()

    everything(editor, ann, fail)


def test_input_changed_while_offline_is_sent_only_by_the_user(
    editor: Editor, ann: Person, watch: Watch
) -> None:
    watch.allow_no_network()
    editor.open()
    edit = edits_of(ann)[0]
    editor.type(edit)
    editor.page.context.set_offline(True)
    editor.save()
    expect(editor.announcements).to_contain_text("is sent when the connection is back")
    editor.field("Nickname").fill("Half a thou")
    editor.page.context.set_offline(False)

    expect(editor.announcements).to_contain_text("You are online again")
    settled(editor.page)  # what waited would have been sent by now
    expect(editor.page.get_by_text("What you type stays here")).to_be_hidden()
    expect(editor.field("Nickname")).to_have_value("Half a thou")
    assert editor.done == []


def lost_on_the_way(editor: Editor, edit: Edit, watch: Watch) -> None:
    """Send a form whose answer never comes, although the browser is online."""
    for words in ("net::ERR_FAILED", "Failed to fetch", "NetworkError"):
        watch.allow(words)
    editor.open()
    editor.type(edit)
    settled(editor.page)
    editor.page.route(f"**{edit.address}", lambda route: route.abort())
    editor.save()
    expect(editor.announcements).to_contain_text("Please check your connection")
    expect(editor.page.get_by_text("What you type stays here")).to_be_visible()
    editor.page.unroute(f"**{edit.address}")


def test_what_may_have_arrived_is_not_sent_again_by_itself(
    editor: Editor, ann: Person, watch: Watch
) -> None:
    edit = edits_of(ann)[0]
    lost_on_the_way(editor, edit, watch)
    editor.page.evaluate("dispatchEvent(new Event('online'))")

    expect(editor.announcements).to_contain_text("You are online again")
    settled(editor.page)  # what waited would have been sent by now
    assert editor.done == []
    editor.expect_typed(edit)


def test_an_answer_shows_that_the_network_is_back(
    editor: Editor, ann: Person, watch: Watch
) -> None:
    edit = edits_of(ann)[0]
    lost_on_the_way(editor, edit, watch)
    editor.save()

    editor.expect_done_once(edit)
    expect(editor.page.get_by_text("What you type stays here")).to_be_hidden()


def test_a_dialog_that_cannot_be_shown_leaves_nothing_waiting(
    editor: Editor, ann: Person, watch: Watch
) -> None:
    watch.allow("net::ERR_FAILED")
    watch.allow("Failed to fetch")
    watch.allow("NetworkError")
    page, nickname = editor.page, edits_of(ann)[0]
    editor.open()
    with page.expect_response("**/check/nickname/nickname"):
        editor.type(nickname)
    page.context.clear_cookies(name=SESSION)
    page.route("**/login**", lambda route: route.abort())
    editor.save()
    expect(editor.announcements).to_contain_text("Please check your connection")
    editor.expect_typed(nickname)
    page.unroute("**/login**")
    editor.button("Change email").click()
    LoginPage(page).log_in_in_dialog(ann.email, ann.key)

    expect(editor.dialog).to_have_count(0)
    expect(editor.button("Save")).to_have_count(2)
    editor.expect_typed(nickname)
    assert "/nickname" not in editor.done


def test_nothing_can_be_typed_that_the_answer_would_take_away(editor: Editor, ann: Person) -> None:
    held: list[Route] = []
    editor.open()
    edit = edits_of(ann)[3]
    edit.typed["Confirm new access key"] = "something else"
    editor.type(edit)
    editor.page.route("**/profile/key", lambda route: held.append(route))
    editor.button(edit.button).click()
    for label in edit.typed:
        expect(editor.field(label)).not_to_be_editable()
    held.pop().continue_()

    editor.expect_error_at("Confirm new access key", "not the same")
    for label in edit.typed:
        editor.field(label).fill(GOOD_KEY)
