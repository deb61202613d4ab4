"""The public pages."""

from __future__ import annotations

import html
import io
import json
import re

import pytest
from flask import Flask
from PIL import Image

from minimaluser.settings import SITE_NAME
from minimaluser.testing.apps import change_settings
from minimaluser.testing.client import Person

PAGES = ["/", "/about", "/privacy-notice", "/terms-of-service"]
FORMS = ["/signup", "/login", "/forgot-key", "/cookies"]


@pytest.mark.parametrize("path", PAGES)
def test_everybody_sees_it(path: str, eve: Person, ben: Person, ann: Person) -> None:
    for person in (eve, ben, ann):
        assert person.get(path).status_code == 200


@pytest.mark.parametrize("path", [*PAGES, *FORMS])
def test_a_page_says_what_it_is(path: str, eve: Person) -> None:
    page = eve.get(path).text
    title = re.search("<title>([^<]+)</title>", page)[1]
    assert SITE_NAME in title
    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert re.search(r'<meta name="description" content="[^"]{20,200}">', page)
    assert f'<link rel="canonical" href="http://localhost{path}">' in page
    assert '<html lang="en">' in page
    assert f'<meta property="og:url" content="http://localhost{path}">' in page


def test_every_page_has_its_own_title_and_description(eve: Person) -> None:
    for pattern in ("<title>([^<]+)<", '<meta name="description" content="([^"]+)"'):
        found = [re.search(pattern, eve.get(path).text)[1] for path in (*PAGES, *FORMS)]
        assert len(set(found)) == len(found)


@pytest.mark.parametrize("path", [*PAGES, *FORMS])
def test_a_link_to_a_page_is_shown_with_a_picture(path: str, eve: Person) -> None:
    page = eve.get(path).text
    found = dict(re.findall(r'<meta property="og:([a-z:_]+)" content="([^"]+)">', page))
    assert found["title"] == re.search("<title>([^<]+)</title>", page)[1]
    assert found["description"] == re.search('name="description" content="([^"]+)"', page)[1]
    assert found["image:alt"]
    picture = eve.get(found["image"].removeprefix("http://localhost"))
    assert picture.mimetype == "image/png"
    with Image.open(io.BytesIO(picture.data)) as drawn:
        assert drawn.size == (1200, 630)
    assert (found["image:width"], found["image:height"]) == ("1200", "630")


def test_the_canonical_address_has_no_query(eve: Person) -> None:
    page = eve.get("/about?from=mail&next=/profile").text
    assert '<link rel="canonical" href="http://localhost/about">' in page
    assert '<meta property="og:url" content="http://localhost/about">' in page


@pytest.mark.parametrize("path", ["/about", "/privacy-notice", "/terms-of-service", "/cookies"])
def test_breadcrumbs_are_structured_data(path: str, eve: Person) -> None:
    trail = eve.get(path).text.partition('<nav class="breadcrumbs"')[2].partition("</nav>")[0]
    assert 'itemscope itemtype="https://schema.org/BreadcrumbList"' in trail
    items = trail.split('<li itemprop="itemListElement"')[1:]
    assert all('itemscope itemtype="https://schema.org/ListItem"' in item for item in items)
    positions = [re.findall('itemprop="position" content="([0-9]+)"', item) for item in items]
    assert positions == [["1"], ["2"]]
    assert [item.count('itemprop="name"') for item in items] == [1, 1]
    assert '<a href="/" itemprop="item">' in items[0]


def test_the_navbar_fits_the_state(eve: Person, ann: Person) -> None:
    assert "Sign up</a>" in eve.get("/about").text
    assert 'id="user-menu"' not in eve.get("/about").text
    assert 'id="user-menu"' in ann.get("/about").text
    assert "Sign up</a>" not in ann.get("/about").text


@pytest.mark.parametrize(("path", "name"), [("/", "Home"), ("/about", "About")])
def test_the_present_section_is_marked(path: str, name: str, eve: Person) -> None:
    navbar = eve.get(path).text.partition("<nav")[2].partition("</nav>")[0]
    assert re.findall(r'aria-current="page">([^<]+)<', navbar) == [name]


def test_the_footer_links_to_the_required_pages(eve: Person) -> None:
    footer = eve.get("/").text.partition("<footer")[2].partition("</footer>")[0]
    for path in ("/privacy-notice", "/terms-of-service", "/cookies"):
        assert path in footer
    assert "Cookie settings" in footer


ACCOUNT = ["/profile", "/profile/nickname", "/profile/delete", "/club/"]
LETTERS = ["/reset-key/x", "/confirm/x", "/email/confirm/x", "/email/undo/x"]


@pytest.mark.parametrize("path", [*ACCOUNT, *LETTERS, "/offline", "/nothing-here"])
def test_a_private_page_is_not_for_search_engines(path: str, ann: Person, eve: Person) -> None:
    page = (ann if path in ACCOUNT else eve).get(path).text
    assert '<meta name="robots" content="noindex">' in page
    assert 'rel="canonical"' not in page
    assert "og:" not in page


@pytest.mark.parametrize("path", [*PAGES, *FORMS])
def test_a_public_page_is_for_search_engines(path: str, eve: Person) -> None:
    assert 'name="robots"' not in eve.get(path).text


@pytest.mark.parametrize("path", PAGES[1:])
def test_a_text_says_where_to_write_to(path: str, app: Flask, eve: Person) -> None:
    assert "mailto:" not in eve.get(path).text
    change_settings(app, contact_email="help@mu.example")
    assert '<a href="mailto:help@mu.example">help@mu.example</a>' in eve.get(path).text


DEEDS = {"/logout", "/confirm"}  # and what stops mail: these are posted to


def test_no_link_of_a_page_is_broken(ann: Person) -> None:
    seen: set[str] = set()
    waiting = [*PAGES, "/profile", "/club/", "/cookies", "/login"]
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith("/dev/"):
            continue
        seen.add(path)
        answer = ann.get(path)
        assert answer.status_code in {200, 301, 302, 303}, path
        if answer.mimetype == "text/html":
            found = re.findall(r'(?:href|src|action)="(/[^"#]*)', answer.text)
            waiting += [link for link in found if link not in DEEDS and link[:6] != "/mail/"]
    assert len(seen) > 15


@pytest.mark.parametrize("path", [*PAGES, *FORMS, "/profile"])
def test_CS5_htmx_uses_this_origin_only_adds_no_style_and_keeps_no_history(
    path: str, eve: Person, ann: Person
) -> None:
    page = (ann if path == "/profile" else eve).get(path).text
    (found,) = re.findall(r"""<meta name="htmx-config" content='([^']*)'>""", page)
    settings = json.loads(html.unescape(found))
    assert settings["mode"] == "same-origin"
    assert settings["includeIndicatorCSS"] is False
    assert settings["history"] is False
