from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, render_template, render_template_string, request
from jinja2 import UndefinedError

from minimaluser.lib.templating import render_strictly
from minimaluser.testing.client import Person
from minimaluser.views.dev import gallery
from minimaluser.views.dev.samples import person


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
def test_what_templates_share_is_computed_once_a_page(app: Flask, ann: Person, path: str) -> None:
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


def test_a_mail_shows_no_blank_for_a_name_that_it_is_not_given(app: Flask) -> None:
    context = dict(gallery.MAILS["new_device"]) | {"user": person(), "stop_link": ""}
    template = "email/new_device/body.txt"
    with app.app_context():
        assert render_strictly(template, **context) == render_template(template, **context)
        del context["browser"]
        assert render_template(template, **context)
        with pytest.raises(UndefinedError, match="browser"):
            render_strictly(template, **context)
