"""The link mailed to a new address."""

from __future__ import annotations

from minimaluser.testing.client import Person

NEW = "ann@new.example"


def link_of(ann: Person) -> str:
    ann.ask_to_move(NEW)
    return ann.link("/email/confirm/", NEW)


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


def test_SE3_a_page_from_before_cannot_post_any_more(ann: Person) -> None:
    link, old = link_of(ann), ann.token()
    ann.post(link)
    assert ann.post("/logout", token=old).status_code == 403
