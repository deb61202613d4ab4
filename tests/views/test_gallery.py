"""For development only: every template in every state, each in a document of its own."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from pathlib import Path
from posixpath import normpath

import pytest
from flask import Flask

from minimaluser.testing.client import Person

State = dict[str, str]
FIELDS = {"id", "kind", "template", "state", "way", "address"}
TOKEN = re.compile(r"[\w.-]{60,}")
BANNER, NAVBAR = 'id="cookie-banner"', 'class="site-nav"'


@pytest.fixture
def listed(stocked: Flask, eve: Person) -> list[State]:
    """All states of a site whose parts have something to show."""
    found: list[State] = eve.get("/dev/gallery/states.json").json
    return found


def ids(html: str) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', html)


def of(listed: list[State], template: str) -> dict[str, str]:
    """The addresses of the states of a template, by state and way."""
    found = [each for each in listed if each["template"] == template]
    return {f"{each['state']}, {each['way']}": each["address"] for each in found}


def test_the_list_names_every_kind_and_each_state_once(listed: list[State]) -> None:
    assert all(each.keys() == FIELDS for each in listed)
    kinds = Counter(each["kind"] for each in listed)
    assert kinds.keys() == {"page", "error", "partial", "mail", "tile"}
    assert len(listed) > 300
    assert len({each["id"] for each in listed}) == len(listed)


def test_every_state_is_a_document_of_its_own(listed: list[State], eve: Person) -> None:
    for each in listed:
        answer = eve.get(each["address"])
        assert answer.status_code == 200, each["id"]
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"], each["id"]
        html = answer.text
        if answer.mimetype == "text/html":
            assert [name for name, n in Counter(ids(html)).items() if n > 1] == [], each["id"]
            assert BANNER not in html or "cookie_banner" in each["id"], each["id"]
        if each["kind"] == "partial" and each["template"] != "partials/navbar.html":
            assert NAVBAR not in html, each["id"]
    assert eve.get("/dev/gallery/state/login/no-such-state").status_code == 404


def test_pages_of_members_have_a_members_navbar_and_those_of_guests_do_not(
    listed: list[State], eve: Person
) -> None:
    assert {name.rpartition(" ")[2] for name in of(listed, "login.html")} == {"guest"}
    assert {name.rpartition(" ")[2] for name in of(listed, "profile.html")} == {"member"}
    profile = eve.get(of(listed, "profile.html")["as it is, member"]).text
    login = eve.get(of(listed, "login.html")["as it is, guest"]).text
    about = of(listed, "about.html")
    assert about.keys() == {"as it is, guest", "as it is, member"}
    assert 'id="user-menu"' in profile
    assert 'id="user-menu"' in eve.get(about["as it is, member"]).text
    assert 'id="user-menu"' not in login + eve.get(about["as it is, guest"]).text


def test_a_form_has_a_state_for_each_error_and_for_each_step(
    listed: list[State], eve: Person
) -> None:
    states = of(listed, "partials/nickname_form.html")
    names = {name.removesuffix(", alone") for name in states}
    assert {"empty", "refused", "refused as a whole", "on its way", "too often", "offline"} < names
    assert len([name for name in names if name.startswith("Nickname: ")]) >= 4
    busy = eve.get(states["on its way, alone"]).text
    assert re.search(r'<form [^>]*class="htmx-request form"', busy)
    assert re.search(r'<input readonly[^>]*name="nickname"', busy)
    assert 'type="submit" disabled' in busy
    assert "That was too often." in eve.get(states["too often, alone"]).text
    assert 'data-network="offline"' in eve.get(states["offline, alone"]).text
    refused = eve.get(of(listed, "partials/signup_form.html")["refused, alone"]).text
    assert 'value="ann@"' in refused
    assert 'aria-invalid="true"' in refused


def test_mails_are_shown_as_html_and_as_text_with_their_subject(
    listed: list[State], eve: Person
) -> None:
    states = of(listed, "email/confirmation/body.html")
    html, text = (eve.get(states[f"with a nickname, {way}"]) for way in ("html", "text"))
    assert html.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert (html.mimetype, text.mimetype) == ("text/html", "text/plain")
    assert text.text.startswith("Subject: Confirm your email for ")
    assert "brave-otter" in text.text


def test_showing_a_state_changes_nothing_for_whoever_looks(ben: Person) -> None:
    before = ben.get("/profile").text
    answer = ben.get("/dev/gallery/state/profile/unconfirmed/member")
    assert "Set-Cookie" not in answer.headers
    assert "data-user" not in answer.text
    assert ben.email not in answer.text
    assert TOKEN.sub("", ben.get("/profile").text) == TOKEN.sub("", before)


def test_a_state_is_shown_from_right_to_left_and_with_a_network_that_is_away(eve: Person) -> None:
    address = "/dev/gallery/state/login/as-it-is/guest"
    html = eve.get(f"{address}?dir=rtl&network=slow").text
    assert '<html lang="en" dir="rtl">' in html
    assert 'data-network="slow"' in html


def test_only_the_gallery_can_hold_a_state_in_a_frame(eve: Person) -> None:
    frame = eve.get("/dev/gallery/state/login/as-it-is/guest")
    assert "frame-ancestors 'self'" in frame.headers["Content-Security-Policy"]
    assert "frame-src" not in frame.headers["Content-Security-Policy"]
    gallery = eve.get("/dev/gallery").headers["Content-Security-Policy"]
    assert "frame-src 'self'; frame-ancestors 'self'" in gallery
    assert "frame-ancestors 'none'" in eve.get("/login").headers["Content-Security-Policy"]


def test_the_gallery_shows_what_its_address_says(stocked: Flask, eve: Person) -> None:
    asked = "state=partials/nickname_form/refused&width=390&scheme=dark&dir=rtl"
    html = eve.get(f"/dev/gallery?{asked}").text
    frame = re.search(r"<iframe[^>]*>", html)[0]
    assert 'src="/dev/gallery/state/partials/nickname_form/refused?dir=rtl"' in frame
    assert 'width="390"' in frame
    assert "g-dark" in frame
    for said in (
        "The nickname while it is changed",
        "partials/nickname</a>",
        "@NicknameForm, refused",
        "components/field.css",
        "{% call row_form",
        "templates/partials/nickname_form.toml",
    ):
        assert said in html, said
    assert html.count(' aria-current="page"') == 1


def test_rules_are_those_of_all_themes_and_of_the_one_that_is_shown(
    stocked: Flask, eve: Person
) -> None:
    html = eve.get("/dev/gallery?state=partials/navbar/as-it-is&theme=contrast").text
    assert "theme=contrast" in re.search(r"<iframe[^>]*>", html)[0]
    assert "<code>css/bars.css</code>" in html
    assert "<code>themes/contrast/bars.css</code>" in html
    assert "themes/plain" not in html


def test_the_search_works_without_javascript(stocked: Flask, eve: Person) -> None:
    html = eve.get("/dev/gallery?q=nickname+refused").text
    found = re.findall(r'<li><a [^>]*data-id="([^"]+)"', html)
    assert len(found) > 1
    assert all("nickname" in name and "refused" in name for name in found)
    assert 'id="none" hidden' in html
    assert 'id="none">' in eve.get("/dev/gallery?q=nothing+of+this+name").text


def test_every_link_of_the_gallery_works(stocked: Flask, eve: Person) -> None:
    html = eve.get("/dev/gallery?state=partials/tile_form/refused-as-a-whole&width=768").text
    found = {unescape(each) for each in re.findall(r'(?:href|src)="(/dev/[^"]+)"', html)}
    assert len(found) > 300
    for address in [*sorted(found)[::25], *(each for each in found if "." in each)]:
        assert eve.get(address).status_code == 200, address


def test_the_tiles_of_the_samples_are_drawn(eve: Person) -> None:
    html = eve.get("/dev/gallery/state/partials/tile_form/empty").text
    found = set(re.findall(r'"(/[^"]*tiles/[0-9a-f]{16}[^"]*)"', html))
    assert len(found) == 2  # the tile of the sample person, and its preview
    for address in found:
        assert eve.get(normpath(address)).mimetype == "image/svg+xml"


@pytest.mark.parametrize("name", ["0123456789abcdef-teal", "x-x", "x-00808"])
def test_IN4_a_tile_that_cannot_be_drawn_is_a_404(eve: Person, name: str) -> None:
    assert eve.get(f"/dev/gallery/tiles/{name}.svg").status_code == 404


def test_production_needs_no_file_of_states(production: Flask) -> None:
    """They are not in the image, and nothing reads them there."""
    said = (Path(__file__).parent.parent.parent / ".dockerignore").read_text()
    assert "templates/**/*.toml" in said.split("\n")
    client = production.test_client()
    assert client.get("/templates/login.toml", base_url="https://mu.example").status_code == 404
