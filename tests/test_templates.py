"""What a designer meets in templates: short lines, short partials, and macros for what repeats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

TESTS = Path(__file__).parent
FOLDERS = (TESTS.parent / "templates", TESTS / "club" / "templates")
LONGEST_LINE = 120  # characters
LONGEST_PARTIAL = 30  # lines


def names() -> list[str]:
    """Every template but tiles, which are drawings, and plain text, where a line is a paragraph."""
    return sorted(
        path.relative_to(folder).as_posix()
        for folder in FOLDERS
        for path in folder.rglob("*")
        if path.suffix not in ("", ".svg", ".txt")
    )


def text_of(name: str) -> str:
    (path,) = (folder / name for folder in FOLDERS if (folder / name).exists())
    return path.read_text(encoding="utf-8")


def macros_in(name: str) -> dict[str, nodes.Macro]:
    return {each.name: each for each in Environment().parse(text_of(name)).find_all(nodes.Macro)}


def imports_in(template: nodes.Template) -> Iterator[tuple[str, str]]:
    """File and name of each macro that a template imports."""
    for each in template.find_all(nodes.FromImport):
        assert isinstance(each.template, nodes.Const)
        for name in each.names:
            assert isinstance(name, str), f"line {each.lineno}: a macro has one name everywhere"
            yield each.template.value, name


def mistakes(call: nodes.Call, macro: nodes.Macro) -> set[str]:
    """What is given and not taken, or needed and not given."""
    takes = [each.name for each in macro.args]
    needed = set(takes[: len(takes) - len(macro.defaults)])
    given = [*takes[: len(call.args)], *(each.key for each in call.kwargs)]
    too_many = {"too many"} if len(call.args) > len(takes) else set()
    return too_many | (set(given) - set(takes)) | (needed - set(given))


def test_the_walk_sees_templates_and_macros() -> None:
    assert {"base.html", "partials/nickname.html", "club/index.html"} <= set(names())
    assert {"form_for", "field", "key_field"} <= set(macros_in("macros/forms.html"))


def test_no_line_is_longer_than_a_designer_reads() -> None:
    assert [
        f"{name}:{number}: {len(line)} characters"
        for name in names()
        for number, line in enumerate(text_of(name).splitlines(), 1)
        if len(line) > LONGEST_LINE
    ] == []


def test_no_partial_is_longer_than_a_designer_reads() -> None:
    lengths = {name: text_of(name).count("\n") for name in names() if name.startswith("partials/")}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_PARTIAL} == {}


def test_how_a_form_or_a_link_is_swapped_stands_in_macros_only() -> None:
    attributes = re.compile(r"\bhx-[a-z]+(?:[:=]|': )")
    assert len(attributes.findall(text_of("macros/forms.html"))) > 5
    elsewhere = [name for name in names() if not name.startswith("macros/")]
    assert [name for name in elsewhere if attributes.search(text_of(name))] == []


def test_a_macro_is_given_what_it_takes() -> None:
    wrong = []
    for name in names():
        template = Environment().parse(text_of(name))
        known = macros_in(name) | {it: macros_in(file)[it] for file, it in imports_in(template)}
        for call in template.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in known:
                found = mistakes(call, known[call.node.name])
                wrong += [f"{name}:{call.lineno}: {call.node.name}: {each}" for each in found]
    assert wrong == []


def test_a_template_imports_the_macros_that_it_uses_and_no_others() -> None:
    unused = []
    for name in names():
        template = Environment().parse(text_of(name))
        used = {each.name for each in template.find_all(nodes.Name) if each.ctx == "load"}
        unused += [f"{name}: {it}" for _, it in imports_in(template) if it not in used]
    assert unused == []
