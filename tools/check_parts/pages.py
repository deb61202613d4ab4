"""What every whole page has: a language, a title, one <main>, one <h1>, a way past the navbar."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from tools.check_parts.finding import Finding, did_you_mean
from tools.check_parts.states import GUEST, State
from tools.check_parts.tree import Element
from tools.check_parts.world import World, is_framed

HEADING = re.compile(r"h([1-6])$")
METAS = {
    "viewport": "width=device-width, initial-scale=1",
    "description": "a sentence about the page",
    "color-scheme": "light dark",
}
META_NAMES = {*METAS, "theme-color", "robots", "referrer", "csrf-token", "htmx-config"} | {
    "twitter:card"
}
TITLE = re.compile(r"{%-? block (name|title)\b")
TITLE_AT_MOST = 70  # characters


def check(world: World, state: State) -> Iterator[Finding]:
    """Find what a page, or the HTML of a mail, lacks."""
    if not (state.is_page or state.is_mail):
        return
    by_tag: dict[str, list[Element]] = {}
    for element in state.tree.elements:
        by_tag.setdefault(element.tag, []).append(element)
    yield from _document(world, state, by_tag)
    yield from _headings(world, state)
    if state.is_page:
        yield from _one(world, state, by_tag, "main")
        yield from _head(world, state, by_tag)
        yield from _landmarks(world, state, by_tag)
        yield from _focus(world, state)


def _one(
    world: World, state: State, by_tag: dict[str, list[Element]], tag: str
) -> Iterator[Finding]:
    found = by_tag.get(tag, [])
    if not found:
        meant = (each for each in state.tree.elements if each.get("id") == tag)
        inside = (
            each
            for each in state.tree.elements
            if each.tag != "nav"
            and each.get("class") != "container"
            and each.inside("main")
            and not each.inside("nav")
        )
        first = next(inside, None) if tag == "h1" else None
        where = next(meant, None) or first or _at(by_tag, "body")
        yield world.say(state, where, f"the page has no <{tag}>", f"add one <{tag}>")
    for extra in found[1:]:
        yield world.say(state, extra, f"the page has more than one <{tag}>", "keep one of them")


def _at(by_tag: dict[str, list[Element]], *tags: str) -> Element | int:
    return next((by_tag[tag][0] for tag in (*tags, "html") if tag in by_tag), 0)


def _document(world: World, state: State, by_tag: dict[str, list[Element]]) -> Iterator[Finding]:
    if not state.rendering.text.lstrip().lower().startswith("<!doctype html>"):
        yield world.say(state, 0, "the page has no doctype", "begin it with <!doctype html>")
    if not re.fullmatch(
        r"[a-z]{2}(-[A-Za-z]+)?", by_tag["html"][0].get("lang") if "html" in by_tag else ""
    ):
        mend = 'add `lang="en"` to <html>'
        yield world.say(state, _at(by_tag), "the page does not say its language", mend, "lang")
    titles = [each for each in by_tag.get("title", []) if each.inside("head")]
    if not titles or not titles[0].text.strip(" –"):
        mend = "fill the block `name` of the page, or <title>"
        yield world.say(
            state, titles[0] if titles else _at(by_tag, "head"), "the page has no title", mend
        )
    elif titles[0].text.startswith("–") or len(titles[0].text) > TITLE_AT_MOST:
        mend = f"say in {TITLE_AT_MOST} letters what the page is"
        what = f"the title is `{titles[0].text}`"
        found = world.say(state, titles[0], what, mend)
        lines = enumerate(world.lines(state.template), 1)
        line = next((number for number, text in lines if TITLE.search(text)), 0)
        if line:
            found = replace(found, file=world.site.file(state.template), line=line)
        yield found
    if not any(each.get("charset") == "utf-8" for each in by_tag.get("meta", [])):
        yield world.say(
            state, _at(by_tag, "head"), "the page has no charset", 'add <meta charset="utf-8">'
        )
    yield from _one(world, state, by_tag, "h1")


def _headings(world: World, state: State) -> Iterator[Finding]:
    before = 0
    for element in state.tree.elements:
        if (level := HEADING.match(element.tag)) and not element.inside("dialog"):
            number = int(level[1])
            if before and number > before + 1:
                mend = f"make it <h{before + 1}>; how it looks is for a class to say"
                yield world.say(state, element, f"<{element.tag}> follows <h{before}>", mend)
            before = number


def _head(world: World, state: State, by_tag: dict[str, list[Element]]) -> Iterator[Finding]:
    def say(what: str, mend: str, gone: str = "") -> Finding:
        found = world.say(state, _at(by_tag, "head"), what, mend)
        file, line = world.lost(gone, otherwise=(found.file, found.line))
        return replace(found, file=file, line=line)

    metas = {each.get("name"): each for each in by_tag.get("meta", []) if each.has("name")}
    for name, value in METAS.items():
        if name not in metas or not metas[name].get("content").strip():
            mend = f'add <meta name="{name}" content="{value}">'
            yield say(f"the page has no `{name}`", mend, f'name="{name}"')
    if "viewport" in metas and "width=device-width" not in metas["viewport"].get("content"):
        what = "a phone shows the page as small as on a desktop"
        mend = f'write content="{METAS["viewport"]}"'
        yield world.say(state, metas["viewport"], what, mend, "content")
    for name, meta in metas.items():
        if name not in META_NAMES:
            mend = did_you_mean(name, META_NAMES, "take it out")
            yield world.say(state, meta, f"nothing reads the meta `{name}`", mend, "name")
    links = {each.get("rel"): each.get("href") for each in by_tag.get("link", [])}
    for rel, mend in (
        ("stylesheet", "add <link rel=stylesheet> with asset(theme.name ~ '.css')"),
        ("icon", "add <link rel=icon> with asset('icons/favicon.svg')"),
        ("manifest", "add <link rel=manifest> with url_for('pwa.manifest')"),
    ):
        if not links.get(rel):
            yield say(f"the page has no `{rel}`", mend, f'rel="{rel}"')
    indexed, robots = "canonical" in links, metas.get("robots")
    if indexed == (robots is not None and "noindex" in robots.get("content")):
        mend = 'a page has either rel="canonical" or <meta name="robots" content="noindex">'
        what = "search engines are told to show it and not to, or neither"
        yield say(what, mend, 'name="robots"' if indexed else 'rel="canonical"')
    if not is_framed(state):
        return
    if not metas.get("csrf-token") or not metas["csrf-token"].get("content"):
        mend = 'add <meta name="csrf-token" content="{{ csrf_token() }}">'
        yield say("scripts find no CSRF token", mend, 'name="csrf-token"')
    try:
        json.loads(metas["htmx-config"].get("content") if "htmx-config" in metas else "")
    except ValueError:
        where = metas.get("htmx-config", _at(by_tag, "head"))
        what = "htmx has no configuration, or none in JSON"
        yield world.say(state, where, what, "mend `htmx-config`", "content")
    if not any(
        "site" in each.get("src") and each.get("type") == "module"
        for each in by_tag.get("script", [])
    ):
        yield say(
            "the page does not load its scripts",
            'add <script type="module" src> with asset("site.js")',
        )
    body = by_tag["body"][0] if "body" in by_tag else None
    if (
        body is not None
        and state.way != GUEST
        and not (body.has("data-private") and body.get("data-user"))
    ):
        mend = "add `data-private` and `data-user` to <body>, as base.html does"
        yield world.say(state, body, "after a log-out Back may show the page again", mend)


def _landmarks(world: World, state: State, by_tag: dict[str, list[Element]]) -> Iterator[Finding]:
    navs, names = by_tag.get("nav", []), set()
    for nav in navs:
        name = nav.get("aria-label") or nav.get("aria-labelledby")
        if len(navs) > 1 and (not name or name in names):
            mend = "add `aria-label` with a word that no other <nav> has"
            yield world.say(state, nav, "two <nav> cannot be told apart", mend, "aria-label")
        names.add(name)
    links = [each for each in state.tree.elements if each.tag == "a"]
    main = by_tag.get("main", [None])[0]
    if main is not None:
        if not links or links[0].get("href") != f"#{main.get('id')}" or not main.get("id"):
            parent = links[0].parent if links else None
            is_there = parent is not None and parent.tag == "body"
            where = links[0] if is_there else _at(by_tag, "body")
            mend = 'begin <body> with <a class="skip-link" href="#main">, and have `id="main"`'
            yield world.say(state, where, "no link skips the navbar", mend, "href")
        if main.get("tabindex") != "-1":
            mend = 'add `tabindex="-1"`'
            yield world.say(state, main, "<main> cannot take the focus", mend, "tabindex")


def _focus(world: World, state: State) -> Iterator[Finding]:
    marked = [each for each in state.tree.elements if each.has("autofocus")]
    for extra in marked[1:]:
        if extra.inside("form") is marked[0].inside("form"):
            what = "two fields want the focus"
            yield world.say(state, extra, what, "leave `autofocus` to the first", "autofocus")
