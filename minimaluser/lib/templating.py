"""Flask and Jinja as the site uses them: what the partials of a page share is made once.

A partial whose first line says `kept` is rendered once for each set of arguments; its HTML is then
kept in this process. It can use nothing but its arguments, which are plain values, and names that
are the same for everybody (`KEPT_NAMES`); anything else is an error as soon as it is used. So no
CSRF token, nothing of a request and nothing of a visitor is kept, unless it is an argument.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import fields
from datetime import date, timedelta
from functools import cache, cached_property, lru_cache
from typing import Any, cast
from urllib.parse import quote

import jinja_partials
from flask import Flask, current_app, has_request_context, request, templating
from jinja2 import Environment as AnyEnvironment
from jinja2 import StrictUndefined, Template, UndefinedError
from markupsafe import Markup
from werkzeug.routing import MapAdapter

CONTEXT = "minimaluser.template_context"  # of the request, in its environ
KEPT = "{# kept"
KEPT_NAMES = {"asset", "is_at", "menu", "render_partial", "rules", "site_name", "url_for"}
UNKNOWN = (
    "{}: {}. This partial is kept: besides its params it knows only "
    + ", ".join(sorted(KEPT_NAMES))
    + ". Pass a plain value that is not about one visitor, or take `kept` out of its first line."
)
KEPT_MOST = 512  # renderings; the one that was not used for the longest time goes first
SPECIAL = {"_anchor", "_method", "_scheme", "_external"}  # arguments of url_for
PLAIN = (str, int, float, bool, type(None), date, timedelta)


class Environment(templating.Environment):
    """Jinja's environment of Flask, in which all templates look up the same globals.

    Jinja wraps the globals of each template in a ChainMap, which Python walks through name by name
    for every partial that is rendered and every macro that is imported: a fifth of a page's time.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template: the shared ones, unless it adds its own."""
        return super().make_globals(d) if d else self.globals

    @cached_property
    def for_kept(self) -> AnyEnvironment:
        """The environment of kept partials, and of those in them.

        They get no other names, and a missing one is an error.
        """
        ours: AnyEnvironment = self.overlay(undefined=StrictUndefined)
        ours.globals = {name: self.globals[name] for name in self.globals if name in KEPT_NAMES}

        def inside(template_name: str, /, **arguments: Any) -> str:
            return _render(ours.get_template(template_name), {**ours.globals, **arguments})

        ours.globals["render_partial"] = jinja_partials.generate_render_partial(inside)
        ours.globals["url_for"] = cast(App, self.app).address
        return ours


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
        return lru_cache(maxsize=KEPT_MOST)(self.address)

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
            return str(self._kept(template_name, **arguments))
        if not has_request_context():
            return templating.render_template(template_name, **arguments)
        return _render(template, {**self._shared(), **arguments})

    @cached_property
    def _part(self) -> Callable[[str], tuple[Template, bool]]:
        return self._find_part if self.jinja_env.auto_reload else cache(self._find_part)

    def _find_part(self, template_name: str) -> tuple[Template, bool]:
        template = self.jinja_env.get_template(template_name)
        source, _, _ = self.jinja_env.loader.get_source(self.jinja_env, template_name)  # type: ignore[union-attr]
        return template, source.startswith(KEPT)

    @cached_property
    def _kept(self) -> Any:
        most = 0 if self.jinja_env.auto_reload else KEPT_MOST
        return lru_cache(maxsize=most, typed=True)(self._render_kept)

    def _render_kept(self, template_name: str, /, **arguments: Any) -> str:
        for name, value in arguments.items():
            if not _is_plain(value):
                kind = type(value).__name__
                raise TypeError(
                    f"{template_name} is kept, so `{name}` must be a plain value: {kind}"
                )
        ours = self.jinja_env.for_kept  # type: ignore[attr-defined]
        try:
            return str(ours.globals["render_partial"](template_name, **arguments))
        except UndefinedError as problem:
            raise UndefinedError(UNKNOWN.format(template_name, problem)) from problem


def _render(template: Template, names: dict[str, Any]) -> str:
    context = template.new_context(names, shared=True)
    try:
        return "".join(template.root_render_func(context))
    except Exception:
        return template.environment.handle_exception()


def _is_plain(value: Any) -> bool:
    """Tell whether a value is its own description, so that equal ones are rendered equally."""
    if isinstance(value, tuple):
        return all(_is_plain(each) for each in value)
    if parameters := vars(type(value)).get("__dataclass_params__"):
        compared = parameters.frozen and parameters.eq and all(it.compare for it in fields(value))
        return compared and all(_is_plain(getattr(value, it.name)) for it in fields(value))
    return type(value) in PLAIN


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
