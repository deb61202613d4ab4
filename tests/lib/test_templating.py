from __future__ import annotations

from flask import Flask


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
