"""What is said of a template that cannot be rendered: the line, and what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateNotFound, TemplateSyntaxError
from werkzeug.routing import BuildError

from minimaluser.views.dev import samples
from tools.check_parts.finding import Finding, did_you_mean, meant

if TYPE_CHECKING:
    from tools.check_parts.states import Site

TEMPLATES = "/templates/"
WORD = re.compile(
    r"'([\w.]+)' is undefined|no attribute '(\w+)'|keyword argument '(\w+)'|^'(\w+)'$"
)
MACRO = re.compile(r"{%-? macro (\w+)\((.*?)\)", re.DOTALL)


def found(site: Site, state: str, problem: Exception, given: Mapping[str, Any]) -> Finding:
    """Return where a template broke, and how to mend it."""
    root, file, line = _root(problem), "", 0
    if isinstance(root, TemplateSyntaxError):
        file, line = root.filename or site.file(root.name or ""), root.lineno
    else:
        file, line = _line(site, problem, _word(root))
    what = str(root).split(". This partial is kept")[0].strip().rstrip(".").split("\n")[0]
    if isinstance(root, KeyError):
        what = f"nothing is called {what}"
    shown = _relative(file) if file else "minimaluser/views/dev/samples.py"
    return Finding(shown, max(line, 1), what, _mend(site, root, given), state)


def _line(site: Site, problem: Exception, word: str) -> tuple[str, int]:
    """Return the innermost line that has the word, or else the innermost one."""
    lines = [
        (frame.f_code.co_filename, number)
        for each in _chain(problem)
        for frame, number in walk_tb(each.__traceback__)
        if TEMPLATES in frame.f_code.co_filename
    ]
    for file, number in reversed(lines):
        source = site.source(file.rpartition(TEMPLATES)[2]).split("\n")
        if word and number <= len(source) and word in source[number - 1]:
            return file, number
    return lines[-1] if lines else ("", 0)


def _word(problem: BaseException) -> str:
    """Return the name that is wrong, if the message says it."""
    found = WORD.search(str(problem))
    return next(filter(None, found.groups())) if found else ""


def _root(problem: BaseException) -> BaseException:
    return list(_chain(problem))[-1]


def _chain(problem: BaseException) -> Iterator[BaseException]:
    here: BaseException | None = problem
    while here is not None:
        yield here
        here = here.__cause__


def _relative(file: str) -> str:
    root = Path(__file__).resolve().parent.parent.parent
    return Path(file).resolve().relative_to(root).as_posix()


def _mend(site: Site, problem: BaseException, given: Mapping[str, Any]) -> str:
    if isinstance(problem, TemplateSyntaxError):
        return "every block that is opened is closed, and every `{{` has its `}}`"
    if isinstance(problem, TemplateNotFound):
        names = site.app.jinja_env.list_templates()
        return did_you_mean(str(problem), names, "name a file in templates/")
    if isinstance(problem, BuildError):
        close = meant(problem.endpoint, site.app.view_functions)
        return f"did you mean `{close}`?" if close else "name a view: `flask access` lists them"
    if not (name := _word(problem)):
        return "look at this line, and at what it is given"
    for template in _macros(site):
        if any(name == macro for macro, _ in MACRO.findall(site.source(template))):
            return f"import it: {{% from '{template}' import {name} %}}"
    known = set(_known(site, given)) - {name}
    return did_you_mean(name, known, "give it to the partial, and name it in line 1")


def _known(site: Site, given: Mapping[str, Any]) -> Iterable[str]:
    """Return what a misspelt name may have meant."""
    known = {*site.app.jinja_env.globals, *given, *vars(samples.ann())}
    for template in site.app.jinja_env.list_templates():
        known |= set(re.findall(r"\.(\w+)", site.source(template)))
    for value in given.values():
        known |= {name for name in dir(value) if not name.startswith("_")}
        known |= {field.name for field in value} if hasattr(value, "hidden_tag") else set()
    for template in _macros(site):
        for _, arguments in MACRO.findall(site.source(template)):
            known |= set(re.findall(r"(\w+)(?==|,|$)", arguments))
    return known


def _macros(site: Site) -> list[str]:
    return [name for name in site.app.jinja_env.list_templates() if name.startswith("macros/")]
