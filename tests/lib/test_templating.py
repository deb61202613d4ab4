from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, render_template, render_template_string, request, url_for
from jinja2 import DictLoader, UndefinedError
from markupsafe import Markup
from werkzeug.routing import BuildError

from minimaluser.lib import kept
from minimaluser.lib.templating import App, render_part, render_strictly
from minimaluser.testing.client import Person
from minimaluser.views.dev import named
from minimaluser.views.dev.samples import ann


def test_templates_look_up_the_same_globals_also_those_added_later(app: Flask) -> None:
    template = app.jinja_env.from_string("{{ added_later }}")
    app.jinja_env.globals["added_later"] = "yes"
    try:
        assert template.render() == "yes"
        assert app.jinja_env.get_template("base.html").globals is app.jinja_env.globals
    finally:
        del app.jinja_env.globals["added_later"]


def test_globals_of_one_template_are_not_everybodys(app: Flask) -> None:
    template = app.jinja_env.from_string("{{ mine }}", globals={"mine": "yes"})
    assert template.render() == "yes"
    assert "mine" not in app.jinja_env.globals


@pytest.mark.parametrize("path", ["/", "/profile"])
def test_a_value_that_templates_share_is_computed_once_a_page(
    app: Flask, ann: Person, path: str
) -> None:
    computed: list[str] = []

    def count() -> dict[str, Any]:
        computed.append(request.path)
        return {}

    app.template_context_processors[None].append(count)
    try:
        assert ann.get(path).text.count("</section>") > 1
        assert computed == [path]
        ann.get(path)
        assert computed == [path, path]
    finally:
        app.template_context_processors[None].remove(count)


def test_each_request_has_its_own_and_what_a_template_is_given_comes_first(app: Flask) -> None:
    with app.app_context():
        for path in ("/about", "/login"):
            with app.test_request_context(path):
                assert render_template_string("{{ canonical_url }}").endswith(path)
                assert render_template_string("{{ canonical_url }}", canonical_url="x") == "x"
                assert render_template_string("{{ canonical_url }}").endswith(path)


def test_a_mail_shows_no_blank_for_a_name_that_it_is_not_given(production: Flask) -> None:
    template = "email/new_device/body.txt"
    with production.app_context():
        context = named.defaults("email/new_device/body.html") | {"stop_link": ""}
        assert render_strictly(template, **context) == render_template(template, **context)
        del context["browser"]
        assert render_template(template, **context)
        with pytest.raises(UndefinedError, match="browser"):
            render_strictly(template, **context)


def test_a_misspelt_name_is_an_error_in_development_and_a_blank_in_production(
    app: Flask, production: Flask
) -> None:
    """Nobody's page breaks because of one, and whoever writes one sees it."""
    for site, is_strict in ((app, True), (production, False)):
        with site.test_request_context("/", base_url="https://mu.example"):
            template = site.jinja_env.from_string("<b>{{ user.nicname }}</b>")
            if is_strict:
                with pytest.raises(UndefinedError, match="nicname"):
                    template.render(user=ann())
            else:
                assert template.render(user=ann()) == "<b></b>"


@dataclass(frozen=True)
class Point:
    x: int
    label: str


@dataclass(frozen=True)
class Secretive:
    x: int
    label: str = field(compare=False)


class Later(Point):
    """Has what a frozen dataclass has, and may have more."""


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Callable[..., App]:
    """Makes an app of a few templates, which counts how often `asset` is called."""

    def make(**templates: str) -> App:
        app = App("small")
        app.jinja_loader = DictLoader({f"{name}.html": text for name, text in templates.items()})
        app.secret_key = "x"
        calls: list[str] = []
        app.extensions["calls"] = calls
        app.add_template_global(lambda name: calls.append(name) or name, "asset")
        app.add_template_global(lambda: "a-token", "csrf_token")
        app.context_processor(lambda: {"current_user": "ann"})
        app.add_url_rule("/there", "there")
        return app

    return make


def test_a_kept_partial_is_rendered_once_for_each_set_of_arguments(
    small: Callable[..., App],
) -> None:
    app = small(part="{# kept; params: n #}{{ asset('a') }} {{ n }}")
    with app.test_request_context():
        assert [render_part("part.html", n=n) for n in (1, 2, 1, 2, 1)] == [
            "a 1",
            "a 2",
            "a 1",
            "a 2",
            "a 1",
        ]
        assert app.extensions["calls"] == ["a", "a"]


def test_a_partial_that_is_not_kept_is_rendered_each_time(small: Callable[..., App]) -> None:
    app = small(part="{# params: #}{{ asset('a') }} {{ current_user }}")
    for _ in range(2):
        with app.test_request_context():
            assert render_part("part.html") == "a ann"
    assert app.extensions["calls"] == ["a", "a"]


def test_while_templates_are_edited_nothing_is_kept(small: Callable[..., App]) -> None:
    app = small(part="{# kept; params: #}{{ asset('a') }}")
    app.jinja_env.auto_reload = True
    with app.test_request_context():
        assert {render_part("part.html") for _ in range(3)} == {"a"}
    assert app.extensions["calls"] == ["a"] * 3


def test_a_macro_that_is_edited_is_seen_through_one_that_uses_it(tmp_path: Path) -> None:
    inner = tmp_path / "inner.html"
    inner.write_text("{% macro inner() %}old{% endmacro %}")
    uses = "{% from 'inner.html' import inner %}{% macro outer() %}{{ inner() }}{% endmacro %}"
    (tmp_path / "outer.html").write_text(uses)
    (tmp_path / "page.html").write_text("{% from 'outer.html' import outer %}{{ outer() }}")
    app = App("small", template_folder=str(tmp_path))
    app.jinja_env.auto_reload = True
    with app.app_context():
        assert render_template("page.html") == "old"
        inner.write_text("{% macro inner() %}new{% endmacro %}")
        os.utime(inner, (1, 1))
        assert render_template("page.html") == "new"


@pytest.mark.parametrize(
    "inside",
    ["{{ current_user }}", "{{ csrf_token() }}", "{{ session }}", "{{ request.path }}", "{{ g.x }}",
     "{{ config }}", "{{ get_flashed_messages() }}", "{{ render_partial('inner.html') }}",
     "{% from 'macros.html' import token %}{{ token() }}", "{% include 'inner.html' %}",
     "{% extends 'inner.html' %}", "{{ url_for('there', _external=true) }}",
     "{{ url_for('there', _anchor='x') }}", "{{ url_for('.there') }}"],
)  # fmt: skip
def test_CA1_a_kept_partial_can_use_nothing_of_a_request(
    small: Callable[..., App], inside: str
) -> None:
    app = small(
        part="{# kept; params: #}" + inside,
        inner="{{ current_user }}",
        macros="{% macro token() %}{{ csrf_token() }}{% endmacro %}",
    )
    with app.test_request_context(), pytest.raises((UndefinedError, TypeError, BuildError)) as said:
        render_part("part.html")
    if said.type is UndefinedError:
        assert "part.html: '" in str(said.value)
        assert "take `kept` out of its first line" in str(said.value)


@pytest.mark.parametrize(
    "value",
    [
        *(SimpleNamespace(name="Ann"), ["Ann"], Markup("Ann"), ("A", ["B"])),
        *(Point(1, Markup("x")), Secretive(1, "Ann"), Later(1, "Ann")),
    ],
)
def test_CA1_a_kept_partial_is_given_plain_values_only(
    small: Callable[..., App], value: Any
) -> None:
    app = small(part="{# kept; params: it #}{{ it }}")
    with app.test_request_context(), pytest.raises(TypeError, match=r"unhashable|must be plain"):
        render_part("part.html", it=value)


def test_equal_values_of_other_types_are_not_taken_for_each_other(
    small: Callable[..., App],
) -> None:
    app = small(part="{# kept; params: it #}{{ it }}")
    with app.test_request_context():
        assert [render_part("part.html", it=it) for it in (1, True, 1.0)] == ["1", "True", "1.0"]
        assert render_part("part.html", it=Point(1, "<")) == render_part(
            "part.html", it=Point(1, "<")
        )


def test_CA1_the_address_of_a_page_does_not_depend_on_what_a_request_says(
    small: Callable[..., App],
) -> None:
    app = small(
        part="{# kept; params: #}{{ url_for('there') }}", page="{{ url_for('there', x='1') }}"
    )
    for script in ("/evil", ""):
        with app.test_request_context(environ_overrides={"SCRIPT_NAME": script}):
            assert render_part("part.html") == "/there"
            assert render_template("page.html") == "/there?x=1"
            assert url_for("there") == url_for("there", _anchor=None) == "/there"
            assert url_for(".there") == "/there"
            assert url_for("there", _anchor="row") == "/there#row"
            assert url_for("there", _external=True).startswith("http://")


def test_what_kept_partials_may_use_is_the_same_for_everybody(app: Flask, ann: Person) -> None:
    """`rules` and `menu` are objects, but no request changes them."""
    assert app.jinja_env.globals.keys() >= kept.NAMES
    with app.test_request_context("/"):
        of_a_request: dict[str, Any] = {}
        app.update_template_context(of_a_request)
        names = {
            name
            for name in of_a_request
            if of_a_request[name] is not app.jinja_env.globals.get(name)
        }
    assert kept.NAMES & names == set()
