"""What a visitor downloads is counted, and that the cut through Bootstrap left what is used."""

from __future__ import annotations

import json
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask

from minimaluser.services import services_of
from minimaluser.testing.client import Person
from tests.test_tree import committed

ROOT = Path(__file__).parent.parent
BUILT = ROOT / "static" / "build"
BOOTSTRAP = ROOT / "node_modules" / "bootstrap" / "dist" / "css" / "bootstrap.css"
HOME_AT_MOST = 18 * 1024  # bytes of HTML, CSS and JavaScript, as sent
OWN_SCRIPT_AT_MOST = 4352  # bytes, compressed, without what comes with htmx
CLASS = re.compile(r"\.(-?[a-zA-Z_][\w-]*)")


def built(name: str) -> Path:
    path: str = json.loads((BUILT / "manifest.json").read_text())[name]
    return BUILT / path


def classes_of(css: str) -> set[str]:
    selectors = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", css, flags=re.DOTALL)
    return set(CLASS.findall(selectors))


def vendor_layer() -> str:
    """The rules of Bootstrap in the built style sheet."""
    css = built("default.css").read_text()
    start = css.index("@layer vendor{") + len("@layer vendor{")
    depth, end = 1, start
    while depth:
        depth += {"{": 1, "}": -1}.get(css[end], 0)
        end += 1
    return css[start : end - 1]


def named_in_templates() -> set[str]:
    texts = [path.read_text() for path in committed("*.html")]
    quoted = re.findall(r"""class(?:=["']|['"]: ['"])([^"']*)""", "\n".join(texts))
    return {name for value in quoted for name in re.sub(r"{[{%].*?[}%]}", " ", value).split()}


def test_every_class_of_bootstrap_that_a_template_names_is_built() -> None:
    of_bootstrap = classes_of(BOOTSTRAP.read_text()) & named_in_templates()
    assert {"btn", "btn-primary", "container", "form-control"} <= of_bootstrap
    assert of_bootstrap - classes_of(vendor_layer()) == set(), (
        "see ASSEMBLED in tools/bootstrap.mjs"
    )


def test_bootstrap_keeps_its_bare_elements_and_loses_what_nobody_uses() -> None:
    vendor = vendor_layer()
    for element in ("fieldset", "textarea", "select", "table"):
        assert re.search(rf"[{{}},]{element}[,{{:\[]", vendor), element
    assert not {"carousel", "accordion", "offcanvas"} & classes_of(vendor)


def test_a_theme_may_do_without_bootstrap() -> None:
    plain = built("plain.css")
    assert "--bs-" not in plain.read_text()
    assert plain.stat().st_size < built("default.css").stat().st_size * 0.75


def test_the_pictures_that_bootstrap_draws_with_are_files() -> None:
    assert "data:" not in built("default.css").read_text()  # our security policy has no data:


def test_our_own_script_is_small_and_in_one_file() -> None:
    script = built("site.js").read_text()
    assert 500 < len(brotli.compress(script.encode())) <= OWN_SCRIPT_AT_MOST
    assert not re.search(r"""\b(from|import) *["']""", script)  # `import()` is for later


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_the_home_page_is_light(coding: str, stocked: Flask, eve: Person) -> None:
    pages = ("/", *(services_of(stocked).assets.url(name) for name in ("default.css", "site.js")))
    answers = [eve.get(path, headers={"Accept-Encoding": coding}) for path in pages]
    assert [answer.headers.get("Content-Encoding") for answer in answers] == [coding] * 3
    weights = [len(answer.data) for answer in answers]
    allowed = HOME_AT_MOST if coding == "br" else HOME_AT_MOST * 1.15
    assert sum(weights) <= allowed, weights


def test_an_answer_is_compressed_for_clients_that_ask_and_kept_apart(eve: Person) -> None:
    plain, small = eve.get("/about"), eve.get("/about", headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in plain.headers
    assert brotli.decompress(small.data).decode().count("<h1") == 1
    for answer in (plain, small):
        vary = {name.strip() for name in answer.headers["Vary"].split(",")}
        assert {"Cookie", "HX-Request", "HX-Request-Type", "Accept-Encoding"} <= vary
