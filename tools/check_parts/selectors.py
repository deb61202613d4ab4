"""What stands before the braces of style sheets: at-rules, what they ask for, layers, selectors."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from tools.check_parts import words
from tools.check_parts.css import Declaration, Rule
from tools.check_parts.finding import MISSPELT, Finding, did_you_mean, meant

AT = re.compile(r"@(-?[\w-]+)")
ASKED = re.compile(
    r"\(\s*([a-z-]+)\s*(?::\s*([^()]+))?\)|\(\s*([a-z-]+)\s*[<>=]|[<>=]\s*([a-z-]+)\s*\)"
)
LAYER = re.compile(r"\blayer\(([\w.-]+)\)|^@layer ([\w., -]+)$")
ATTRIBUTE = re.compile(r"\[[^\]]*\]")
PSEUDO = re.compile(r"(::?)([a-z-]+)")
# What stands in their brackets is no selector.
INSIDE = re.compile(
    r":(?:nth-(?:last-)?child|nth-(?:last-)?of-type|lang|dir|state|part)\([^()]*\)"
    r"|::[\w-]+\([^()]*\)"
)
NAMES = re.compile(r"[.#&][\w-]+|:{1,2}[\w-]+")
WORD = re.compile(r"[a-zA-Z][\w-]*")
UNIT = re.compile(r"(?<![\w#.-])-?(?:\d*\.)?\d+([a-zA-Z]+)\b")
STEPS = {"from", "to"}
ANIMATION = {"animation", "animation-name"}


def check(rules: list[Rule], found: list[Declaration], ids: Iterable[str]) -> Iterator[Finding]:
    """Find names that mean nothing.

    Args:
        rules: the rules and statements of all style sheets.
        found: what they declare.
        ids: those that templates and scripts have.
    """
    layers = {name for rule in rules if "layer(" not in rule.text for name in _layers(rule)}
    used = Counter(name for rule in rules if "layer(" in rule.text for name in _layers(rule))
    known = {*ids}
    for rule in rules:
        for name in _layers(rule):
            close = meant(name, used.keys() - layers) if name not in used else ""
            if close and used[close] > 1:  # or else it is the one that is misspelt
                what, mend = f"nothing is in the layer `{name}`", f"did you mean `{close}`?"
                yield Finding(rule.file, rule.line, what, mend, rank=MISSPELT)
                layers |= {close}
        for word, some, what, otherwise in (
            *_at(rule),
            *_media(rule),
            *((name, layers, f"no sheet orders the layer `{name}`", "name one that site.css orders")
              for name in _layers(rule)),
            *_selector(rule, known),
            *(_units(rule.text) if rule.text.startswith("@") else ()),
        ):  # fmt: skip
            if word not in some:
                mend = did_you_mean(word, some, otherwise)
                yield Finding(rule.file, rule.line, what, mend, rank=MISSPELT)
    frames = {rule.text.partition(" ")[2] for rule in rules if rule.text.startswith("@keyframes ")}
    for each in found:
        for word, some, what, otherwise in (*_units(each.value), *_frames(each, frames)):
            if word not in some:
                mend = did_you_mean(word, some, otherwise)
                yield Finding(each.file, each.line, what, mend, rank=MISSPELT)


Asked = tuple[str, Iterable[str], str, str]  # a word, those that there are, what is wrong, the mend


def _at(rule: Rule) -> Iterator[Asked]:
    if found := AT.match(rule.text):
        what = f"`@{found[1]}` is no rule of CSS"
        yield found[1], words.AT_RULES, what, "use one that there is"


def _media(rule: Rule) -> Iterator[Asked]:
    if not rule.text.startswith(("@media", "@container")):
        return
    for found in ASKED.finditer(rule.text.partition(" ")[2]):
        name = found[1] or found[3] or found[4]
        what = f"nothing is called `{name}` that `{rule.text.split()[0]}` could ask for"
        yield name, {*words.MEDIA, *words.LONG_MEDIA}, what, "use one that there is"
        if found[2] and words.MEDIA.get(name):
            value = found[2].strip()
            some = ", ".join(sorted(words.MEDIA[name]))
            yield value, words.MEDIA[name], f"`{name}` is never `{value}`", f"it is {some}"


def _layers(rule: Rule) -> list[str]:
    found = [one or many for one, many in LAYER.findall(rule.text)]
    return [name.strip() for each in found for name in each.split(",")]


def _selector(rule: Rule, ids: set[str]) -> Iterator[Asked]:
    text = rule.text
    if text.startswith("@") or any(it.startswith("@keyframes") for it in rule.selectors):
        return
    text = ATTRIBUTE.sub("", text)
    for colons, name in PSEUDO.findall(text):
        some = words.PSEUDO_ELEMENTS if colons == "::" else words.PSEUDO_CLASSES
        if not name.startswith("-"):
            yield name, some, f"`{colons}{name}` is nothing", "use one that there is"
    text = INSIDE.sub("", text)
    for name in re.findall(r"#([a-zA-Z][\w-]*)", text):
        yield name, ids, f"no template has the id `{name}`", "take the rule out"
    for name in WORD.findall(NAMES.sub(" ", text)):
        mend = "use one of HTML; a class begins with a dot"
        yield name.lower(), words.ELEMENTS, f"there is no element <{name}>", mend


def _units(value: str) -> Iterator[Asked]:
    for found in UNIT.finditer(re.sub(r"url\([^)]*\)|\"[^\"]*\"|#[0-9a-fA-F]+", "", value)):
        yield found[1].lower(), words.UNITS, f"`{found[0]}` has no unit that there is", "use rem"


def _frames(said: Declaration, frames: set[str]) -> Iterator[Asked]:
    if said.name not in ANIMATION:
        return
    for one in re.sub(r"[\w-]+\((?:[^()]|\([^()]*\))*\)", "", said.value).split(","):
        names = [word for word in WORD.findall(one) if word.lower() not in words.ANIMATION]
        for name in names:
            yield name, frames, f"no `@keyframes` is called `{name}`", "write it"
