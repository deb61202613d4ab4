"""Many at once (TK3, ST1, EM4): on SQLite, with real threads."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from minimaluser import outbox
from minimaluser.models import Code, Hit, OutboxItem, Session, User
from minimaluser.outbox import delivery
from minimaluser.security import limits
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, count, rows_of, user_of
from minimaluser.testing.patterns import KEY
from minimaluser.testing.people import NEW_KEY


def at_once(deeds: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all of these in threads that start together."""
    barrier = threading.Barrier(len(deeds))

    def together(deed: Callable[[], Any]) -> Any:
        barrier.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(together, deeds))


def posts(browsers: Sequence[Person], path: str, forms: Sequence[dict[str, str]]) -> Counter[int]:
    """Post forms at the same moment; count the status codes."""
    ready = [
        (browser, browser.token(), form) for browser, form in zip(browsers, forms, strict=True)
    ]
    deeds = [
        lambda b=browser, t=token, f=form: b.post(path, f, token=t).status_code
        for browser, token, form in ready
    ]
    return Counter(at_once(deeds))


def test_TK3_of_20_uses_of_one_link_at_once_one_succeeds(app: Flask, ben: Person) -> None:
    browsers = [ben.elsewhere() for _ in range(20)]
    assert posts(browsers, ben.link("/confirm/"), [{}] * 20) == {303: 1, 400: 19}
    assert sum(browser.is_logged_in for browser in browsers) == 1
    assert count(app, Session, Session.user_id == user_of(app, ben.email).id) == 1


def test_TK3_of_10_confirmations_of_a_new_address_at_once_one_succeeds(
    app: Flask, ann: Person
) -> None:
    ann.ask_to_move("ann@new.example")
    browsers = [ann.elsewhere() for _ in range(10)]
    link = ann.link("/email/confirm/", "ann@new.example")
    assert posts(browsers, link, [{}] * 10) == {303: 1, 400: 9}
    subjects = Counter(mail.subject for mail in ann.mails())
    assert [
        n for subject, n in subjects.items() if "was changed" in subject and "email" in subject
    ] == [1]


def test_TK3_of_10_undos_of_a_move_at_once_one_succeeds(app: Flask, ann: Person) -> None:
    ann.ask_to_move("ann@new.example")
    ann.post(ann.link("/email/confirm/", "ann@new.example"))
    browsers = [ann.elsewhere() for _ in range(10)]
    assert posts(browsers, ann.link("/email/undo/"), [{}] * 10) == {303: 1, 400: 9}
    assert user_of(app, ann.email) is not None


def test_TK3_of_10_undos_of_a_deletion_at_once_one_succeeds(app: Flask, ann: Person) -> None:
    ann.leave()
    browsers = [ann.elsewhere() for _ in range(10)]
    assert posts(browsers, ann.link("/closing/undo/"), [{}] * 10) == {303: 1, 400: 9}
    assert [mail.subject for mail in ann.mails()].count(ann.mails()[0].subject) == 1


def test_ST1_of_20_sign_ups_with_one_address_one_makes_a_user(app: Flask) -> None:
    browsers = [Person(app, "eve@example.org") for _ in range(20)]
    typed = ["eve@example.org", "EVE@example.org", "Eve@Example.Org", " eve@EXAMPLE.org "] * 5
    found = posts(browsers, "/signup", [{"email": email} for email in typed])
    assert found == {303: 1, 422: 19}
    assert count(app, User, User.email_key == "eve@example.org") == 1
    assert count(app, OutboxItem, OutboxItem.user_id == user_of(app, "eve@example.org").id) == 2
    assert sum(browser.is_logged_in for browser in browsers) == 1
    with app.app_context():  # those that fail do not use up the mail budget
        mails = limits._keys("sign-up-mail", "account", "eve@example.org")[0]
    assert count(app, Hit, Hit.key == mails) == 1


def test_ST1_two_users_who_want_one_nickname_at_once_do_not_share_it(
    app: Flask, ann: Person, ben: Person
) -> None:
    forms = [{"nickname": "The Only One"}, {"nickname": "the only ONE"}]
    assert posts([ann, ben], "/profile/nickname", forms) == {303: 1, 422: 1}
    assert count(app, User, User.nickname_key == "the only one") == 1


def test_EM4_two_accounts_that_confirm_one_address_at_once(
    app: Flask, ann: Person, ben: Person
) -> None:
    new = "both@new.example"
    links = []
    for person in (ann, ben):
        person.ask_to_move(new)
        links.append(person.link("/email/confirm/", new))
    browsers = [ann.elsewhere(), ben.elsewhere()]
    tokens = [browser.token() for browser in browsers]
    deeds = [
        lambda b=browser, path=link, t=token: b.post(path, token=t).status_code
        for browser, link, token in zip(browsers, links, tokens, strict=True)
    ]
    assert sorted(at_once(deeds)) == [303, 400]
    assert count(app, User, User.email_key == new) == 1


def test_TK3_of_10_uses_of_one_code_at_once_one_succeeds(app: Flask, ann: Person) -> None:
    phone = ann.elsewhere()
    address, code = phone.ask_for_code()
    browsers = same_browser(phone, 10)
    form = {"code": code, "new_key": NEW_KEY, "confirm_key": NEW_KEY}
    assert posts(browsers, address, [form] * 10) == {303: 1, 422: 9}
    assert sum("was reset" in mail.subject for mail in ann.mails()) == 1


def test_TK10_of_20_wrong_codes_at_once_only_five_are_tried(app: Flask, ann: Person) -> None:
    phone = ann.elsewhere()
    address, code = phone.ask_for_code()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    form = {"code": wrong, "new_key": NEW_KEY, "confirm_key": NEW_KEY}
    assert posts(same_browser(phone, 20), address, [form] * 20) == {422: 20}
    assert rows_of(app, Code)[-1].tries == 5
    answer = phone.use_code(address, code, NEW_KEY)
    assert answer.status_code == 422
    assert "This code is not right" in answer.text


def same_browser(person: Person, times: int) -> list[Person]:
    """The same cookies in several clients, since one client does one thing at a time."""
    copies = [person.elsewhere() for _ in range(times)]
    for copy in copies:
        copy.client.set_cookie("mu_session", person.client.get_cookie("mu_session").value)
    return copies


def test_TK5_of_two_moves_asked_at_once_one_link_is_good(app: Flask, ann: Person) -> None:
    browsers = same_browser(ann, 2)
    forms = [{"email": f"ann{n}@new.example"} for n in range(2)]
    assert posts(browsers, "/profile/email", forms) == {303: 2}
    links = [ann.link("/email/confirm/", form["email"]) for form in forms]
    assert sorted(ann.elsewhere().open(link).status_code for link in links) == [200, 400]
    good = next(n for n in range(2) if ann.elsewhere().open(links[n]).status_code == 200)
    assert user_of(app, ann.email).pending_email == forms[good]["email"]


def test_DL1_deleting_twice_at_once_is_deleting_once(app: Flask, ann: Person) -> None:
    browsers = same_browser(ann, 5)
    found = posts(browsers, "/profile/delete", [{"current_key": ann.key}] * 5)
    assert set(found) == {303}
    assert user_of(app, ann.email) is None
    assert sum("was deleted" in mail.subject for mail in ann.mails()) == 1


def test_a_deletion_and_a_change_at_once_end_well(app: Flask, ann: Person) -> None:
    one, other = same_browser(ann, 2)
    tokens = one.token(), other.token()
    statuses = at_once(
        [
            lambda: (
                one.post("/profile/delete", {"current_key": ann.key}, token=tokens[0]).status_code
            ),
            lambda: (
                other.post(
                    "/profile/email", {"email": "a@new.example"}, token=tokens[1]
                ).status_code
            ),
        ]
    )
    assert statuses[0] == 303
    assert statuses[1] in {303, 401}
    assert user_of(app, ann.email) is None
    assert count(app, OutboxItem, OutboxItem.user_id.is_not(None), OutboxItem.user_id > 1) == 0


@pytest.mark.usefixtures("no_limits")  # of which ten may run at once
def test_SE4_many_log_ins_at_once_leave_ten_sessions(app: Flask, ann: Person) -> None:
    browsers = [ann.elsewhere() for _ in range(12)]
    form = {"email": ann.email, "key": ann.key}
    assert posts(browsers, "/login", [form] * 12) == {303: 12}
    assert count(app, Session, Session.user_id == user_of(app, ann.email).id) == 10


@pytest.mark.usefixtures("no_limits")
def test_sending_again_twice_at_once_leaves_one_good_key_and_link(app: Flask, ben: Person) -> None:
    assert posts(same_browser(ben, 4), "/confirm", [{}] * 4) == {303: 4}
    sent = [KEY.search(mail.text)[1] for mail in ben.mails()]
    assert len(sent) == 5
    assert [ben.elsewhere().log_in(key).status_code for key in sent] == [303] + [422] * 4
    links = [next(link for link in mail.links if "/confirm/" in link) for mail in ben.mails()]
    paths = ["/" + link.split("/", 3)[3] for link in links]
    assert [ben.elsewhere().open(path).status_code for path in paths] == [200] + [400] * 4


def test_a_task_is_done_by_one_worker(
    app: Flask, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setitem(delivery.DOERS, "mail", lambda item: done.append(item.reference))
    monkeypatch.setitem(delivery.DOERS, "tile_put", lambda item: done.append(item.reference))

    def drain() -> None:
        with app.app_context():
            while outbox.work():
                pass

    waiting = count(app, OutboxItem)
    at_once([drain] * 4)
    assert len(done) == len(set(done)) == waiting


def test_SE5_a_session_ended_meanwhile_changes_nothing_any_more(app: Flask, ann: Person) -> None:
    identity = user_of(app, ann.email).id
    form = {"current_key": ann.key, "new_key": NEW_KEY, "confirm_key": NEW_KEY}
    browsers = same_browser(ann, 2)
    posts(browsers[:1], "/profile/key", [form])
    change(app, User, identity, nickname="changed meanwhile")
    assert posts(browsers[1:], "/profile/nickname", [{"nickname": "too late"}]) == {303: 1}
    assert user_of(app, ann.email).nickname == "changed meanwhile"
