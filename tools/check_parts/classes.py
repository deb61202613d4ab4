"""Classes: those that style sheets have rules for, and those that something on a page has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tools.check_parts import scripts, themes
from tools.check_parts.css import Rule
from tools.check_parts.finding import FOLLOWING, MISSPELT, Finding, did_you_mean, meant

CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
DATA = re.compile(r"\[(data-[\w-]+)")
WORD = re.compile(r"[\w-]+")
# What has the word "class" before it, in HTML, in Jinja and in Python; what scripts set.
SAID = re.compile(r"""\bclass\w*["']?\s*[=:]\s*(?:"([^"]*)"|'([^']*)')""")
SET = re.compile(r"classList\.\w+\(([^)]*)\)|className\s*\+?=\s*([^;]*)")
STEM = "-"  # ends what a template completes: `toast-note-{{ kind }}`


def said(texts: Mapping[str, str]) -> set[str]:
    """Return the classes that sources name as such, and the beginnings of those that they make."""
    found: set[str] = set()
    for text in texts.values():
        for each in (*SAID.finditer(text), *SET.finditer(text)):
            found |= {*WORD.findall(each[1] or each[2] or "")}
    return found


def orphaned(rules: list[Rule], used: set[str], texts: Mapping[str, str]) -> Iterator[Finding]:
    """Find rules for what no page has.

    Args:
        rules: the rules of all style sheets.
        used: the classes that something has, and beginnings of such.
        texts: the sources of templates and scripts.
    """
    words = {word for text in texts.values() for word in WORD.findall(text)} | scripts.written()
    told: set[tuple[str, str]] = set()
    for rule in rules:
        if rule.text.startswith("@"):
            continue
        for name in DATA.findall(rule.text):
            if name not in words and (rule.file, name) not in told:
                told.add((rule.file, name))
                mend = did_you_mean(name, scripts.data_names(), "take the rule out")
                what = f"nothing has `{name}`"
                yield Finding(rule.file, rule.line, what, mend, rank=MISSPELT)
        for name in CLASS.findall(rule.text):
            stem = name.rpartition(STEM)[0] + STEM
            if name in used or stem in used - {STEM} or name.startswith("htmx-"):
                continue
            if (rule.file, name) not in told:
                told.add((rule.file, name))
                close = meant(name, scripts.classes() & used)
                mend = f"did you mean `{close}`?" if close else "take the rule out"
                what = f"no template has the class `{name}`"
                rank = MISSPELT if close else FOLLOWING
                yield Finding(rule.file, rule.line, what, mend, rank=rank)


class Vendor:
    """Bootstrap: what of it is in the build, and in which themes.

    Args:
        rules: those of our own style sheets.
        texts: the sources of templates and scripts; the build keeps what they name.
    """

    def __init__(self, rules: list[Rule], texts: Mapping[str, str]) -> None:
        self._named = {word for text in texts.values() for word in WORD.findall(text)}
        own: dict[str, set[str]] = {}
        for rule in rules:
            own.setdefault(rule.file, set()).update(CLASS.findall(rule.text))
        sheets = themes.sheets()
        self._in_theme = {
            theme: {name for file in files for name in own.get(file, ())}
            for theme, files in sheets.items()
        }
        self._without = [theme for theme in sheets if not themes.takes_bootstrap(theme)]

    def wrong(self, name: str) -> tuple[str, str]:
        """Return what is wrong with a class, and how to mend it; empty if nothing is."""
        if name not in scripts.classes_of_bootstrap() or all(
            name in there for there in self._in_theme.values()
        ):
            return "", ""
        if name not in self._named:
            what = f"the build has no rule for `{name}`, which is put together"
            return what, "name it in ASSEMBLED of tools/bootstrap.mjs"
        for theme in self._without:
            if name not in self._in_theme[theme]:
                what = f"only Bootstrap has rules for `{name}`, and the theme {theme} is without it"
                return what, "write a rule for it into static/src/css/components/"
        return "", ""
