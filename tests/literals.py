"""Numbers beside a unit, where they should be printed from the rules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

NUMBERS = (
    r"\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty"
    "|fifty|ninety|half|hundred"
)
UNITS = (
    "seconds?|minutes?|hours?|days?|weeks?|months?|years?|characters?|letters?|digits?|bytes?"
    "|times?|tries"
)
LITERAL = re.compile(rf"\b(?:{NUMBERS})(?: more| or more)?[ -](?:{UNITS})\b", re.IGNORECASE)


def literals(text: str) -> list[str]:
    """Every number with a unit in a text."""
    return [found[0] for found in LITERAL.finditer(text)]


def in_template(text: str) -> list[str]:
    """The same in a template, whose comments nobody is shown."""
    return literals(re.sub(r"{#.*?#}|{%-?\s*macro.*?%}", "", text, flags=re.DOTALL))


def in_python(source: str) -> Iterator[str]:
    """The same in every string of a module that is no docstring."""
    tree = ast.parse(source)
    docs = {
        id(each.body[0].value)
        for each in ast.walk(tree)
        if isinstance(each, ast.Module | ast.ClassDef | ast.FunctionDef)
        and each.body
        and isinstance(each.body[0], ast.Expr)
    }
    for each in ast.walk(tree):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in docs:
            yield from literals(each.value)


def in_script(text: str) -> list[str]:
    """The same in what a script says: comments left out."""
    return literals(re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", text, flags=re.DOTALL))
