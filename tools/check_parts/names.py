"""Names: of elements, attributes, classes and icons, and values of which there are few."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.check_parts import scripts
from tools.check_parts.finding import MISSPELT, UNREADABLE, Finding, did_you_mean
from tools.check_parts.states import State
from tools.check_parts.tree import Element
from tools.check_parts.words import ARIA, ATTRIBUTES, ELEMENTS, INPUT_TYPES, SWAPS, TARGETS, VALUES
from tools.check_parts.world import World

INLINE = re.compile(r"^(on\w+|style|hx-on.*)$")
SYNC = re.compile(r"^(this|closest \w+)(:(drop|abort|replace|queue( (first|last|all))?))?$")
MANY_WORDS = {"autocomplete", "rel", "role"}
NUMBERS = {
    "width",
    "height",
    "rows",
    "cols",
    "colspan",
    "rowspan",
    "maxlength",
    "minlength",
    "size",
}
UNREAD = {"data-file"}  # tells people which picture it is
SCRIPTS = {"module", "text/javascript", "importmap", "speculationrules", "application/ld+json"}
SIZED = {"img", "iframe", "video", "canvas", "textarea", "input", "td", "th"}
ICON = "partials/icon.html"


def check(world: World, state: State) -> Iterator[Finding]:
    """Find names that nothing knows."""
    for at, what, mend in state.tree.wrong:
        yield world.say(state, at, what, mend, rank=UNREADABLE)
    for element in state.tree.elements:
        if element.tag not in ELEMENTS:
            mend = did_you_mean(element.tag, ELEMENTS, "use an element of HTML")
            what = f"<{element.tag}> is no element"
            yield world.say(state, element, what, mend, rank=MISSPELT)
        for name, value in element.attributes.items():
            yield from _attribute(world, state, element, name.lower(), value)
        if not state.is_mail:
            yield from _classes(world, state, element)
        if element.tag == "svg" and "icon" in element.get("class").split():
            yield from _icon(world, state, element)


def _attribute(
    world: World, state: State, element: Element, name: str, value: str
) -> Iterator[Finding]:
    if INLINE.match(name) and not (state.is_mail and name == "style"):
        what = f"`{name}` is inline, which the security policy blocks"
        mend = (
            "write a rule into static/src/css/" if name == "style" else "listen in static/src/js/"
        )
        yield world.say(state, element, what, mend, name)
    elif not _is_known(name):
        known = scripts.htmx_names() if name.startswith("hx-") else ATTRIBUTES | ARIA
        if name.startswith("data-"):
            known = frozenset(scripts.data_names())
        mend = did_you_mean(
            name, known | scripts.htmx_names() | {*scripts.data_names()}, _advice(name)
        )
        yield world.say(state, element, f"nothing reads `{name}`", mend, name, rank=MISSPELT)
    elif wrong := _wrong_value(element, name, value):
        what = f'`{name}="{value}"` means nothing'
        yield world.say(state, element, what, wrong, name, value, MISSPELT)
    if "javascript:" in value or re.match(r"\s*js:", value):
        what = f"`{name}` holds a script, which the security policy blocks"
        yield world.say(state, element, what, "listen in static/src/js/", name)


def _is_known(name: str) -> bool:
    if name.startswith("hx-"):
        stem, _, _ = name.removesuffix(":inherited").partition(":")
        return stem in scripts.htmx_names()
    if name.startswith("data-"):
        return name in scripts.data_names() or name in UNREAD
    return name in ARIA if name.startswith("aria-") else name in ATTRIBUTES


def _advice(name: str) -> str:
    if name.startswith("data-"):
        return "read it in static/src/js/, or take it out"
    return "take it out, or use an attribute of HTML, ARIA or htmx"


def _wrong_value(element: Element, name: str, value: str) -> str:
    """Return how to mend the value of an attribute, empty if it is one that it may have."""
    if name in VALUES and value:
        words = value.split() if name in MANY_WORDS else [value]
        wrong = next((word for word in words or [value] if word not in VALUES[name]), None)
        some = ", ".join(sorted(VALUES[name])[:6])
        return "" if wrong is None else did_you_mean(wrong, VALUES[name], f"use {some} …")
    if name == "type" and element.tag == "input" and value not in INPUT_TYPES:
        return did_you_mean(value, INPUT_TYPES, "use a type of <input>")
    if name == "type" and element.tag == "button" and value not in {"submit", "button", "reset"}:
        return did_you_mean(value, ("submit", "button"), "use submit or button")
    if name == "type" and element.tag == "script" and value not in SCRIPTS:
        return did_you_mean(value, SCRIPTS, "use module")
    if name == "hx-swap" and value.split(" ")[0] not in SWAPS:
        return did_you_mean(value, SWAPS, f"use one of {', '.join(sorted(SWAPS))}")
    if name == "hx-target" and not value.startswith("#"):
        return _wrong_target(value)
    if name == "hx-sync" and not SYNC.match(value):
        return did_you_mean(value, ("this:drop", "closest form:abort"), "use this:drop")
    if name == "hx-trigger" and "[" in value:
        return "the security policy blocks what is in brackets: take it out"
    if name in NUMBERS and element.tag in SIZED and not value.isdecimal():
        return "write a whole number, without a unit"
    if name == "tabindex" and value not in {"0", "-1"}:
        return "use 0 or -1, or nothing: the focus goes in the sequence of the page"
    return ""


def _wrong_target(value: str) -> str:
    word, _, rest = value.partition(" ")
    if word in TARGETS and (rest or word in {"this", "body", "next", "previous"}):
        tag = re.match(r"[a-z]*", rest)[0] if rest else ""  # type: ignore[index]
        wrong = tag and tag not in ELEMENTS
        return did_you_mean(tag, ELEMENTS, "name an element") if wrong else ""
    return did_you_mean(word, TARGETS, "use this, closest …, find … or #id")


def _classes(world: World, state: State, element: Element) -> Iterator[Finding]:
    """Find misspelt ones, and those that some theme has no rule for.

    A class without any rule may be there for a rule to come.
    """
    for name in element.get("class").split():
        if close := scripts.misspelt_class(name):
            what = f"no style sheet knows the class `{name}`"
            mend = f"did you mean `{close}`?"
            yield world.say(state, element, what, mend, "class", name, rank=MISSPELT)
            continue
        what, mend = world.vendor.wrong(name)
        if what:
            yield world.say(state, element, what, mend, "class", name)


def _icon(world: World, state: State, element: Element) -> Iterator[Finding]:
    if not any(True for _ in element.elements):
        names = re.findall(r"name == '([\w-]+)'", world.site.source(ICON))
        mend = f"name one of {', '.join(sorted(names))}, or draw it in templates/{ICON}"
        yield world.called(state, element.at, "the icon is empty: no drawing has this name", mend)
