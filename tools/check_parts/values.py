"""Values of style sheets: properties that there are, with what they take, in every theme.

`var(--…)` is replaced by what the theme says, and css-tree, which knows the grammar of CSS, is
asked about what comes out (`values.mjs`).
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tools.check_parts import scripts, themes
from tools.check_parts.css import Declaration
from tools.check_parts.finding import MISSPELT, Finding, did_you_mean

VAR = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,((?:[^()]|\([^()]*\))*))?\)")
BARE = re.compile(r"var\((\w[\w-]*)\)|(?<![\w(-])--([\w-]+)")  # a name that was meant for var(--…)
SHORT = 80  # letters of a grammar that a person reads
NUMBER = re.compile(r"-?[\d.]+")
# What stands in other at-rules is no property.
AROUND = re.compile(r"@(media|supports|container|layer|scope|starting-style)\b")
NODE = scripts.ROOT / ".venv" / "bin" / "node"
SCRIPT = "tools/check_parts/values.mjs"
Pair = tuple[str, str]
_answers: dict[Pair, Any] = {}
_properties: set[str] = set()


@dataclass(frozen=True)
class Use:
    """A declaration as it is in a theme.

    Attributes:
        said: the declaration; `value`: its value without `var(--…)`.
        named: what the names mean in the theme.
        only: the definition that is tried in it, if that is not the one that holds first.
    """

    said: Declaration
    value: str
    named: Mapping[str, Declaration]
    only: Declaration | None = None

    @property
    def pair(self) -> Pair:
        return self.said.name, self.value

    @property
    def names(self) -> list[str]:
        """The names in its value that the theme knows."""
        return [name for name, _ in VAR.findall(self.said.value) if name in self.named]


def check(found: list[Declaration], unread: set[Declaration]) -> Iterator[Finding]:
    """Find properties that there are not, and values that they do not take.

    Args:
        found: what the style sheets declare.
        unread: those of it that are wrong in themselves; what uses them is left alone.
    """
    uses = [use for sheets in themes.sheets().values() for use in _uses(found, sheets, unread)]
    _ask({use.pair for use in uses})
    times: dict[Declaration, list[bool]] = defaultdict(list)
    for use in uses:
        for name in use.names if not use.only else ():
            times[use.named[name]].append(bool(_answers[use.pair]))
    # What is wrong wherever it is used is wrong itself; first what is used most.
    wrong = {each: len(those) for each, those in times.items() if len(those) > 1 and all(those)}
    failing = {use.said for use in uses if not use.only and _answers[use.pair]}
    told: set[tuple[str, int]] = set()
    for use in uses:
        if (answer := _answers[use.pair]) and not (use.only and use.said in failing):
            each = _told(use, answer, wrong)
            if (each.file, each.line) not in told:
                yield each
            told.add((each.file, each.line))


def _uses(found: list[Declaration], sheets: list[str], bad: set[Declaration]) -> Iterator[Use]:
    own = [each for file in sheets for each in found if each.file == file]
    said = [each for each in own if each.name.startswith("--") and "--bs-" not in each.name]
    named = {each.name: each for each in said}
    named |= {each.name: each for each in said if each.selectors == (":root",)}
    more: dict[str, list[Declaration]] = defaultdict(list)
    for each in said:
        if each not in bad and each.value != named[each.name].value:
            more[each.name].append(each)
    for each in own:
        inner = each.selectors[-1]
        if each.name.startswith("--") or each in bad:
            continue
        if inner.startswith("@") and not AROUND.match(inner):
            continue
        written = each.value.removesuffix("!important").rstrip()
        if (value := _plain(written, named, bad)) is None:
            continue
        yield Use(each, value, named)
        for name in {name for name, _ in VAR.findall(each.value)}:
            for other in more[name]:
                tried = {**named, name: other}
                if (value := _plain(written, tried, bad)) is not None:
                    yield Use(each, value, tried, other)


def _plain(
    value: str, named: Mapping[str, Declaration], bad: set[Declaration], deep: int = 0
) -> str | None:
    """Return a value without `var(--…)`, None if that cannot be told."""
    if deep > 8:
        return None
    for found in VAR.finditer(value):
        said = named.get(found[1])
        if said in bad or (said is None and not found[2]):
            return None
        inside = _plain(said.value if said else found[2], named, bad, deep + 1)
        if inside is None:
            return None
        value = value.replace(found[0], inside.strip())
    return value


def _told(use: Use, answer: Any, bad: Mapping[Declaration, int]) -> Finding:
    said, kind, word = use.said, answer["kind"], answer["word"]
    numbers = [it for it in map(use.named.get, use.names) if it and NUMBER.fullmatch(it.value)]
    if kind == "sum" and numbers:
        it = numbers[0]
        what = f"`{it.name}` has no unit, and {said.file}:{said.line} makes a sum with it"
        mend = f"write `{it.value}px`" if it.value == "0" else "give it a unit"
        return Finding(it.file, it.line, what, mend, rank=MISSPELT)
    if kind == "sum":
        what = f"`{word}` adds a number to something with a unit"
        return Finding(said.file, said.line, what, "give the number a unit, 0 too", rank=MISSPELT)
    suspects = [it for name in use.names if (it := use.named[name]) in bad]
    blamed = use.only or max(suspects, key=lambda it: bad[it], default=None)
    if kind == "value" and blamed:
        what = f"`{blamed.name}: {blamed.value}` is nothing for `{said.name}`"
        mend = f"give it a value of its kind: {said.file}:{said.line} reads it"
        return Finding(blamed.file, blamed.line, what, mend, rank=MISSPELT)
    if kind == "property":
        mend = did_you_mean(word, _properties, "use one that there is")
        return Finding(said.file, said.line, f"`{word}` is no property", mend, rank=MISSPELT)
    words = [each for each in answer["words"] if not each.startswith("-")]
    mend = _mend(said.value, word, words, answer.get("takes", ""))
    what = f"`{said.name}: {said.value}` means nothing" + (f", for `{word}`" if word else "")
    return Finding(said.file, said.line, what, mend, rank=MISSPELT)


def _mend(value: str, word: str, words: list[str], takes: str) -> str:
    if value.count("(") != value.count(")"):
        return f"add `{')' if value.count('(') > value.count(')') else '('}`"
    if "!" in value:
        return "did you mean `!important`?"
    if value.startswith(":"):
        return "write one colon"
    if bare := BARE.search(value):
        return f"write var(--{bare[1] or bare[2]})"
    grammar = f"it takes {takes}" if takes and len(takes) <= SHORT else "see what it takes"
    return did_you_mean(word, words, grammar) if word[:1].isalpha() else grammar


def _ask(pairs: Iterable[Pair]) -> None:
    wanted = sorted(set(pairs) - _answers.keys())
    if not wanted:
        return
    node = str(NODE) if NODE.exists() else shutil.which("node") or "node"
    done = subprocess.run(
        [node, SCRIPT],
        cwd=scripts.ROOT,
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{SCRIPT}: {done.stderr}")
    told = json.loads(done.stdout)
    _properties.update(told["properties"])
    _answers.update(zip(wanted, told["wrong"], strict=True))
