"""Partials that are the same for everybody: rendered once for each set of arguments, then kept.

The first line of such a partial says `kept`; its HTML stays in this process. It can use nothing but
its arguments, which are plain values, and names that are the same for everybody (`NAMES`); anything
else is an error as soon as it is used. So no CSRF token, nothing of a request and nothing of a
visitor is kept, unless it is an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import jinja_partials
from jinja2 import Environment, StrictUndefined, Template, UndefinedError

FIRST_WORD = "{# kept"
NAMES = {"asset", "is_at", "menu", "render_partial", "rules", "site_name", "url_for"}
MOST = 512  # renderings; the one that was not used for the longest time goes first
PLAIN = (str, int, float, bool, type(None), date, timedelta)
UNKNOWN = (
    "{}: {}. This partial is kept: besides its params it knows only "
    + ", ".join(sorted(NAMES))
    + ". Pass a plain value that is not about one visitor, or take `kept` out of its first line."
)


class Keeper:
    """Renders partials and keeps their HTML, in an environment of their own.

    The partials in them are rendered there, too. A missing name is an error.

    Attributes:
        render: takes the path of the partial, and its arguments by name.
    """

    def __init__(self, environment: Environment, url_for: Callable[..., str]) -> None:
        self.environment: Environment = environment.overlay(undefined=StrictUndefined)
        self.names = {name: environment.globals[name] for name in NAMES & {*environment.globals}}
        self.names["render_partial"] = jinja_partials.generate_render_partial(self._inside)
        self.names["url_for"] = url_for
        self.environment.globals = self.names
        most = 0 if environment.auto_reload else MOST
        self.render = lru_cache(maxsize=most, typed=True)(self._render)

    def _render(self, template_name: str, /, **arguments: Any) -> str:
        for name, value in arguments.items():
            if not is_plain(value):
                kind = type(value).__name__
                raise TypeError(f"{template_name} is kept, so `{name}` must be plain, not {kind}")
        try:
            return self._inside(template_name, **arguments)
        except UndefinedError as problem:
            raise UndefinedError(UNKNOWN.format(template_name, problem)) from problem

    def _inside(self, template_name: str, /, **arguments: Any) -> str:
        return render(self.environment.get_template(template_name), {**self.names, **arguments})


def render(template: Template, names: Mapping[str, Any]) -> str:
    """Render a template that knows these names and no others."""
    context = template.new_context({**names}, shared=True)
    try:
        return "".join(template.root_render_func(context))
    except Exception:
        return template.environment.handle_exception()


def is_plain(value: Any) -> bool:
    """Tell whether a value is its own description, so that equal ones are rendered equally."""
    if isinstance(value, tuple):
        return all(is_plain(each) for each in value)
    if parameters := vars(type(value)).get("__dataclass_params__"):
        compared = parameters.frozen and parameters.eq and all(it.compare for it in fields(value))
        return compared and all(is_plain(getattr(value, it.name)) for it in fields(value))
    return type(value) in PLAIN
