"""The site as it is, with the backstage, and with another service worker for who wants it.

A cookie `worker=next` brings the service worker of a release with another script; `worker=off`:
SW_DISABLED. `/rows` has three rows that are removed in place, as the bicycles of docs/recipes/
are.
"""

from __future__ import annotations

import re

from flask import Flask, Response, current_app, render_template_string, request

from e2e import exercised
from minimaluser.lib import htmx
from minimaluser.security.access import EVERYBODY, access
from minimaluser.testing import backstage
from minimaluser.testing.apps import change_settings
from tests.club import create_app as create_the_site

ROWS = """
{% extends 'base.html' %}
{% from 'macros/buttons.html' import post_button %}
{% from 'macros/rows.html' import row %}
{% block name %}Rows{% endblock %}
{% block description %}Rows that can be removed.{% endblock %}
{% block main %}
<h1>Rows</h1>
<div class="rows">
  {% for name in ('First', 'Second', 'Third') %}
  {% call row(name, name) %}
  {{ post_button('/rows', 'Remove', more=name, target='closest section') }}
  {% endcall %}
  {% endfor %}
</div>
{% endblock %}
"""


def create_app() -> Flask:
    """Make the site."""
    app = create_the_site()
    exercised.watch(app)
    app.before_request(_switch_worker)
    app.after_request(_renew_worker)
    app.add_url_rule("/rows", "rows", access(EVERYBODY)(_show_rows))
    app.add_url_rule("/rows", "remove", access(EVERYBODY)(_remove_row), methods=["POST"])
    return backstage.opened(app)


def _show_rows() -> str:
    return render_template_string(ROWS)


def _remove_row() -> Response:
    return htmx.removed("It is gone.")


def _switch_worker() -> None:
    change_settings(current_app, sw_disabled=request.cookies.get("worker") == "off")


def _renew_worker(answer: Response) -> Response:
    if request.path == "/sw.js" and request.cookies.get("worker") == "next":
        text = answer.get_data(as_text=True).replace('VERSION = "', 'VERSION = "next-')
        answer.set_data(re.sub(r'"/static/site\.\w+\.js",?', "", text))
    return answer
