"""What the scripts and style sheets of the site look for in a page, read from their sources."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = ROOT / "static" / "src"
HTMX = ROOT / "node_modules" / "htmx.org" / "dist" / "htmx.js"
BOOTSTRAP = ROOT / "node_modules" / "bootstrap" / "dist" / "css" / "bootstrap.css"
ONE_LINE = re.compile(r"(?<![:\"'`])//[^\n]*")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
CLASS = re.compile(r"\.(-?[a-zA-Z_][\w-]*)")
DATASET = re.compile(r"dataset\.(\w+)|[\"'](\w+)[\"'] in [\w.]*dataset")
UNPACKED = re.compile(r"\{([^{}]*)\} = [\w.]*dataset")
NAMED = re.compile(r"data-[a-z][\w-]*")
WRITTEN = re.compile(r"(?:toggle|set|remove)Attribute\([\"'](data-[\w-]+)")
ALMOST = 0.86  # how alike a misspelt class and the right one are
ID = re.compile(r"[\"'`]#([a-z][\w-]*)(?=[\"'` ])")
BY_KIND = re.compile(r"`#([\w-]+-)\$\{kind\}")
KINDS = ("error", "success")  # of toasts that scripts show
SHOWN = re.compile(r"(?:const|let) (\w+) = find\(\"([^\"]+)\"\)")


@dataclass(frozen=True)
class Wanted:
    """Something that a script looks for, and where it does."""

    name: str
    file: str
    line: int


def sources(ending: str) -> dict[str, str]:
    """Return the sources with this ending, by their paths in the repository."""
    found = sorted(SOURCES.rglob(f"*{ending}"))
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in found}


def bare(text: str) -> str:
    """Return a source without its comments, every line where it was."""
    return COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), ONE_LINE.sub("", text))


def kebab(name: str) -> str:
    """Return the attribute of a name in `dataset`."""
    return "data-" + re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name)


@cache
def data_names() -> dict[str, Wanted]:
    """Return the `data-` attributes that scripts read, and not those that they set themselves."""
    found: dict[str, Wanted] = {}
    for file, text in sources(".js").items():
        code = bare(text)
        written = set(WRITTEN.findall(code))
        names = [(each.start(), kebab(each[1] or each[2])) for each in DATASET.finditer(code)]
        for each in UNPACKED.finditer(code):
            names += [(each.start(), kebab(name.strip())) for name in each[1].split(",")]
        names += [(each.start(), each[0]) for each in NAMED.finditer(code)]
        for at, name in names:
            if name not in written:
                found.setdefault(name, Wanted(name, file, code.count("\n", 0, at) + 1))
    return found


@cache
def written() -> frozenset[str]:
    """Return the `data-` attributes that scripts set."""
    texts = sources(".js").values()
    return frozenset(name for text in texts for name in WRITTEN.findall(text))


@cache
def ids() -> dict[str, Wanted]:
    """Return the ids that scripts look for on a page."""
    found: dict[str, Wanted] = {}
    for file, text in sources(".js").items():
        code = bare(text)
        names = [(each.start(), each[1]) for each in ID.finditer(code)]
        for each in BY_KIND.finditer(code):
            names += [(each.start(), each[1] + kind) for kind in KINDS]
        for at, name in names:
            found.setdefault(name, Wanted(name, file, code.count("\n", 0, at) + 1))
    return found


@cache
def shown_by_scripts() -> dict[str, Wanted]:
    """Return the ids whose elements scripts show when there is a reason, so they begin hidden."""
    found: dict[str, Wanted] = {}
    for file, text in sources(".js").items():
        for each in SHOWN.finditer(text):
            if each[2].startswith("#") and re.search(rf"\b{each[1]}\.hidden = ", text):
                line = text.count("\n", 0, each.start()) + 1
                found[each[2][1:]] = Wanted(each[2][1:], file, line)
    return found


@cache
def htmx_names() -> frozenset[str]:
    """Return the attributes that htmx reads."""
    names = set(re.findall(r"[\"'`](hx-[a-z-]+[a-z])", HTMX.read_text(encoding="utf-8")))
    verbs = {f"hx-{verb}" for verb in ("get", "post", "put", "patch", "delete")}
    return frozenset(names - {"hx-on"} | {"hx-status"} | verbs)


@cache
def classes() -> frozenset[str]:
    """Return the classes that style sheets have rules for."""
    own = (name for text in sources(".css").values() for name in _classes_in(text))
    return frozenset(own) | classes_of_bootstrap()


@cache
def classes_of_bootstrap() -> frozenset[str]:
    """Return the classes that Bootstrap has rules for."""
    return frozenset(_classes_in(BOOTSTRAP.read_text(encoding="utf-8")))


def _classes_in(text: str) -> list[str]:
    return CLASS.findall(re.sub(r":[^;{}]*;|\{[^{};]*\}", " ", COMMENT.sub("", text)))


@cache
def misspelt_class(name: str) -> str:
    """Return what a class without a rule is almost, empty if it has one or is like none."""
    if name in classes():
        return ""
    found = get_close_matches(name, classes(), n=1, cutoff=ALMOST)
    return found[0] if found else ""
