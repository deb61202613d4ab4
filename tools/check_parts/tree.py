"""HTML as a tree whose elements know their offsets, and what is not well nested in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from html.entities import html5

from tools.check_parts.finding import did_you_mean
from tools.check_parts.words import ELEMENTS, ENDS_P, VOID

TAG = re.compile(
    r"<!--.*?-->|<!doctype[^>]*>|<(/?)([a-z][\w:-]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL | re.IGNORECASE,
)
# Names of letters that pages have: those of old, which need no `;`, and a few more.
USUAL = {f"{name};" for name in html5 if not name.endswith(";")} | {
    *("hellip;", "ndash;", "mdash;", "lsquo;", "rsquo;", "ldquo;", "rdquo;", "bdquo;", "sbquo;"),
    *("rarr;", "larr;", "uarr;", "darr;", "bull;", "euro;", "trade;", "thinsp;", "apos;", "check;"),
}
IN_P = "stands inside <p>"
ENTITY = re.compile(r"&([a-zA-Z]\w*;)")
ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")


@dataclass(eq=False)
class Element:
    """An element, its attributes in the sequence of the source, and where its tag stands."""

    tag: str
    attributes: dict[str, str]
    at: int
    end: int  # of its start tag
    parent: Element | None
    children: list[Element | str] = field(default_factory=list)

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    def has(self, name: str) -> bool:
        return name in self.attributes

    @property
    def elements(self) -> Iterator[Element]:
        """The elements inside, in the sequence of the source."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.elements

    @property
    def ancestors(self) -> Iterator[Element]:
        """The elements around, from inside to outside."""
        around = self.parent
        while around is not None and around.tag:
            yield around
            around = around.parent

    @property
    def text(self) -> str:
        """What somebody hears of it, without what is hidden from them."""
        if self.get("aria-hidden") == "true":
            return ""
        if self.tag == "img":
            return self.get("alt")
        inside = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join(" ".join(inside).split())

    def inside(self, *tags: str) -> Element | None:
        """Return the nearest element around it with one of these tags."""
        return next((each for each in self.ancestors if each.tag in tags), None)


@dataclass
class Tree:
    """A document or a fragment; `wrong` lists what is badly nested: offset, what, how to mend."""

    root: Element
    elements: list[Element] = field(default_factory=list)
    wrong: list[tuple[int, str, str]] = field(default_factory=list)


def read(html: str) -> Tree:
    """Read HTML as browsers would, if it is well nested."""
    root = Element("", {}, 0, 0, None)
    tree, here, last = Tree(root), root, 0
    for found in TAG.finditer(html):
        _text(tree, here, html[last : found.start()], last)
        last = found.end()
        closing, tag, raw = found[1], (found[2] or "").lower(), found[3] or ""
        if not tag:
            continue
        if closing:
            here = _close(tree, here, tag, found.start())
            continue
        attributes, twice = _attributes(raw)
        if twice:
            tree.wrong.append((found.start(), f"<{tag}> has `{twice}` twice", "keep one of them"))
        _may_stand(tree, here, tag, found.start())
        is_drawn = tag == "svg" or here.tag == "svg" or here.inside("svg") is not None
        if raw.endswith("/") and tag not in VOID and not is_drawn:
            what = f"the slash does not close <{tag}>"
            tree.wrong.append((found.start(), what, f"write <{tag}></{tag}>"))
        element = Element(tag, dict(attributes), found.start(), found.end(), here)
        here.children.append(element)
        tree.elements.append(element)
        if tag not in VOID and not raw.endswith("/"):
            here = element
    _text(tree, here, html[last:], last)
    while here.tag:
        _unclosed(tree, here)
        here = here.parent or root
    return tree


def _text(tree: Tree, here: Element, text: str, at: int) -> None:
    if "<" in text and (broken := re.search(r"</?[a-zA-Z]", text)):
        line = text[broken.start() :].split("\n", 1)[0][:40]
        tree.wrong.append(
            (at + broken.start(), f"the tag `{line}` does not end", "add the missing `>` or quote")
        )
    for found in ENTITY.finditer(text) if here.tag not in {"script", "style"} else ():
        if found[1] not in html5:
            mend = did_you_mean(found[0], (f"&{name}" for name in USUAL), "write the letter")
            what = f"`{found[0]}` is no letter, and shown as it is"
            tree.wrong.append((at + found.start(), what, mend))
    if text:
        here.children.append(unescape(text))


def _close(tree: Tree, here: Element, tag: str, at: int) -> Element:
    around = [here, *here.ancestors]
    match = next((each for each in around if each.tag == tag), None)
    if match is None and here.parent is not None:
        what = f"<{here.tag}> is closed by </{tag}>"
        mend = f"make both <{tag}>, or close <{here.tag}> before"
        mend = mend if tag in ELEMENTS else f"write </{here.tag}>"
        tree.wrong.append((here.at, what, mend))
        return here.parent
    if match is None:
        tree.wrong.append(
            (at, f"</{tag}> closes nothing", f"open <{tag}> before it, or take it out")
        )
        return here
    for each in around[: around.index(match)]:
        _unclosed(tree, each)
    assert match.parent is not None
    return match.parent


def _unclosed(tree: Tree, element: Element) -> None:
    if element.tag == "p":  # so it is no wonder what stands in it
        inside = {each.at for each in element.elements}
        tree.wrong[:] = [
            each for each in tree.wrong if each[0] not in inside or IN_P not in each[1]
        ]
    what = f"<{element.tag}> is not closed where it should be"
    tree.wrong.append((element.at, what, f"add </{element.tag}> after what belongs into it"))


def _may_stand(tree: Tree, here: Element, tag: str, at: int) -> None:
    around = [here, *here.ancestors]
    inside = {each.tag for each in around}
    if tag in ENDS_P and "p" in inside:
        block = next(each.tag for each in around if each.tag in {"p", "button", "object"})
        if block == "p":
            tree.wrong.append(
                (at, f"<{tag}> {IN_P}", "close the <p> before it, or make it a <div>")
            )
    if tag == "form" and "form" in inside:
        tree.wrong.append(
            (
                at,
                "<form> stands inside <form>",
                "close the outer one first; `form=…` ties a button to it",
            )
        )
    if tag in {"a", "button", "input", "select", "textarea"} and inside & {"a", "button"}:
        outer = next(each.tag for each in around if each.tag in {"a", "button"})
        tree.wrong.append((at, f"<{tag}> stands inside <{outer}>", "put one after the other"))
    if here.tag in {"ul", "ol"} and tag not in {"li", "template", "script"}:
        mend = f"put it into an <li>, or make <{here.tag}> another element"
        tree.wrong.append((at, f"<{tag}> stands inside <{here.tag}>", mend))
    if tag == "li" and here.tag not in {"ul", "ol", "menu"}:
        tree.wrong.append(
            (at, f"<li> stands inside <{here.tag or 'nothing'}>", "put it into <ul> or <ol>")
        )


@cache
def _attributes(raw: str) -> tuple[tuple[tuple[str, str], ...], str]:
    found: dict[str, str] = {}
    twice = ""
    for name, double, single, bare in ATTRIBUTE.findall(raw):
        if name in found:
            twice = twice or name
        else:
            found[name] = unescape(double or single or bare)
    return tuple(found.items()), twice
