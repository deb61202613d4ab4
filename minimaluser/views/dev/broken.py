"""What is said of a template that cannot be rendered: the line, and what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from traceback import walk_tb
from typing import Any

from flask import current_app
from jinja2 import TemplateNotFound, TemplateSyntaxError
from werkzeug.routing import BuildError

from minimaluser.lib.assets import AssetMissing
from minimaluser.settings import ROOT
from minimaluser.views.dev import named, samples, sources
from minimaluser.views.dev.beside import Problem
from minimaluser.views.dev.notation import did_you_mean

TEMPLATES = "/templates/"
SAMPLES = ROOT / "minimaluser" / "views" / "dev" / "samples.py"
WORD = re.compile(
    r"'([\w.]+)' is undefined|no attribute '(\w+)'|keyword argument '(\w+)'|^'(\w+)'$"
)
UNKNOWN = re.compile(r"(?:No |unknown )(filter|test|tag)(?: named)? '(\w+)'")
NOTHING = re.compile(r"is undefined$|has no attribute '\w+'$")
SYNTAX = {
    "end of comment": "add `#}`",
    "expected ')'": "add `)`",
    "expected ']'": "add `]`",
    "got 'if'": "write {% elif … %}",
    "unexpected '}'": "write `%}` or `}}` in one piece",
    "function call": "write what has no name first, then `name=…`",
    "unexpected char": "look for a quote that is lost on this line",
    "xpected token": "look for a bracket, a quote or a comma that is lost on this line",
    "xpected an expression": "write what is meant there",
}
TAGS = (
    *("if", "elif", "else", "endif", "for", "endfor", "set", "endset", "block", "endblock"),
    *("macro", "endmacro", "call", "endcall", "from", "import", "include", "extends", "filter"),
    *("endfilter", "with", "endwith", "raw", "endraw"),
)
MACROS = f"{TEMPLATES}macros/"
PLAIN = re.compile(r"'?(str|int|float|bool|list|tuple|dict|None|NoneType)( object)?'? has no attr")
MACRO = re.compile(r"{%-? macro (\w+)\((.*?)\)", re.DOTALL)


def problem_of(error: Exception, given: Mapping[str, Any]) -> Problem:
    """Return where a template broke, and how to mend it; inside an app.

    Args:
        error: what rendering it raised.
        given: what the template was given.
    """
    root, file, line = _root(error), "", 0
    if isinstance(root, TemplateSyntaxError):
        name = root.name or ""  # or the whole path, where there is no end to a comment
        path = name if Path(name).is_absolute() else str(sources.path_of(name))
        file, line = root.filename or path, root.lineno
    else:
        file, line = _line(error, _word(root))
    what = str(root).split(". This partial is kept")[0].strip().rstrip(".").split("\n")[0]
    if isinstance(root, KeyError):
        what = f"nothing is called {what}"
    elif NOTHING.search(what) and not PLAIN.match(what):
        what = f"nothing is called `{_word(root)}`"
    return Problem(Path(file or SAMPLES), max(line, 1), what, _mend(root, given))


def _line(error: Exception, word: str) -> tuple[str, int]:
    """Return the innermost line that has the word, or else the innermost one."""
    lines = [
        (frame.f_code.co_filename, number)
        for each in _chain(error)
        for frame, number in walk_tb(each.__traceback__)
        if Path(frame.f_code.co_filename).suffix not in {".py", ""}
    ]
    outside = [place for place in lines if MACROS not in place[0]]
    if outside and PLAIN.match(str(_root(error))):  # a macro was given something else than it wants
        return outside[-1]
    for file, number in reversed(lines):
        source = _source(file).split("\n")
        if word and number <= len(source) and word in source[number - 1]:
            return file, number
    return lines[-1] if lines else ("", 0)


def _source(file: str) -> str:
    try:
        return named.source(file.rpartition(TEMPLATES)[2])
    except TemplateNotFound:  # it is a template of a folder with another name
        return Path(file).read_text(encoding="utf-8")


def _word(error: BaseException) -> str:
    """Return the name that is wrong, if the message says it."""
    found = WORD.search(str(error))
    return next(filter(None, found.groups())) if found else ""


def _root(error: BaseException) -> BaseException:
    return list(_chain(error))[-1]


def _chain(error: BaseException) -> Iterator[BaseException]:
    here: BaseException | None = error
    while here is not None:
        yield here
        here = here.__cause__


def _mend(error: BaseException, given: Mapping[str, Any]) -> str:
    environment = current_app.jinja_env
    if isinstance(error, TemplateSyntaxError):
        if unknown := UNKNOWN.search(str(error)):
            there = {"filter": environment.filters, "test": environment.tests, "tag": TAGS}
            if unknown[2] not in there[unknown[1]]:
                otherwise = f"use a {unknown[1]} that there is"
                return did_you_mean(unknown[2], there[unknown[1]], otherwise)
        said = (mend for words, mend in SYNTAX.items() if words in str(error))
        return next(said, "every block that is opened is closed, and every `{{` has its `}}`")
    if isinstance(error, TemplateNotFound):
        return did_you_mean(str(error), environment.list_templates(), "name a file in templates/")
    if isinstance(error, AssetMissing):
        icons = [f"icons/{it.name}" for it in (ROOT / "static" / "icons").iterdir()]
        otherwise = "put it into static/icons/, and run `make assets`, also if nothing is built yet"
        return did_you_mean(str(error).partition(" ")[0], icons, otherwise)
    if isinstance(error, BuildError):
        views, otherwise = current_app.view_functions, "name a view: `flask access` lists them"
        return did_you_mean(error.endpoint, views, otherwise)
    if PLAIN.match(str(error)):
        return "look at what this line gives to a macro, and in which sequence"
    if not (name := _word(error)):
        return "look at this line, and at what it is given"
    for template in _macros():
        if any(name == macro for macro, _ in MACRO.findall(named.source(template))):
            return f"import it: {{% from '{template}' import {name} %}}"
    known = set(_known(given)) - {name}
    return did_you_mean(name, known, "give it to the partial, and name it in line 1")


def _known(given: Mapping[str, Any]) -> Iterable[str]:
    """Return what a misspelt name may have meant."""
    environment = current_app.jinja_env
    known = {*environment.globals, *given, *vars(samples.ann())}
    for template in environment.list_templates():
        known |= set(re.findall(r"\.(\w+)", named.source(template)))
    for value in given.values():
        known |= {name for name in dir(value) if not name.startswith("_")}
        known |= {field.name for field in value} if hasattr(value, "hidden_tag") else set()
    for template in _macros():
        for _, arguments in MACRO.findall(named.source(template)):
            known |= set(re.findall(r"(\w+)(?==|,|$)", arguments))
    return known


def _macros() -> list[str]:
    names = current_app.jinja_env.list_templates()
    return [name for name in names if name.startswith("macros/")]
