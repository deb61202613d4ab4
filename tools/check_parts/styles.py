"""The style sheets: names that exist, and a focus that is seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import dirname, join, normpath, relpath

from tools.check_parts import scripts, themes
from tools.check_parts.css import Declaration
from tools.check_parts.finding import MISSPELT, TORN, Finding, did_you_mean, meant

SITE = f"{themes.SHARED}{themes.SHEET}"
BASE = f"{themes.SHARED}base.css"
VARIABLE = re.compile(r"var\((--[\w-]+)")
# A file that is imported, or shown, and what is behind it.
NAMED = re.compile(r"""@import "([^"]+)"([^;\n]*)|url\(["']?(?!data:|#)([^"')]+)""")
SILENT = re.compile(r"^(none|0\w*)\b")
# What takes the focus by script only, so that a keyboard goes on from there.
NOT_REACHED = re.compile(r"^(main|#[\w-]+-title)(:focus(-visible)?)?$")


def check(found: list[Declaration]) -> Iterator[Finding]:
    """Find what is wrong in what style sheets declare."""
    yield from _variables(found)
    yield from _focus(found)
    yield from _imports()


def misnamed(found: list[Declaration]) -> dict[str, Declaration]:
    """Return the names that are read and not set, with what sets almost the same and is not read.

    Nobody has to be told twice of what was misspelt where it is set.
    """
    wrong: dict[str, Declaration] = {}
    for sheets in themes.sheets().values():
        own = [each for each in found if each.file in sheets]
        said = [each for each in own if not any("@media" in it for it in each.selectors)]
        there = {each.name: each for each in said if each.name.startswith("--")}
        read = _read(own)
        idle = {each for each in there.keys() - read if "--bs-" not in each}
        close = ((name, meant(name, idle)) for name in read - there.keys())
        wrong |= {name: there[almost] for name, almost in close if almost}
    return wrong


def _read(found: list[Declaration]) -> set[str]:
    return {name for each in found for name in VARIABLE.findall(each.value)}


def _variables(found: list[Declaration]) -> Iterator[Finding]:
    own = {each.name for each in found if each.name.startswith("--")}
    bootstrap = set(re.findall(r"--bs-[\w-]+", scripts.BOOTSTRAP.read_text(encoding="utf-8")))
    wrong, read = misnamed(found), _read(found)
    for name, each in wrong.items():
        what = f"nothing reads {each.name}, and nothing sets {name}"
        yield Finding(each.file, each.line, what, f"did you mean `{name}`?", rank=MISSPELT)
    shared = {each.name for each in found if each.file == f"{themes.SHARED}{themes.TOKENS}"}
    idle = own - shared - read - {each.name for each in wrong.values()}
    for each in found:
        if each.name in idle and "--bs-" not in each.name:
            mend = did_you_mean(each.name, read - idle, "take it out")
            yield Finding(each.file, each.line, f"nothing reads {each.name}", mend, rank=MISSPELT)
        if "--bs-" in f"{each.name} {each.value}" and not themes.of(each.file):
            mend = "write the property itself: a theme may do without Bootstrap"
            yield Finding(each.file, each.line, f"{each.name} is of Bootstrap", mend)
        elif each.name.startswith("--bs-") and each.name not in bootstrap:
            mend = did_you_mean(each.name, bootstrap, "see bootstrap.css")
            what = f"Bootstrap reads no {each.name}"
            yield Finding(each.file, each.line, what, mend, rank=MISSPELT)
    for theme, sheets in themes.sheets().items():
        of_theme = [each for each in found if each.file in sheets]
        known = {each.name for each in of_theme} | bootstrap | wrong.keys()
        for each in of_theme:
            for name in VARIABLE.findall(each.value):
                if name not in known:
                    mend = did_you_mean(name, own, "add it to tokens.css")
                    what = f"nothing sets {name}"
                    what += f" in the theme {theme}" if name in own else ""
                    yield Finding(each.file, each.line, what, mend, rank=MISSPELT)


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


def _imports() -> Iterator[Finding]:
    files = scripts.sources(".css")
    gone: set[str] = set()
    for file, text in files.items():
        css = scripts.COMMENT.sub(lambda it: "\n" * it[0].count("\n"), text)
        for found in NAMED.finditer(css):
            name, line = found[1] or found[3], css.count("\n", 0, found.start()) + 1
            path = normpath(join(dirname(file), name))
            if name.startswith(("http:", "https:", "//")):
                mend = "put the file into static/ and name it from here: ../…"
                yield Finding(file, line, f"the security policy blocks {name}", mend)
            elif name.startswith(".") and not (scripts.ROOT / path).is_file() and path not in files:
                near = {relpath(it, dirname(file)): it for it in files}
                close = meant(name.removeprefix("./"), near)
                gone |= {near[close]} if close else set()
                mend = f"did you mean `./{close}`?" if close else "name a file from here"
                yield Finding(file, line, f"there is no file {name}", mend, rank=TORN)
            elif path in files and not path.endswith(f"/{themes.SHEET}") and not found[2].strip():
                mend = "write `layer(components)` behind it"
                what = f"{name} is in no layer, so it wins over all that are"
                yield Finding(file, line, what, mend)
    taken = {file for sheets in themes.sheets().values() for file in sheets}
    for file in files.keys() - taken - gone:
        sheet = f"{themes.FOLDER}{theme}/{themes.SHEET}" if (theme := themes.of(file)) else SITE
        mend = f'add @import "./{relpath(file, dirname(sheet))}" layer(components);'
        before = files.get(sheet, "").rpartition("layer(components)")[0]
        yield Finding(sheet, before.count("\n") + 1, f"no page has {file}", mend)
