"""The link mailed to a new address."""

from __future__ import annotations

from tests.answers import assert_fragment_is_part_of_page
from tests.person import Person

NEW = "ann@new.example"


def link_of(ann: Person) -> str:
    ann.ask_to_move(NEW)
    return ann.link("/email/confirm/", NEW)


def test_the_fragment_is_a_part_of_the_page(ann: Person, eve: Person) -> None:
    assert_fragment_is_part_of_page(eve, eve.get(link_of(ann)).location)


def test_TK6_the_link_shows_a_button(ann: Person, eve: Person) -> None:
    assert "Confirm my email</button>" in eve.open(link_of(ann)).text


def test_the_button_puts_the_address_in_force_here(ann: Person) -> None:
    answer = ann.post(link_of(ann))
    assert (answer.status_code, answer.location) == (303, "/profile")
    page = ann.get("/profile").text
    assert "Your new email is confirmed" in page
    assert NEW in page


def test_it_works_with_htmx(ann: Person) -> None:
    answer = ann.post(link_of(ann), htmx=True)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/profile")


def test_in_another_browser_the_user_is_asked_to_log_in(ann: Person) -> None:
    link, phone = link_of(ann), ann.elsewhere()
    assert phone.post(link, htmx=True).headers["HX-Redirect"] == "/login"
    assert "Your new email is confirmed" in phone.get("/login").text


def test_TK3_a_link_works_once(ann: Person) -> None:
    link = link_of(ann)
    ann.post(link)
    assert ann.post(link).status_code == 400
    assert "This link no longer works" in ann.get(link).text


def test_TK7_the_page_tells_no_other_site(ann: Person) -> None:
    assert ann.get(link_of(ann)).headers["Referrer-Policy"] == "no-referrer"


def test_SE3_a_page_from_before_cannot_post_any_more(ann: Person) -> None:
    link, old = link_of(ann), ann.token()
    ann.post(link)
    assert ann.post("/logout", token=old).status_code == 403
