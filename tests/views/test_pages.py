"""The public pages."""

from __future__ import annotations

import re

import pytest

from minimaluser import config
from tests.person import Person

PAGES = ["/", "/about", "/privacy-notice", "/terms-of-service"]


@pytest.mark.parametrize("path", PAGES)
def test_everybody_sees_it(path: str, eve: Person, ben: Person, ann: Person) -> None:
    for person in (eve, ben, ann):
        assert person.get(path).status_code == 200


@pytest.mark.parametrize("path", [*PAGES, "/signup", "/login", "/forgot-key", "/cookies"])
def test_a_page_says_what_it_is(path: str, eve: Person) -> None:
    page = eve.get(path).text
    title = re.search("<title>([^<]+)</title>", page)[1]
    assert config.SITE_NAME in title
    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert re.search(r'<meta name="description" content="[^"]{20,200}">', page)
    assert f'<link rel="canonical" href="http://localhost{path}">' in page
    assert '<html lang="en">' in page
    assert f'<meta property="og:url" content="http://localhost{path}">' in page


def test_every_page_has_its_own_title_and_description(eve: Person) -> None:
    for pattern in ("<title>([^<]+)<", '<meta name="description" content="([^"]+)"'):
        found = [re.search(pattern, eve.get(path).text)[1] for path in PAGES]
        assert len(set(found)) == len(PAGES)


def test_the_navbar_fits_the_state(eve: Person, ann: Person) -> None:
    assert "Sign up</a>" in eve.get("/about").text
    assert 'id="user-menu"' not in eve.get("/about").text
    assert 'id="user-menu"' in ann.get("/about").text
    assert "Sign up</a>" not in ann.get("/about").text


@pytest.mark.parametrize(("path", "name"), [("/", "Home"), ("/about", "About")])
def test_the_present_section_is_marked(path: str, name: str, eve: Person) -> None:
    navbar = eve.get(path).text.partition("<nav")[2].partition("</nav>")[0]
    assert re.findall(r'aria-current="page">([^<]+)<', navbar) == [name]


def test_the_footer_leads_to_what_must_be_found(eve: Person) -> None:
    footer = eve.get("/").text.partition("<footer")[2].partition("</footer>")[0]
    for path in ("/privacy-notice", "/terms-of-service", "/cookies"):
        assert path in footer
    assert "Cookie settings" in footer


@pytest.mark.parametrize("path", ["/login", "/signup", "/profile", "/reset-key/x"])
def test_a_private_page_is_not_for_search_engines(path: str, ann: Person, eve: Person) -> None:
    page = (ann if path == "/profile" else eve).get(path).text
    if path != "/signup":
        assert '<meta name="robots" content="noindex">' in page


def test_no_link_of_a_page_is_broken(ann: Person) -> None:
    seen: set[str] = set()
    waiting = [*PAGES, "/profile", "/album/", "/cookies", "/login"]
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith("/dev/"):
            continue
        seen.add(path)
        answer = ann.get(path)
        assert answer.status_code in {200, 301, 302, 303}, path
        if answer.mimetype == "text/html":
            found = re.findall(r'(?:href|src|action)="(/[^"#]*)', answer.text)
            waiting += [link for link in found if link not in {"/logout", "/confirm"}]
    assert len(seen) > 15
