"""The templates as they are written: branches too that no state shows, and what no state shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from jinja2 import TemplateSyntaxError, nodes

from tools.check_parts import classes, colours, css, scripts, selectors, sizes, styles, values
from tools.check_parts.finding import MISSPELT, TORN, Finding, did_you_mean, meant
from tools.check_parts.states import Site
from tools.check_parts.world import World

COMMENT = re.compile(r"{#.*?#}", re.DOTALL)
INLINE = re.compile(
    r"<style|\sstyle\s*=|<script(?![^>]*\ssrc=)|\son\w+\s*=|hx-on\b|javascript:|[\"'{]\s*js:"
    r"|hx-trigger=\"[^\"]*\[",
    re.IGNORECASE,
)
ICON = re.compile(r"partials/icon\.html',\s*name='([\w-]+)'")
EXTENDS = re.compile(r"{%-? extends ['\"]([^'\"]+)['\"]")
BLOCK = re.compile(r"{%-? block (\w+)")
SET = re.compile(r"^{%-? set (\w+) = ", re.MULTILINE)
DEFINED = re.compile(r"{%-? (?:macro|set) (\w+)")
PARAMS = re.compile(r"{# (?:kept; )?params: (.*?) ?#}")
ID = re.compile(r"""\bid["']?\s*[=:]\s*["']([\w-]+)["']""")
FREE = ("email/", "pwa/", "tiles/")  # no pages: mails have styles, the rest is no HTML
FOR_DEVELOPMENT = ("dev_",)


def bare(site: Site) -> dict[str, str]:
    """Return the templates without their comments, every line where it was."""
    return {
        name: COMMENT.sub(lambda it: "\n" * it[0].count("\n"), site.source(name))
        for name in site.app.jinja_env.list_templates()
        if not name.endswith(".toml")
    }


def check(world: World) -> Iterator[Finding]:
    """Find what stands in sources, whatever of them is rendered."""
    texts = bare(world.site)
    icons = set(re.findall(r"name == '([\w-]+)'", texts.get("partials/icon.html", "")))
    for name, text in texts.items():
        if not name.startswith(FREE):
            for found in INLINE.finditer(text):
                what = f"`{found[0].strip()}` is inline, which the security policy blocks"
                mend = "write a rule into static/src/css/, or listen in static/src/js/"
                yield Finding(world.site.file(name), _line(text, found.start()), what, mend)
        for found in ICON.finditer(text):
            if found[1] not in icons:
                what = f"there is no icon `{found[1]}`"
                mend = did_you_mean(found[1], icons, "draw it in templates/partials/icon.html")
                line = _line(text, found.start(1))
                yield Finding(world.site.file(name), line, what, mend, rank=MISSPELT)
    yield from _inherited(world, texts)
    yield from _given(world, texts)
    yield from _manifest(world)
    yield from of_styles(world, texts)
    yield from unseen(world, texts)


def of_styles(world: World, texts: Mapping[str, str]) -> Iterator[Finding]:
    """Find what is wrong with style sheets, and with the colours of templates.

    Args:
        texts: the templates without their comments, by their names.
    """
    files = {world.site.file(name): text for name, text in texts.items()}
    sheet = css.every()
    if sheet.wrong:  # and whatever comes of it
        yield from sheet.wrong
        return
    rules, declared = sheet.rules, sheet.declarations
    named = {**files, **scripts.sources(".js")}
    ids = world.ids | scripts.ids().keys() | set(ID.findall("".join(files.values())))
    early = [*selectors.check(rules, declared, ids), *sizes.colours(declared)]
    yield from early
    at = {(each.file, each.line) for each in early}
    wrong = {each for each in declared if (each.file, each.line) in at}
    yield from values.check(declared, wrong)
    yield from styles.check(declared)
    used = world.classes | classes.said(named)
    if world.torn:  # not all of them are seen
        used |= {word for text in named.values() for word in classes.WORD.findall(text)}
    yield from classes.orphaned(rules, used, named)
    yield from sizes.check(declared)
    coloured = {file: text for file, text in files.items() if "/tiles/" not in file}
    told = {each.name for each in wrong} | styles.misnamed(declared).keys()
    told |= {each.name for each in styles.misnamed(declared).values()}
    yield from colours.check(declared, coloured, told)


def _inherited(world: World, texts: dict[str, str]) -> Iterator[Finding]:
    """Find blocks and names that no template above knows."""
    extended = {found[1] for text in texts.values() for found in EXTENDS.finditer(text)}
    for name, text in texts.items():
        if name in extended:
            continue
        above, parent = "", EXTENDS.search(text)
        while parent is not None and parent[1] in texts:
            above += texts[parent[1]]
            parent = EXTENDS.search(texts[parent[1]])
        if not above:
            continue
        blocks = set(BLOCK.findall(above))
        for found in BLOCK.finditer(text):
            if found[1] not in blocks:
                mend = did_you_mean(found[1], blocks, "put its content into a block that there is")
                what = f"nothing shows the block `{found[1]}`"
                line = _line(text, found.start())
                yield Finding(world.site.file(name), line, what, mend, rank=MISSPELT)
        for found in SET.finditer(text):
            if len(re.findall(rf"\b{found[1]}\b", text + above)) == 1:
                mend = did_you_mean(found[1], re.findall(r"\w+", above), "take it out")
                what = f"nothing reads `{found[1]}`"
                line = _line(text, found.start())
                yield Finding(world.site.file(name), line, what, mend, rank=MISSPELT)


def _given(world: World, texts: dict[str, str]) -> Iterator[Finding]:
    """Find partials that are given something else than their first line asks for."""
    for name in texts:
        try:
            template = world.site.app.jinja_env.parse(world.site.source(name))
        except TemplateSyntaxError:
            continue  # which is told by the states that show it
        yield from _taken(world, texts, name, template)
        for call in template.find_all(nodes.Call):
            if not (isinstance(call.node, nodes.Name) and call.node.name == "render_partial"):
                continue
            partial = call.args[0].value if isinstance(call.args[0], nodes.Const) else ""
            if partial not in texts or not (asked := PARAMS.match(world.site.source(partial))):
                continue
            wanted = {each for each in asked[1].split(", ") if each}
            given = {each.key for each in call.kwargs}
            meaning = {wrong: meant(wrong, wanted - given) for wrong in given - wanted}
            for wrong in sorted(given ^ wanted - {*meaning.values()}):
                is_given = wrong in given
                what = f"{partial} takes no `{wrong}`" if is_given else f"{partial} wants `{wrong}`"
                close = meaning.get(wrong)
                mend = f"did you mean `{close}`?" if close else f"see line 1 of templates/{partial}"
                yield Finding(world.site.file(name), call.lineno, what, mend, rank=TORN)


def _taken(
    world: World, texts: dict[str, str], name: str, template: nodes.Template
) -> Iterator[Finding]:
    """Find macros that are imported and not there, and HTML that may be anybody's."""
    file = world.site.file(name)
    for imported in template.find_all(nodes.FromImport):
        source = imported.template.value if isinstance(imported.template, nodes.Const) else ""
        there = DEFINED.findall(texts.get(source, ""))
        for each in imported.names if there else ():
            word = each[0] if isinstance(each, tuple) else each
            if word not in there:
                what = f"{source} has no `{word}`"
                mend = did_you_mean(word, there, f"it has {', '.join(there)}")
                yield Finding(file, imported.lineno, what, mend, rank=TORN)
    for used in template.find_all(nodes.Filter):
        if used.name == "safe" and not isinstance(used.node, nodes.Const):
            what = "`| safe` lets through whatever HTML somebody has typed"
            yield Finding(file, used.lineno, what, "take it out")


def _manifest(world: World) -> Iterator[Finding]:
    for state in world.texts:
        if state.template.endswith(".webmanifest"):
            try:
                json.loads(state.rendering.text)
            except ValueError as problem:
                line = getattr(problem, "lineno", 1)
                mend = "mend the commas, quotes and brackets before it"
                yield Finding(world.site.file(state.template), line, "it is no JSON", mend)


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def unseen(world: World, texts: Mapping[str, str]) -> Iterator[Finding]:
    """Find templates that no state shows."""
    seen = {name for state in world.states for name in state.rendering.templates}
    seen |= {state.template for state in world.texts} | {state.template for state in world.states}
    if world.torn:
        return  # what includes a broken template is not seen either
    for name in texts:
        is_mail = name.startswith("email/") and not Path(name).name.startswith("_")
        is_html = name.endswith(".html") and not name.startswith(FOR_DEVELOPMENT)
        if name not in seen and (is_html or is_mail):
            mend = "show it in a state of what includes it, or take it out"
            yield Finding(world.site.file(name), 1, "no state shows it", mend)
