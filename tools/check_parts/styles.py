"""The style sheets: names that exist, and a focus that is seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import dirname, relpath

from tools.check_parts import scripts, themes
from tools.check_parts.css import Declaration
from tools.check_parts.finding import Finding, did_you_mean

SITE = f"{themes.SHARED}{themes.SHEET}"
BASE = f"{themes.SHARED}base.css"
VARIABLE = re.compile(r"var\((--[\w-]+)")
SILENT = re.compile(r"^(none|0\w*)\b")
# What takes the focus by script only, so that a keyboard goes on from there.
NOT_REACHED = re.compile(r"^(main|#[\w-]+-title)(:focus(-visible)?)?$")
CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
DATA = re.compile(r"\[(data-[\w-]+)")
WORD = re.compile(r"[\w-]+")


def check(found: list[Declaration], templates: Mapping[str, str]) -> Iterator[Finding]:
    """Find what is wrong in style sheets.

    Args:
        found: what they declare.
        templates: the templates by their paths, whose words may be classes.
    """
    yield from _variables(found)
    yield from _focus(found)
    yield from _classes(found, templates)
    yield from _imports()


def _variables(found: list[Declaration]) -> Iterator[Finding]:
    own = {each.name for each in found if each.name.startswith("--")}
    known = own | set(re.findall(r"--bs-[\w-]+", scripts.BOOTSTRAP.read_text(encoding="utf-8")))
    for each in found:
        for name in VARIABLE.findall(each.value):
            if name not in known:
                mend = did_you_mean(name, own, "add it to tokens.css")
                yield Finding(each.file, each.line, f"nothing sets {name}", mend)
        if "--bs-" in f"{each.name} {each.value}" and not themes.of(each.file):
            mend = "write the property itself: a theme may do without Bootstrap"
            yield Finding(each.file, each.line, f"{each.name} is of Bootstrap", mend)
        elif each.name.startswith("--bs-") and each.name not in known:
            mend = did_you_mean(each.name, known, "see bootstrap.css")
            yield Finding(each.file, each.line, f"Bootstrap reads no {each.name}", mend)


def _focus(found: list[Declaration]) -> Iterator[Finding]:
    shown = False
    for each in found:
        subject = each.selectors[-1]
        if each.name in {"outline", "outline-style", "outline-width"}:
            if not SILENT.match(each.value):
                shown = shown or (each.file == BASE and subject == ":focus-visible")
            elif not all(_is_shown_else(one.strip(), found) for one in subject.split(",")):
                mend = "leave the outline as base.css has it: var(--ring) solid var(--focus)"
                yield Finding(each.file, each.line, f"{subject} hides where the focus is", mend)
    if not shown:
        mend = ":focus-visible { outline: var(--ring) solid var(--focus); }"
        rings = (it.rule for it in found if (it.file, it.name) == (BASE, "outline"))
        yield Finding(
            BASE, max(rings, default=1), "nothing shows where the focus is", f"write {mend}"
        )


def _is_shown_else(subject: str, found: list[Declaration]) -> bool:
    """Tell whether what has no outline needs none, or something drawn over it has one."""
    drawn = (
        each.name == "outline" and not SILENT.match(each.value)
        for each in found
        if each.selectors[-1].startswith(f"{subject}::")
    )
    return bool(NOT_REACHED.match(subject)) or any(drawn)


def _classes(found: list[Declaration], templates: Mapping[str, str]) -> Iterator[Finding]:
    """Find rules for classes that no template and no script has."""
    used = {word for text in templates.values() for word in WORD.findall(text)}
    used |= {word for text in scripts.sources(".js").values() for word in WORD.findall(text)}
    told: set[tuple[str, str]] = set()
    for each in found:
        for selector in each.selectors:
            if selector.startswith("@"):
                continue
            for name in DATA.findall(selector):
                if name not in used | scripts.written() and (each.file, name) not in told:
                    told.add((each.file, name))
                    mend = did_you_mean(name, scripts.data_names(), "take the rule out")
                    yield Finding(each.file, each.rule, f"nothing has `{name}`", mend)
            for name in CLASS.findall(selector):
                stem = f"{name.rpartition('-')[0]}-"  # `toast-note-{{ kind }}`
                if name in used or stem in used - {"-"} or name.startswith("htmx-"):
                    continue
                if (each.file, name) in told:
                    continue
                told.add((each.file, name))
                mend = did_you_mean(name, scripts.classes() & used, "take the rule out")
                yield Finding(each.file, each.rule, f"no template has the class `{name}`", mend)


def _imports() -> Iterator[Finding]:
    files = scripts.sources(".css")
    taken = {file for sheets in themes.sheets().values() for file in sheets}
    for file in files.keys() - taken:
        sheet = f"{themes.FOLDER}{theme}/{themes.SHEET}" if (theme := themes.of(file)) else SITE
        mend = f'add @import "./{relpath(file, dirname(sheet))}" layer(components);'
        before = files.get(sheet, "").rpartition("layer(components)")[0]
        yield Finding(sheet, before.count("\n") + 1, f"no page has {file}", mend)
