"""Flask and Jinja as the site uses them: a page of many partials computes what they share once."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, has_request_context, request, templating
from jinja2 import Environment as AnyEnvironment
from jinja2 import StrictUndefined

CONTEXT = "minimaluser.template_context"  # of the request, in its environ


class Environment(templating.Environment):
    """Jinja's environment of Flask, in which all templates look up the same globals.

    Jinja wraps the globals of each template in a ChainMap, which Python walks through name by name
    for every partial that is rendered and every macro that is imported: a fifth of a page's time.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template: the shared ones, unless it adds its own."""
        return super().make_globals(d) if d else self.globals


class App(Flask):
    """Flask, in which context processors run once a request, not once a partial."""

    jinja_environment = Environment

    def update_template_context(self, context: dict[str, Any]) -> None:
        """Add to a context what context processors give; names that are in it stay as they are."""
        if not has_request_context():
            super().update_template_context(context)
            return
        shared: dict[str, Any] | None = request.environ.get(CONTEXT)
        if shared is None:
            shared = request.environ[CONTEXT] = {}
            super().update_template_context(shared)
        for name in shared.keys() - context.keys():
            context[name] = shared[name]


def render_strictly(name: str, **context: Any) -> str:
    """Render a template that must be given every name that it uses.

    Raises:
        jinja2.UndefinedError: a name is missing, which a page would show as a blank.
    """
    current_app.update_template_context(context)
    return _strict(current_app.jinja_env).get_template(name).render(context)


@lru_cache(maxsize=1)
def _strict(environment: AnyEnvironment) -> AnyEnvironment:
    return environment.overlay(undefined=StrictUndefined)
