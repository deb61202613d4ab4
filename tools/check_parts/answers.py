"""What the server answers, and what it replaces: both have the same id, or the next swap misses."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tools.check_parts.finding import Finding
from tools.check_parts.states import State
from tools.check_parts.tree import Element
from tools.check_parts.world import World

VIEWS = Path(__file__).resolve().parent.parent.parent / "minimaluser" / "views"
BESIDE = re.compile(r"#[a-z][\w-]*")
PARTIAL = re.compile(r"partials/([\w/]+)\.html")


@cache
def parts_of(view: Any) -> frozenset[tuple[str, str]]:
    """Return the partials that a view may answer with, each with "dialog" if only asked in one."""
    function = inspect.unwrap(view)
    module = inspect.getmodule(function)
    if module is None or not inspect.isfunction(function):
        return frozenset()
    tree = ast.parse(inspect.getsource(module))
    functions = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
    return frozenset(_parts(functions, function.__name__, set()))


def _parts(
    functions: dict[str, ast.FunctionDef], name: str, seen: set[str]
) -> Iterator[tuple[str, str]]:
    if name in seen or name not in functions:
        return
    seen.add(name)
    for node in ast.walk(functions[name]):
        if isinstance(node, ast.IfExp) and "is_asking" in ast.unparse(node.test):
            for branch, way in ((node.body, "dialog"), (node.orelse, "")):
                if isinstance(branch, ast.Constant):
                    yield str(branch.value), way
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func).rpartition(".")[2]
            if called in functions:
                yield from _parts(functions, called, seen)
            words = [each.value for each in node.args if isinstance(each, ast.Constant)]
            wanted = [word for word in words if isinstance(word, str)]
            if called == "render" and len(wanted) == 2:
                yield wanted[1], ""
            elif called == "done" and wanted:
                yield wanted[-1], ""
            elif called in {"edit_row", "show_row"} and wanted:
                yield wanted[0] + ("_form" if called == "edit_row" else ""), ""


def check(world: World) -> Iterator[Finding]:
    """Find answers without the id of what they replace, and headings that dialogs miss."""
    shown: dict[str, list[State]] = {}
    for state in world.partials:
        name = state.template.removeprefix("partials/").removesuffix(".html")
        shown.setdefault(name, []).append(state)
    for state in world.partials:
        for element in state.tree.elements:
            yield from _replaced(world, shown, state, element)
    for name, states in shown.items():
        if name.endswith("_dialog"):
            yield from _headed(world, states, "ask-title")
    for name, part in beside():
        for state in shown.get(part, []):
            root = next(iter(state.tree.elements), None)
            if root is not None and root.get("id") != name:
                what = f"what replaces #{name} is not called so"
                yield world.say(state, root, what, f'add `id="{name}"`', "id")
                break


@cache
def beside() -> frozenset[tuple[str, str]]:
    """Return the ids of what answers change elsewhere on the page, with the partials for them.

    Both stand in one function of a view, each id before its partial.
    """
    found: set[tuple[str, str]] = set()
    for file in sorted(VIEWS.glob("*.py")):
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                constants = [it for it in ast.walk(function) if isinstance(it, ast.Constant)]
                words = [(it.lineno, it.col_offset, str(it.value)) for it in constants]
                names = [word[1:] for *_, word in sorted(words) if BESIDE.fullmatch(word)]
                parts = [PARTIAL.fullmatch(word) for *_, word in sorted(words)]
                found |= set(zip(names, (part[1] for part in parts if part), strict=False))
    return frozenset(found)


def _replaced(
    world: World, shown: dict[str, list[State]], state: State, element: Element
) -> Iterator[Finding]:
    for name, method in (("hx-get", "GET"), ("hx-post", "POST")):
        if not element.has(name) or element.tag == "input":
            continue
        endpoint, _ = world.endpoint(element.get(name), method)
        view = world.site.app.view_functions.get(endpoint)
        parts = parts_of(view) if view else frozenset()
        if element.get("hx-target") == "#dialog-body":
            for part, _ in parts:
                yield from _headed(world, shown.get(part, []), "dialog-title")
            continue
        target = _target(element)
        if target is None or element.get("hx-swap") != "outerHTML" or element.has("hx-select"):
            continue
        if not target.get("id"):
            what = f"<{target.tag}> is replaced, and the focus does not find what replaces it"
            yield world.say(state, target, what, "add an `id`, and to what replaces it", "id")
        for part, way in parts:
            if way or part not in shown:
                continue
            for answer in shown[part]:
                root = next(iter(answer.tree.elements), None)
                ids = {each.get("id") for each in answer.tree.elements}
                if root is not None and target.get("id") not in ids:
                    what = (
                        f'`id="{root.get("id")}"` replaces `id="{target.get("id")}"` '
                        f"of {state.template}, so what scripts and links look for is gone"
                    )
                    mend = "give both the same id"
                    yield world.say(answer, root, what, mend, "id", _own_word(root, target))
                    break


def _own_word(root: Element, target: Element) -> str:
    """Return what of the id comes from the call of a macro, empty if its own words differ."""
    (one, _, word), (other, _, _) = (each.get("id").partition("-") for each in (root, target))
    return word if one == other else ""


def _target(element: Element) -> Element | None:
    value = element.get("hx-target")
    if value == "this":
        return element
    if value.startswith("closest "):
        tag = value.partition(" ")[2]
        return element if element.tag == tag else element.inside(tag)
    return None


def _headed(world: World, states: list[State], name: str) -> Iterator[Finding]:
    for state in states:
        if state.tree.elements and name not in state.ids:
            heading = next((it for it in state.tree.elements if it.tag in {"h1", "h2", "h3"}), None)
            mend = f'add `id="{name}"` to its heading'
            where = heading or state.tree.elements[0]
            yield world.say(state, where, "the dialog it is shown in has no name", mend, "id")
