"""Flask and Jinja as the site uses them: what the partials of a page share is made once."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import cache, cached_property, lru_cache
from typing import Any, cast
from urllib.parse import quote

import jinja_partials
from flask import Flask, current_app, has_request_context, request, templating
from jinja2 import Environment as AnyEnvironment
from jinja2 import StrictUndefined, Template
from markupsafe import Markup
from werkzeug.routing import MapAdapter

from minimaluser.lib import kept

CONTEXT = "minimaluser.template_context"  # of the request, in its environ
ADDRESSES = 512  # at most, that are kept
SPECIAL = {"_anchor", "_method", "_scheme", "_external"}  # arguments of url_for


class Fresh(Template):
    """A template whose macros are made anew while templates are edited: they may use others."""

    def _get_default_module(self, ctx: Any = None) -> Any:
        if self.environment.auto_reload:
            self._module = None
        return super()._get_default_module(ctx)


class Environment(templating.Environment):
    """Jinja's environment of Flask, in which all templates look up the same globals.

    Jinja wraps the globals of each template in a ChainMap, which Python walks through name by name
    for every partial that is rendered and every macro that is imported: a fifth of a page's time.
    """

    template_class = Fresh

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template: the shared ones, unless it adds its own."""
        return super().make_globals(d) if d else self.globals


class App(Flask):
    """Flask, in which context processors run once a request, and which keeps what is the same."""

    jinja_environment = Environment

    def create_jinja_environment(self) -> Environment:
        """Return Flask's environment, with `render_partial` for its templates."""
        made = super().create_jinja_environment()
        made.globals["render_partial"] = jinja_partials.generate_render_partial(self.render_part)
        return made  # type: ignore[return-value]

    def ensure_sync(self, func: Any) -> Any:
        """Return the function: no view of the site is a coroutine."""
        return func

    def url_for(self, endpoint: str, **values: Any) -> str:
        """Return an address; the site is at the root of its host, whatever a request says."""
        special = {name: values.pop(name, None) for name in SPECIAL}  # Flask hands over all of them
        anchor = special.pop("_anchor")
        if any(value is not None for value in special.values()):
            return super().url_for(endpoint, _anchor=anchor, **special, **values)
        if endpoint.startswith("."):
            endpoint = f"{request.blueprint or ''}{endpoint}".removeprefix(".")
        found = self.address(endpoint, **values) if values else self._address(endpoint)
        return found if anchor is None else f"{found}#{quote(anchor)}"

    def address(self, endpoint: str, /, **values: Any) -> str:
        """Return the path of a view, which is the same for every request.

        Raises:
            TypeError: it is given an argument of `url_for` that depends on the request.
        """
        if values.keys() & SPECIAL:
            raise TypeError(f"an address that is kept takes none of {sorted(SPECIAL)}")
        return self._addresses.build(endpoint, values)

    def log_exception(self, exc_info: Any) -> None:
        """Log an exception with the rule of its address, which itself may hold a token."""
        where = request.url_rule.rule if request.url_rule else "an unknown address"
        self.logger.error("Exception on %s [%s]", where, request.method, exc_info=exc_info)

    @cached_property
    def _addresses(self) -> MapAdapter:
        return self.url_map.bind("localhost")

    @cached_property
    def _address(self) -> Callable[[str], str]:
        return lru_cache(maxsize=ADDRESSES)(self.address)

    def update_template_context(self, context: dict[str, Any]) -> None:
        """Add to a context what context processors give; names that are in it stay as they are."""
        if not has_request_context():
            super().update_template_context(context)
            return
        context.update({**self._shared(), **context})

    def _shared(self) -> dict[str, Any]:
        shared: dict[str, Any] | None = request.environ.get(CONTEXT)
        if shared is None:
            shared = request.environ[CONTEXT] = dict(self.jinja_env.globals)
            super().update_template_context(shared)
        return shared

    def render_part(self, template_name: str, /, **arguments: Any) -> str:
        """Render a partial of a page: what `render_partial` does.

        Args:
            template_name: its path in the folder of the templates.
            arguments: those that its first line names.

        Raises:
            TypeError: the partial is kept, and an argument is not a plain value.
            jinja2.UndefinedError: the partial is kept, and uses a name that it may not.
        """
        template, is_kept = self._part(template_name)
        if is_kept:
            return self._kept.render(template_name, **arguments)
        if not has_request_context():
            return templating.render_template(template_name, **arguments)
        return kept.render(template, {**self._shared(), **arguments})

    @cached_property
    def _part(self) -> Callable[[str], tuple[Template, bool]]:
        return self._find_part if self.jinja_env.auto_reload else cache(self._find_part)

    def _find_part(self, template_name: str) -> tuple[Template, bool]:
        template = self.jinja_env.get_template(template_name)
        source, _, _ = self.jinja_env.loader.get_source(self.jinja_env, template_name)  # type: ignore[union-attr]
        return template, source.startswith(kept.FIRST_WORD)

    @cached_property
    def _kept(self) -> kept.Keeper:
        return kept.Keeper(self.jinja_env, self.address)


def render_part(template_name: str, /, **arguments: Any) -> Markup:
    """Render a partial as `render_partial` does in a template; see `App.render_part`."""
    return Markup(cast(App, current_app).render_part(template_name, **arguments))  # noqa: S704


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
