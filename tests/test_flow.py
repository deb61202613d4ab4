"""The map of the life of an account, `docs/flow.toml`, and the site say the same."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from minimaluser.lib import sealing
from minimaluser.models import OutboxItem
from minimaluser.security.access import addresses
from minimaluser.settings import ROOT, settings_of
from minimaluser.testing.client import Person, form_of
from minimaluser.testing.database import rows_of, user_of
from minimaluser.testing.patterns import SEED, first
from minimaluser.testing.people import NEW_KEY
from tests.flow import DELETED, PAGE, STRANGER, Action, flow, page
from tests.fuzz.test_life import Life

ADDRESS, ANOTHER = "zoe@example.org", "another@example.org"
ADMINISTRATION = "administration"  # what an operator types is refused there
FIELD = "user_updated"  # the event of such a form
OWN_PACE = {"wait", "purge"}  # what the model does besides


def test_the_page_is_drawn_from_the_map() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.flow draws it anew"


def test_every_form_of_the_site_is_on_the_map(app: Flask) -> None:
    """But for one that only changes a field of the profile, which may be there."""
    forms = {
        address.endpoint: address.access.done
        for address in addresses(app)
        if "POST" in address.methods
        and app.view_functions[address.endpoint].__module__.startswith("minimaluser.views.")
    }
    drawn = {action.view for action in flow().actions} | set(flow().elsewhere)
    missing = {view for view, done in forms.items() if done != FIELD} - drawn
    assert (missing, drawn - {*forms}) == (set(), set())


def test_every_mail_is_on_the_map() -> None:
    sent = {each.name for each in (ROOT / "templates" / "email").iterdir() if each.is_dir()}
    drawn = {mail for action in flow().actions for mail in action.mails}
    assert (sent - drawn, drawn - sent) == (set(), set())


def test_every_refusal_is_on_the_map() -> None:
    said = {name for action in flow().actions for name in action.errors}
    refused = set(_refusals())
    assert (refused - said, said - refused) == (set(), set())


def _refusals() -> Iterator[str]:
    for file in (ROOT / "minimaluser" / "accounts").glob("*.py"):
        if file.stem in {ADMINISTRATION, "refusal"}:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
                assert isinstance(node.args[1], ast.Name), f"{file.name}: give the sentence a name"
                yield f"{file.stem}.{node.args[1].id}"


def test_states_lead_to_each_other() -> None:
    states = set(flow().states)
    assert {start for action in flow().actions for start in action.starts} <= states
    reached = {STRANGER} | {end for action in flow().actions for _, end in action.changes}
    assert reached == states
    assert len({action.name for action in flow().actions}) == len(flow().actions)


def test_the_model_of_the_fuzz_suite_does_what_is_on_the_map() -> None:
    rules = {rule.function.__name__ for rule in Life.setup_state().rules}
    drawn = {name for action in flow().actions for name in action.model}
    assert (rules - drawn - OWN_PACE, drawn - rules) == (set(), set())


# --- each action is done in each of its states


def _reset(person: Person) -> None:
    person.reset_key()


def _reset_by_link(person: Person) -> None:
    person.ask_for_code()
    form = {"new_key": NEW_KEY, "confirm_key": NEW_KEY}
    person.must(person.post(person.link("/reset-key/mail/"), form))


def _press(start: str, email: str = "") -> Callable[[Person], object]:
    def press(person: Person) -> None:
        link = person.link(start, email)
        person.must(person.post(link, form_of(person.open(link))))

    return press


def _undo_move(person: Person) -> None:
    if not person.mails(ANOTHER):
        person.move(ANOTHER)
    _press("/email/undo/", ADDRESS)(person)


def _log_out_another(person: Person) -> None:
    person.enter_key()  # else the log-in of the other one ends this session
    other = person.logged_in_elsewhere()
    numbers = re.findall(r"/profile/sessions/(\d+)", person.get("/profile").text)
    person.must(person.post(f"/profile/sessions/{numbers[0]}"))
    assert not other.is_logged_in


def _log_out_others(person: Person) -> None:
    person.enter_key()
    other = person.logged_in_elsewhere()
    person.must(person.post("/profile/sessions"))
    assert not other.is_logged_in


def _press_again(person: Person) -> None:
    person.enter_key()
    person.must(person.post("/profile/email/again"))


def _draw(person: Person) -> None:
    seed = first(SEED, person.get("/profile/tile").text)
    person.must(person.post("/profile/tile", {"seed": seed}))


def _show_key(person: Person) -> None:
    person.enter_key()
    assert person.post("/profile/first-key").status_code == 200


DEEDS: dict[str, Callable[[Person], object]] = {
    "sign up": lambda person: person.must(person.fill_in("/signup", {"email": person.email})),
    "have the mail sent again": lambda person: person.must(person.post("/confirm")),
    "confirm": _press("/confirm/"),
    "log in": lambda person: person.must(person.elsewhere().log_in()),
    "log out": Person.log_out,
    "enter the access key again": Person.enter_key,
    "change the nickname": lambda person: person.must(
        person.post("/profile/nickname", {"nickname": "Merry Otter"})
    ),
    "draw a new tile": _draw,
    "change the access key": Person.choose_key,
    "have a new access key shown": _show_key,
    "ask for another address": lambda person: person.must(person.ask_to_move(ANOTHER)),
    "have the link to the other address sent again": _press_again,
    "cancel the change of address": lambda person: person.must(
        person.post("/profile/email/cancel")
    ),
    "confirm the other address": _press("/email/confirm/", ANOTHER),
    "undo the change of address": _undo_move,
    "ask for a code": Person.ask_for_code,
    "choose a new access key with the code": _reset,
    "choose a new access key with the link": _reset_by_link,
    "log out another browser": _log_out_another,
    "log out all other browsers": _log_out_others,
    "delete the account": Person.leave,
    "undo the deletion": _press("/closing/undo/"),
}


def _bring(person: Person, state: str) -> None:
    if state != STRANGER:
        person.sign_up()
    if state in {"confirmed", "moving", DELETED}:
        person.confirm()
    if state in {"waiting", "moving"}:
        person.enter_key()
        person.must(person.ask_to_move(ANOTHER))
    if state == DELETED:
        person.leave()


def _state_of(app: Flask, person: Person) -> str:
    user = user_of(app, ADDRESS) or user_of(app, ANOTHER)
    if user is None:
        return DELETED if person.mails(ADDRESS) else STRANGER
    if user.is_confirmed:
        return "moving" if user.pending_email else "confirmed"
    return "waiting" if user.pending_email else "unconfirmed"


def _names_of_mails(app: Flask) -> list[str]:
    secrets = settings_of(app).session_secret
    rows = rows_of(app, OutboxItem, OutboxItem.kind == "mail", OutboxItem.sealed.is_not(None))
    return [json.loads(sealing.unseal(secrets, row.sealed))["name"] for row in rows]


@pytest.mark.sqlite  # other tests do all of it on PostgreSQL
@pytest.mark.parametrize(
    ("action", "state"),
    [pytest.param(a, s, id=f"{a.name}, {s}") for a in flow().actions for s in a.starts],
)
def test_an_action_leads_where_the_map_says_and_sends_no_other_mail(
    app: Flask, no_limits: None, action: Action, state: str
) -> None:
    person = Person(app, ADDRESS)
    _bring(person, state)
    assert _state_of(app, person) == state
    before = len(_names_of_mails(app))
    DEEDS[action.name](person)
    assert _state_of(app, person) == action.after(state)
    allowed = {*action.mails, *_MAILS_OF_OTHER_STEPS.get(action.name, ())}
    assert {*_names_of_mails(app)[before:]} <= allowed


# The deed does something else first.
_MAILS_OF_OTHER_STEPS = {
    "undo the change of address": ("email_change", "email_change_notice", "email_changed"),
    "choose a new access key with the code": ("key_reset_code",),
    "choose a new access key with the link": ("key_reset_code",),
    "log out another browser": ("new_device",),
    "log out all other browsers": ("new_device",),
}
