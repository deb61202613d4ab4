"""A forgotten access key: asking for a code, then setting a new key with it."""

from __future__ import annotations

import re
import secrets as random
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from minimaluser import accounts
from minimaluser.lib import clock as now
from minimaluser.models import Code, User
from minimaluser.rules import MINUTE
from minimaluser.security import codes
from minimaluser.settings import settings_of
from minimaluser.testing.answers import errors_in
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person
from minimaluser.testing.database import change, rows_of, snapshot, statements, user_of
from minimaluser.testing.patterns import CODE
from minimaluser.testing.people import NEW_KEY
from tests.accounts.forgotten import NEWER, wrong


def test_a_code_sets_a_new_key(ann: Person) -> None:
    phone = ann.elsewhere()
    address, code = phone.ask_for_code()
    assert phone.use_code(address, code, NEW_KEY).location == "/login"
    assert phone.log_in(ann.key).status_code == 422
    assert phone.log_in(NEW_KEY).status_code == 303


def test_a_code_may_be_typed_with_a_blank(ann: Person) -> None:
    address, code = ann.ask_for_code()
    assert ann.use_code(address, f" {code[:3]} {code[3:]} ", NEW_KEY).status_code == 303


def test_TK11_a_reset_logs_nobody_in_and_everybody_out(app: Flask, ann: Person) -> None:
    phone, before = ann.elsewhere(), snapshot(app)
    address, code = phone.ask_for_code()
    assert phone.use_code(address, wrong(code), NEW_KEY).status_code == 422
    for table in ("users", "session", "token"):  # nothing happens before it is done
        assert snapshot(app)[table] == before[table]
    assert ann.is_logged_in
    assert phone.use_code(address, code, NEW_KEY).status_code == 303
    assert not phone.is_logged_in
    assert not ann.is_logged_in
    assert "was reset" in ann.mails()[0].subject


def test_TK3_a_code_works_once(ann: Person) -> None:
    address, code = ann.ask_for_code()
    assert ann.use_code(address, code, NEW_KEY).status_code == 303
    assert ann.use_code(address, code, NEWER).status_code == 422
    assert ann.log_in(NEW_KEY).status_code == 303


@pytest.mark.parametrize(
    ("after", "status"), [(10 * MINUTE - timedelta(seconds=1), 303), (10 * MINUTE, 422)]
)
def test_TK4_a_code_is_good_for_ten_minutes(
    ann: Person, clock: time_machine.Traveller, after: timedelta, status: int
) -> None:
    address, code = ann.ask_for_code()
    clock.shift(after)
    assert ann.use_code(address, code, NEW_KEY).status_code == status


def test_CR5_TK10_a_weak_key_is_refused_and_does_not_use_the_code_up(ann: Person) -> None:
    phone = ann.elsewhere()
    address, code = phone.ask_for_code()
    for _ in range(7):
        answer = phone.use_code(address, code, "ann@example.org is mine")
        assert answer.status_code == 422
        assert "built on your email address" in errors_in(answer)[0]
    assert phone.use_code(address, code, NEW_KEY).status_code == 303


@pytest.mark.sqlite
def test_TK10_no_code_is_in_the_database(app: Flask, ann: Person) -> None:
    _, code = ann.ask_for_code()
    row = rows_of(app, Code)[-1]
    assert len(row.digest) == 64
    assert code not in [str(value) for value in vars(row).values()]
    content = (settings_of(app).instance_path / "site.db").read_bytes()
    content += (settings_of(app).instance_path / "site.db-wal").read_bytes()
    assert code.encode() not in content


def test_TK10_the_database_alone_is_not_enough_to_find_a_code(app: Flask, inside: None) -> None:
    made = set()
    for secret in ("one secret of many bytes outside the database", "and another one of as many"):
        change_settings(app, jwt_secret_html=[secret])
        made.add(codes._digests("0" * 32, "123456")[0])
    assert len(made) == 2


def test_TK10_a_code_keeps_its_leading_zeros(ann: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for: list[int] = []

    def seven(below: int) -> int:
        asked_for.append(below)
        return 7

    monkeypatch.setattr(random, "randbelow", seven)
    address, code = ann.ask_for_code()
    assert code == "000007"
    assert asked_for == [1_000_000]
    assert ann.use_code(address, "7", NEW_KEY).status_code == 422
    assert ann.use_code(address, code, NEW_KEY).status_code == 303


@pytest.mark.usefixtures("no_limits")
def test_TK5_a_newer_code_voids_the_older_one_of_its_browser(ann: Person) -> None:
    phone = ann.elsewhere()
    older, newer = phone.ask_for_code(), phone.ask_for_code()
    assert phone.use_code(*older, NEW_KEY).status_code == 422
    assert phone.use_code(*newer, NEW_KEY).status_code == 303


@pytest.mark.usefixtures("no_limits")
@pytest.mark.parametrize("mine", [0, 4, 7])
def test_TK5_requests_of_strangers_do_not_void_mine(ann: Person, mine: int) -> None:
    browsers = [ann.elsewhere() for _ in range(8)]
    flows = [browser.ask_for_code() for browser in browsers]
    assert browsers[mine].use_code(*flows[mine], NEW_KEY).status_code == 303


def test_TK5_a_reset_voids_the_other_codes(ann: Person) -> None:
    first, second = ann.elsewhere(), ann.elsewhere()
    one, two = first.ask_for_code(), second.ask_for_code()
    assert first.use_code(*one, NEW_KEY).status_code == 303
    assert second.use_code(*two, NEWER).status_code == 422
    assert ann.log_in(NEW_KEY).status_code == 303


def test_TK5_a_changed_key_voids_earlier_codes(ann: Person) -> None:
    phone = ann.elsewhere()
    flow = phone.ask_for_code()
    ann.choose_key(NEW_KEY)
    assert phone.use_code(*flow, NEWER).status_code == 422


def test_TK5_a_changed_address_voids_the_codes_mailed_to_the_old_one(ann: Person) -> None:
    thief = ann.elsewhere()
    flow = thief.ask_for_code()
    ann.move("ann@new.example")
    assert thief.use_code(*flow, NEWER).status_code == 422


def test_TK5_an_undone_change_voids_the_codes_mailed_to_the_other_address(
    app: Flask, ann: Person
) -> None:
    ann.ask_to_move("thief@new.example")
    ann.post(ann.link("/email/confirm/", "thief@new.example"))
    thief = Person(app, "thief@new.example")
    flow = thief.ask_for_code()
    assert ann.post(ann.link("/email/undo/")).status_code == 303
    assert thief.use_code(*flow, NEWER).status_code == 422


def test_TK9_a_code_works_only_in_the_browser_that_asked(ann: Person) -> None:
    phone, thief = ann.elsewhere(), ann.elsewhere()
    thief.get("/forgot-key")
    address, code = phone.ask_for_code()
    for _ in range(6):  # and does not count against the owner
        assert thief.use_code(address, code, NEW_KEY).status_code == 422
        assert thief.use_code(address, wrong(code), NEW_KEY).status_code == 422
    assert phone.use_code(address, code, NEW_KEY).status_code == 303


def test_TK9_a_code_works_only_for_its_own_flow(ann: Person, ben: Person) -> None:
    phone = ann.elsewhere()
    anns_address, anns_code = phone.ask_for_code()
    bens_address, bens_code = phone.ask_for_code(ben.email)
    if anns_code != bens_code:
        assert phone.use_code(anns_address, bens_code, NEW_KEY).status_code == 422
        assert phone.use_code(bens_address, anns_code, NEW_KEY).status_code == 422
    assert phone.use_code(anns_address, anns_code, NEW_KEY).status_code == 303


def test_TK8_the_address_of_the_next_page_names_no_account(app: Flask, ann: Person) -> None:
    token = ann.ask_for_code()[0].rpartition("/")[2]
    with app.app_context():
        flow = accounts.look_at_flow(token)
    user = user_of(app, ann.email)
    assert re.fullmatch("[0-9a-f]{32}", flow)
    assert str(user.id) != flow
    assert ann.email not in token


def test_EN2_the_same_is_done_for_an_address_nobody_has(app: Flask, ann: Person) -> None:
    done = []
    for email in (ann.email, "nobody@example.org"):
        stranger = Person(app, email)
        token = stranger.token()
        with statements(app) as seen:
            stranger.post("/forgot-key", {"email": email}, token=token)
        done.append([sql.partition("(")[0] for sql in seen])
    assert done[0] == done[1]
    assert sum(sql.startswith("INSERT INTO outbox_item") for sql in done[1]) == 1
    assert ann.mails("nobody@example.org") == []


def test_TK8_an_address_nobody_has_gets_no_mail_and_no_code_works_for_it(
    app: Flask, eve: Person
) -> None:
    address, code = eve.ask_for_code("nobody@example.org")
    assert code == ""
    assert eve.mails("nobody@example.org") == []
    assert eve.get(address).status_code == 200
    assert eve.use_code(address, "000000", NEW_KEY).status_code == 422
    assert rows_of(app, Code)[-1].user_id is None


def test_a_disabled_user_gets_no_code_and_cannot_use_one(app: Flask, ann: Person) -> None:
    flow = ann.ask_for_code()
    change(app, User, user_of(app, ann.email).id, disabled_at=now.now())
    assert ann.use_code(*flow, NEW_KEY).status_code == 422
    assert ann.ask_for_code()[1] == ""


@pytest.mark.parametrize("way", ["code", "link"])
def test_SE6_a_reset_proves_the_address_and_ends_earlier_credentials(
    app: Flask, ben: Person, way: str
) -> None:
    confirmation, phone = ben.link("/confirm/"), ben.elsewhere()
    address, code = phone.ask_for_code()
    if way == "code":
        assert phone.use_code(address, code, NEW_KEY).status_code == 303
    else:
        form = {"new_key": NEW_KEY, "confirm_key": NEW_KEY}
        assert phone.post(ben.link("/reset-key/mail/"), form).status_code == 303
    assert user_of(app, ben.email).is_confirmed
    assert not ben.is_logged_in
    assert ben.elsewhere().post(confirmation).status_code == 400
    phone.log_in(NEW_KEY)
    assert phone.get("/club/").status_code == 200


@pytest.mark.parametrize("token", ["x", "a.b.c", "é", "x" * 3000, ""])
def test_TK1_a_malformed_flow_is_a_bad_link(inside: None, token: str) -> None:
    with pytest.raises(accounts.BadLink):
        accounts.look_at_flow(token)
    with pytest.raises(accounts.BadLink):
        accounts.reset_key(token, "browser", "000000", NEW_KEY)


def test_TK5_a_request_that_mails_nothing_voids_nothing(ann: Person) -> None:
    phone = ann.elsewhere()
    flow = phone.ask_for_code()
    answers = [phone.post("/forgot-key", {"email": ann.email}) for _ in range(6)]
    assert len([mail for mail in ann.mails() if "code" in mail.subject]) == 3
    flow = answers[1].location, ann.mailed(CODE)
    assert {answer.status_code for answer in answers[2:]} == {429}
    assert phone.use_code(*flow, NEW_KEY).status_code == 303
