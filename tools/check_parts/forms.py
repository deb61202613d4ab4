"""Forms: what each must have to work with and without JavaScript, once for a double click."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tools.check_parts.finding import FOLLOWING, Finding
from tools.check_parts.states import State
from tools.check_parts.tree import Element
from tools.check_parts.words import TYPED
from tools.check_parts.world import World

KEYS = {"current-password", "new-password"}
FILES = "multipart/form-data"


def check(world: World, state: State) -> Iterator[Finding]:
    """Find forms and fields that lack something."""
    if state.is_mail:
        return
    for element in state.tree.elements:
        if element.tag == "form":
            yield from _form(world, state, element)
        elif element.tag == "input":
            yield from _input(world, state, element)
        elif (element.has("hx-post") or element.has("hx-get")) and element.tag != "a":
            mend = "put it on a <form> with `action`, or on an <a> with `href`"
            yield world.say(state, element, "does nothing without JavaScript", mend, "hx-post")
        if (
            element.tag == "a"
            and element.has("hx-get")
            and element.get("href") != element.get("hx-get")
        ):
            mend = "give both the same address"
            yield world.say(state, element, "`href` and `hx-get` differ", mend, "hx-get")
    form = state.given.get("form")
    if hasattr(form, "hidden_tag") and not state.is_page:
        yield from _fields(world, state, form)


def _form(world: World, state: State, form: Element) -> Iterator[Finding]:
    def say(what: str, mend: str, attribute: str = "") -> Finding:
        return world.say(state, form, what, mend, attribute)

    method = form.get("method").lower()
    inputs = [each for each in form.elements if each.tag in {"input", "select", "textarea"}]
    has_key = any(each.get("type") == "password" for each in inputs)
    if not form.has("method"):
        danger = (
            "the access key in it goes into the address"
            if has_key
            else "what is in it goes into the address"
        )
        yield say(
            f"the form has no `method`, so {danger}", 'add `method="post"` (or get)', "method"
        )
    elif has_key and method != "post":
        yield say(
            "the access key in the form goes into the address", 'write `method="post"`', "method"
        )
    if method == "dialog":
        return
    if not form.has("action"):
        yield say("the form has no `action`", "add the address that `hx-post` has", "action")
    token = any(each.get("name") == "csrf_token" for each in inputs)
    if method == "get" and token:
        yield say("the CSRF token goes into the address", 'write `method="post"`', "method")
    if method == "get" and form.has("hx-post"):
        yield say("`method` is get, and `hx-post` posts", 'write `method="post"`', "method")
    if method == "post" or form.has("hx-post"):
        if not token:
            mend = "add {{ form.hidden_tag() }}, or an <input> with csrf_token()"
            yield say("the form has no CSRF token, so it is refused", mend)
        yield from _posting(world, state, form, inputs)
    if form.has("hx-get") and form.get("hx-get") != form.get("action").partition("#")[0]:
        yield say("`action` and `hx-get` differ", "give both the same address", "hx-get")
    if form.has("hx-get") or form.has("hx-post"):
        if form.get("hx-sync") != "this:drop":
            mend = 'add `hx-sync="this:drop"`'
            yield say("a double click sends the form twice", mend, "hx-sync")
        if not form.has("hx-target"):
            mend = "add `hx-target`: this, closest section or #id"
            yield say("nothing says where the answer goes", mend, "hx-target")
    if not _has_submit(state, form):
        mend = 'add <button type="submit">'
        yield world.called(state, form.at, "nothing sends the form", mend, FOLLOWING)


def _posting(world: World, state: State, form: Element, inputs: list[Element]) -> Iterator[Finding]:
    def say(what: str, mend: str, attribute: str) -> Finding:
        return world.say(state, form, what, mend, attribute)

    if not form.has("hx-post"):
        mend = "add `hx-post` with the same address as `action`"
        yield say("the form loads a whole page", mend, "hx-post")
    elif form.get("hx-post") != form.get("action"):
        yield say("`action` and `hx-post` differ", "give both the same address", "hx-post")
    if form.get("hx-disable") != "find [type=submit]":
        mend = 'add `hx-disable="find [type=submit]"`'
        yield say("its button can be pressed twice", mend, "hx-disable")
    if not form.has("hx-swap"):
        mend = 'add `hx-swap="outerHTML"`, or "none"'
        yield say("nothing says how the answer is put in", mend, "hx-swap")
    if any(each.get("type") == "file" for each in inputs):
        for name in ("enctype", "hx-encoding"):
            if form.get(name) != FILES:
                yield say(f"the file is not sent: no `{name}`", f'add `{name}="{FILES}"`', name)
    if isinstance(state.given.get("form"), object) and _is_ours(state.given.get("form"), inputs):
        if form.get("hx-status:422") != "swap:outerHTML":
            mend = 'add `hx-status:422="swap:outerHTML"`'
            yield say("the errors of a refused form are not shown", mend, "hx-status:422")
        if not form.has("novalidate"):
            mend = "add `novalidate`: our own words stand at the fields"
            yield say("the browser stops the form with words of its own", mend, "novalidate")


def _is_ours(form: Any, inputs: list[Element]) -> bool:
    """Tell whether a form on the page is the one that the template was given."""
    if not hasattr(form, "hidden_tag"):
        return False
    ids = {field.id for field in form}
    return any(each.get("id") in ids for each in inputs if each.get("name") != "csrf_token") or (
        len(ids) == 1 and all(each.get("type") == "hidden" for each in inputs) and len(inputs) == 1
    )


def _has_submit(state: State, form: Element) -> bool:
    own = (each for each in form.elements if each.tag == "button" or each.get("type") == "submit")
    if any(
        each.get(
            "type",
        )
        in {"submit", ""}
        and not each.has("form")
        for each in own
    ):
        return True
    name = form.get("id")
    return bool(name) and any(each.get("form") == name for each in state.tree.elements)


def _input(world: World, state: State, element: Element) -> Iterator[Finding]:
    def say(what: str, mend: str, attribute: str = "") -> Finding:
        return world.say(state, element, what, mend, attribute)

    kind = element.get("type") or "text"
    if kind == "password" and element.get("autocomplete") not in KEYS:
        mend = "write current-password or new-password"
        yield say("a key keeper does not know this field", mend, "autocomplete")
    if element.get("autocomplete") in KEYS and kind != "password":
        yield say("the access key can be read over a shoulder", 'write `type="password"`', "type")
    if kind in {"email", "tel"} and not element.has("autocomplete"):
        what, mend = "browsers cannot fill in the field", "add `autocomplete`"
        asks = "'autocomplete'" in world.site.source(state.rendering.place(element.at).template)
        yield world.called(state, element.at, what, mend) if asks else say(what, mend)
    if kind in TYPED and not element.has("hidden") and not element.has("name"):
        yield say("the field has no `name`, so it is not sent", "add `name`", "name")
    if element.has("hx-post"):
        for name in ("hx-trigger", "hx-target", "hx-swap", "hx-sync"):
            if not element.has(name):
                yield say(f"the check while typing has no `{name}`", f"add `{name}`", name)
        if element.get("hx-swap") not in {"", "outerHTML"}:
            what = "what a check says is put into the error of before"
            yield say(what, 'write `hx-swap="outerHTML"`', "hx-swap")
    if element.get("aria-invalid") == "true" and not element.has("aria-describedby"):
        mend = "name the id of the error in `aria-describedby`"
        yield say("nothing tells what is wrong with the field", mend, "aria-describedby")


def _fields(world: World, state: State, form: Any) -> Iterator[Finding]:
    """Find fields of the form that the template was given and does not show."""
    shown = {each.get("name"): each for each in state.tree.elements if each.has("name")}
    tag = next((each for each in state.tree.elements if each.tag == "form"), None)
    for field in form:
        if field.name in shown:
            live = field.name in getattr(form, "live_checks", ())
            if live and not shown[field.name].has("hx-post"):
                mend = "add `hx-post` to validation.create, as macros/forms.html does"
                yield world.say(
                    state, shown[field.name], f"`{field.name}` is not checked while it is typed",
                    mend, "hx-post",
                )  # fmt: skip
        elif field.name != "csrf_token" and tag is not None:
            what = f"the form does not show its field `{field.name}`"
            if getattr(field.widget, "input_type", "") == "hidden":
                yield world.say(state, tag, what, "add {{ form.hidden_tag() }}")
            else:
                mend = f"add {{{{ field(form, '{field.name}') }}}}"
                yield world.called(state, tag.at, what, mend)
