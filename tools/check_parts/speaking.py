"""What is told to those who hear a page, or use it with a keyboard: names, roles, errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from tools.check_parts.finding import FOLLOWING, Finding
from tools.check_parts.states import State
from tools.check_parts.tree import Element
from tools.check_parts.world import World

HIDDEN_INPUTS = {"hidden", "submit", "button", "image", "reset"}
HEADING = re.compile(r"h([1-6])$")
TOLD = {"form-error", "form-note"}  # classes of what is said about a whole form
FOCUSABLE = {"a", "button", "input", "select", "textarea"}
ESCAPED = re.compile(
    r"</?(p|a|strong|em|div|span|section|form|button|svg|bdi|ul|li|time|code)\b[^<]*>"
)
BLANK = re.compile(
    r"\b(None|Undefined|True|False)\b|{{|}}|{%|%}"
    r"|<(built-in|bound|function|generator) |<[\w.]+ object"
)


def check(world: World, state: State) -> Iterator[Finding]:
    """Find what is told to nobody, or in no words."""
    labels = {each.get("for") for each in state.tree.elements if each.tag == "label"}
    for element in state.tree.elements:
        if element.tag == "input" and element.get("type") not in HIDDEN_INPUTS:
            yield from _field(world, state, element, labels)
        elif element.tag in {"a", "button"}:
            yield from _named(world, state, element)
        elif element.tag == "img":
            yield from _picture(world, state, element)
        elif element.tag in {"dialog", "meter", "progress", "iframe"}:
            if not (element.get("aria-label") or element.get("aria-labelledby")):
                mend = "add `aria-label`, or `aria-labelledby` with the id of its heading"
                yield world.say(state, element, f"the <{element.tag}> has no name", mend)
        elif HEADING.match(element.tag) or element.tag == "label":
            if not element.text:
                what = f"the <{element.tag}> is empty"
                yield world.empty(state, element, what, "say what it is about")
        elif element.tag == "svg" and not element.attributes.keys() & {"aria-label", "aria-hidden"}:
            mend = 'add `aria-hidden="true"`'
            yield world.say(state, element, "the drawing has no name", mend)
        yield from _role(world, state, element)
        yield from _words(world, state, element)
    yield from _errors(world, state)


def _field(world: World, state: State, field: Element, labels: set[str]) -> Iterator[Finding]:
    if field.has("hidden"):
        return
    named = field.get("aria-label") or field.get("aria-labelledby") or field.inside("label")
    if not named and field.get("id") not in labels:
        what = f"the field `{field.get('name') or field.get('id')}` has no label"
        mend = f'add <label for="{field.get("id")}">'
        around = [each for each in (field.parent, field.parent and field.parent.parent) if each]
        lonely = (
            it
            for one in around
            for it in one.elements
            if it.tag == "label" and it.get("for") not in state.ids
        )
        yield world.say(state, next(lonely, field), what, mend)


def _named(world: World, state: State, element: Element) -> Iterator[Finding]:
    if element.tag == "a" and not element.has("href"):
        yield world.say(state, element, "the link leads nowhere", "add `href`", "href")
    if (
        element.tag == "a"
        and element.get("target") == "_blank"
        and "noopener" not in element.get("rel")
    ):
        yield world.say(state, element, "the new window can reach this one", 'add `rel="noopener"`')
    named = element.text or element.get("aria-label") or element.get("aria-labelledby")
    if not named and not any("toast" in each.get("id") for each in element.ancestors):
        mend = 'add words, for eyes or in <span class="sr-only">'
        yield world.empty(state, element, f"the <{element.tag}> has no words", mend)
    if element.tag == "button":
        if not element.has("type"):
            mend = 'add `type="submit"` or `type="button"`'
            yield world.say(state, element, "the button has no `type`, so it sends a form", mend)
        sends = element.has("form") or element.inside("form")
        if element.get("type") == "submit" and state.is_page and not sends:
            mend = "put it into a <form>, or name one with `form`"
            yield world.say(state, element, "the button sends no form", mend)
        if element.get("type") == "button" and not _does_something(element):
            mend = "give it what a script listens to (`data-…`, an id), or `popovertarget`"
            yield world.say(state, element, "the button does nothing", mend)


def _does_something(button: Element) -> bool:
    found = button.has("popovertarget") or button.has("id") or button.has("disabled")
    return found or any(name.startswith("data-") for name in button.attributes)


def _picture(world: World, state: State, picture: Element) -> Iterator[Finding]:
    if not picture.has("alt"):
        mend = 'add `alt` with what it shows, or `alt=""` if it says nothing'
        yield world.say(state, picture, "the picture has no `alt`", mend, "alt")
    for name in ("width", "height"):
        if not picture.has(name):
            mend = f"add `{name}` in pixels, so that nothing moves when it comes"
            yield world.say(state, picture, f"the picture has no `{name}`", mend, name)


def _role(world: World, state: State, element: Element) -> Iterator[Finding]:
    if element.get("role") in {"button", "link"} and element.tag not in {"a", "button"}:
        mend = f"use <{'button' if element.get('role') == 'button' else 'a'}>"
        yield world.say(
            state, element, f"a <{element.tag}> is no {element.get('role')}", mend, "role"
        )
    if element.get("aria-hidden") == "true" and (
        element.tag in FOCUSABLE or any(each.tag in FOCUSABLE for each in element.elements)
    ):
        what = "what can get the focus is hidden from those who hear the page"
        yield world.say(state, element, what, "take out `aria-hidden`", "aria-hidden")
    if element.get("id") == "toasts":
        for name, value in (("role", "status"), ("aria-live", "polite")):
            if element.get(name) != value:
                what = f"toasts are not announced: no `{name}`"
                yield world.say(state, element, what, f'add `{name}="{value}"`', name)
    if element.get("class").startswith("toast-note") and not element.has("data-toast"):
        what = "the toast does not go away: no `data-toast`"
        yield world.say(state, element, what, "add `data-toast` with its kind", "data-toast")


def _words(world: World, state: State, element: Element) -> Iterator[Finding]:
    """Find what was meant for Python or for a browser and is read by people."""
    at = element.end
    for child in element.children:
        if isinstance(child, str) and element.tag not in {"pre", "code", "script", "style"}:
            for pattern, what in (
                (ESCAPED, "a tag is shown as text"),
                (BLANK, "what Python calls it is shown"),
            ):
                if found := pattern.search(child):
                    mend = "put it into the template" if pattern is ESCAPED else "say it in words"
                    what = f"{what}, `{found[0][:30]}`"
                    yield world.say(state, at, what, mend, word=found[0])


def _fields(form: Any) -> Iterable[Any]:
    return form if hasattr(form, "hidden_tag") else ()


def _letters(text: Any) -> str:
    """Return a text without its blanks, which are not the same around a link in it."""
    return "".join(str(text).split())


def _errors(world: World, state: State) -> Iterator[Finding]:
    """Errors are announced: those at fields, and those of a whole form."""
    by_id = {each.get("id"): each for each in state.tree.elements if each.has("id")}
    for element in state.tree.elements:
        name = element.get("id")
        is_error = name.endswith("-error") and element.text and not name.startswith("toast")
        if (is_error or TOLD & {*element.get("class").split()}) and element.get("role") != "alert":
            yield world.say(
                state, element, "what is wrong is not announced", 'add `role="alert"`', "role"
            )
    form = state.given.get("form")
    for field in _fields(form):
        shown = by_id.get(field.id)
        if not field.errors or shown is None or shown.get("type") == "hidden":
            continue
        if shown.get("aria-invalid") != "true":
            mend = 'add `aria-invalid="true"` while the field has errors'
            yield world.say(state, shown, "a wrong field is not marked", mend, "aria-invalid")
        told = [by_id[word].text for word in shown.get("aria-describedby").split() if word in by_id]
        if not any(_letters(field.errors[0]) in _letters(text) for text in told):
            mend = "show the error, and name its id in `aria-describedby`"
            yield world.say(
                state, shown, f"the error of `{field.name}` is not told", mend, "aria-describedby"
            )
    whole = list(getattr(form, "form_errors", ()))
    if (
        whole
        and state.tree.elements
        and not any(
            _letters(whole[0]) in _letters(each.text)
            for each in state.tree.elements
            if each.get("role") == "alert"
        )
    ):
        at = next(
            (each for each in state.tree.elements if each.tag == "form"), state.tree.elements[0]
        )
        mend = 'show form.form_errors in <p class="form-error" role="alert">'
        what = "why the whole form was refused is not told"
        yield world.say(state, at, what, mend, rank=FOLLOWING)
