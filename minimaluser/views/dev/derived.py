"""The states of one template: those that its file names, those of its form, and its ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from minimaluser.security.access import CONFIRMED, GUESTS, LOGGED_IN
from minimaluser.views.dev import filled, named, notation, sources
from minimaluser.views.dev.notation import Value
from minimaluser.views.dev.states import ALONE, AS_IT_IS, GUEST, HTML, MEMBER, TEXT, State
from minimaluser.views.dev.template import Given, Seen, Template
from minimaluser.views.errors import WORDS

NOWHERE = "/nothing"  # the address of what has none
DIALOGS = {"dialog-title": "dialog", "ask-title": "ask"}  # id of a heading → of the dialog
DRAWINGS = {"0123456789abcdef": "#008080", "fedcba9876543210": "#b5651d", "77": "#5b5fc7"}
_errors: dict[str, list[tuple[str, str, str, str]]] = {}  # what validators say, by form


def states_of(template: Template) -> Iterator[State]:
    """Yield the states of a template; what is wrong is put into the problems of its file."""
    if template.is_silent:
        return
    found: dict[str, State] = {}
    some = {"tile": _drawings, "error": _codes}.get(template.kind, _states)
    for state, given, seen in some(template):
        for each in _ways(template, state, given, seen):
            if each.id in found:
                what = f"two states are called {each.id}"
                template.file.wrong(state, what, "give one of them another name")
            found[each.id] = each
    yield from found.values()


def _states(template: Template) -> Iterator[tuple[str, Given, Seen]]:
    said, missing = [*template.said()], template.missing({})
    if not missing:
        is_form = template.form and _is_partial(template)
        yield "empty" if is_form else AS_IT_IS, template.given({}), {}
    elif not said and not template.file.problems:
        name = missing[0]
        mend = f'add [given] and below it `{name} = "…"`, or [states] that give it'
        mend = 'add form = "…Form"' if name == "form" else mend
        template.file.wrong("", f"nothing says what `{name}` is", mend)
    for state, given, seen in said:
        if lacking := template.missing(given):
            mend = f'write `{lacking[0]} = "…"` into it, or below [given]'
            what = f"the state `{state}` does not say what `{lacking[0]}` is"
            template.file.wrong(state, what, mend)
            continue
        yield state, template.given(given), seen
    if missing:
        return
    for state, form, seen in _of_form(template):
        yield state, template.given({"form": form}), seen
    text = named.source(template.name)
    for heading, dialog in DIALOGS.items():
        if _is_partial(template) and f'id="{heading}"' in text:
            yield "in its dialog", template.given({}), {"open": dialog}


def _of_form(template: Template) -> Iterator[tuple[str, Value, Seen]]:
    form = template.form
    if form is None:
        return
    empty = form.make

    def made(words: str, make: Callable[..., Any], *more: Any) -> Value:
        return Value(f"{form.text}, {words}", partial(make, empty, *more))

    if form.text not in _errors:
        _errors[form.text] = [*filled.errors(empty)]
    errors = [*_errors[form.text], *_refusals(template, empty)]
    if errors:
        yield "refused", made("refused", filled.refused), {}
    if not _is_partial(template):
        return
    for name, label, typed, message in errors:
        wrong = made(f"{name} refused", filled.refused_at, name, typed, message)
        yield f"{label}: {message}", wrong, {}
    often = WORDS[429][1]
    yield "refused as a whole", made("refused as a whole", filled.refused_as_a_whole, often), {}
    sent = made("filled in", filled.under_way)
    yield "on its way", sent, {"is_busy": True}
    yield "too often", sent, {"toast": f"error: {often}"}
    yield "offline", sent, {"is_offline": True}


def _refusals(template: Template, empty: Callable[[], Any]) -> Iterator[tuple[str, str, str, str]]:
    """Yield what use cases say about fields of the form."""
    file, there = template.file, empty()
    for name, said in file.says.get("refused", {}).items():
        if name not in there:
            known = filled.fields_of(empty)
            file.unknown(name, f"the form has no field `{name}`", known, f"it has {known}")
            continue
        for each in said if isinstance(said, list) else [said]:
            if words := template.make(template.value(each)):
                typed = filled.RIGHT.get(name, "not the right one")
                yield name, there[name].label.text, typed, str(words)


def _ways(template: Template, state: str, given: Given, seen: Seen) -> Iterator[State]:
    def made(way: str, who: Value, path: str = NOWHERE) -> State:
        more = {**seen, "who": who}
        return State(template.kind, template.name, state, way, given, more, path, template.file)

    guest = _sample("@guest")
    if template.kind == "mail":
        yield from (made(way, guest) for way in (HTML, TEXT))
    elif template.kind in {"partial", "tile"}:
        yield made(ALONE, seen.get("who", guest))
    else:
        there = _address(template)
        path = there.example if there else NOWHERE
        path += f"?{seen['query']}" if "query" in seen else ""
        people = {GUEST: guest, MEMBER: given.get("user", _sample("@ann"))}
        if "who" in seen:
            way = MEMBER if seen["who"].make().is_authenticated else GUEST
            people = {way: seen["who"]}
        elif template.kind == "error" or (there and there.access.who is GUESTS):
            del people[MEMBER]
        elif there and there.access.who in {LOGGED_IN, CONFIRMED}:
            del people[GUEST]
        yield from (made(way, who, path) for way, who in people.items())


def _address(template: Template) -> Any:
    said = template.file.says.get("view", "")
    try:
        return sources.address(template.name, said)
    except LookupError:
        known, otherwise = sources.endpoints(), "`flask access` lists them"
        template.file.unknown(said, f"there is no view `{said}`", known, otherwise)
        return None


def _codes(template: Template) -> Iterator[tuple[str, Given, Seen]]:
    """Yield what is said of each error."""
    for code, (title, message) in WORDS.items():
        said = {"code": code, "title": title, "message": message, "reference": "0123456789abcdef"}
        yield str(code), {name: notation.read(value, {}) for name, value in said.items()}, {}


def _drawings(template: Template) -> Iterator[tuple[str, Given, Seen]]:
    for number, (seed, colour) in enumerate(DRAWINGS.items(), 1):
        said = {"seed": seed, "colour": colour, "design": template.path.stem}
        yield str(number), {name: notation.read(value, {}) for name, value in said.items()}, {}


def _is_partial(template: Template) -> bool:
    return template.kind == "partial"


def _sample(text: str) -> Value:
    return notation.read(text, named.samples())
