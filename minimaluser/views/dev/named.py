"""The samples of the core and of every part by their names, and what a template is given."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from inspect import Parameter, isfunction, signature
from typing import Any

from flask import current_app
from jinja2 import BaseLoader, meta, nodes

from minimaluser import parts
from minimaluser.forms import Form
from minimaluser.views.dev import filled
from minimaluser.views.dev.notation import Sample

OWN = ("minimaluser.views.dev.samples", "minimaluser.views.dev.samples_of_forms")
PARAMS = re.compile(r"{# (?:kept; )?params: (.*?) ?-?#}")


@cache
def samples() -> dict[str, Sample]:
    """Return everything that a state may name: functions of the `samples` modules, and forms."""
    modules = [*OWN, *(f"{name}.samples" for name in parts.PARTS if find_spec(f"{name}.samples"))]
    found = {name: _of_form(each) for name, each in filled.classes().items()}
    for module in map(import_module, modules):
        for name, made in vars(module).items():
            if isfunction(made) and made.__module__ == module.__name__ and name[0] != "_":
                found[name] = Sample(made)
    return found


def _of_form(form_class: type[Form]) -> Sample:
    named = signature(form_class.__init__).parameters.values()
    plain = {Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY}
    own = tuple(each.name for each in named if each.kind in plain and each.name != "self")
    return Sample(partial(_form, form_class, own), (*filled.fields(form_class), *own))


def _form(form_class: type[Form], own: tuple[str, ...], **given: Any) -> Form:
    """Make a form: empty, or sent with what is given for its fields."""
    made = {name: given.pop(name) for name in own if name in given}
    return filled.form(form_class, given, **made) if given else form_class(**made)


def source(template: str) -> str:
    """Return the text of a template."""
    environment = current_app.jinja_env
    loader: BaseLoader = environment.loader  # type: ignore[assignment]
    return loader.get_source(environment, template)[0]


def wanted(template: str) -> set[str]:
    """Return the names of what a template is given: what line 1 of a part says, or what it uses."""
    text = source(template)
    if template.startswith(("partials/", "email/")) and (said := PARAMS.match(text)):
        return {each for each in said[1].split(", ") if each}
    environment, known = current_app.jinja_env, dict[str, Any]()
    current_app.update_template_context(known)
    parsed = environment.parse(text)
    here = {str(it) for each in parsed.find_all(nodes.FromImport) for it in each.names}
    here |= {
        each.target.name for each in parsed.find_all(nodes.Assign) if hasattr(each.target, "name")
    }
    return meta.find_undeclared_variables(parsed) - here - environment.globals.keys() - known.keys()


def defaults(template: str, without: Collection[str] = ()) -> dict[str, Any]:
    """Return the samples whose names are those of parameters of a template."""
    there = samples()
    return {name: there[name].make() for name in wanted(template) - {*without} if name in there}
