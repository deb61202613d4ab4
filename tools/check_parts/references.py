"""What refers to something: labels, descriptions, targets, links. What they name exists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tools.check_parts import scripts
from tools.check_parts.finding import MISSPELT, Finding, did_you_mean
from tools.check_parts.states import State
from tools.check_parts.tree import Element
from tools.check_parts.world import World

HERE = {
    *("for", "form", "list", "headers", "popovertarget", "aria-describedby", "aria-labelledby"),
    *("aria-controls", "aria-details", "aria-errormessage", "aria-owns", "aria-activedescendant"),
    *("data-key-toggle", "data-key-meter"),
}
ANYWHERE = {"hx-select", "data-dismiss"}  # in what comes later, or what is gone already
SELECTORS = {"hx-target", "hx-include", "hx-indicator"} | ANYWHERE
ADDRESSES = {"href", "action", "hx-get", "hx-post", "fill"}
LOADS = dict.fromkeys(("script", "img", "iframe", "source", "video", "audio"), "src")
LOADS["link"] = "href"
LOADED = {"stylesheet", "icon", "apple-touch-icon", "manifest", "preload", "modulepreload"}
FOREIGN = re.compile(r"(https?:)?//")
SELECTOR = re.compile(r"#([\w-]+)")
WHOLE = re.compile(r"[/#?]|[a-z][a-z+.-]*:")  # how an address begins that is the same everywhere
IN_PAGE = {"href": re.compile(r"#([\w-]+)$"), "fill": re.compile(r"url\(#([\w-]+)\)$")}
OFFERED = {"data-address"}  # by macros/buttons.html to parts, of which there may be none
LATER = "-title"  # of a dialog: the heading comes with what is shown in it


def check(world: World, state: State) -> Iterator[Finding]:
    """Find references to nothing."""
    yield from _doubled(world, state)
    around = world.ids_around(state)
    for element in state.tree.elements:
        for name, value in element.attributes.items():
            if name in HERE:
                words = [word for word in value.split() if not _comes_later(element, name, word)]
            else:
                words = SELECTOR.findall(value) if name in SELECTORS else []
            known = world.ids if name in ANYWHERE else around
            is_known = state.is_page or not world.torn  # or else some pages are not seen
            for word in words if is_known else ():
                if word not in known:
                    yield _missing(world, state, element, name, word, known)
            if LOADS.get(element.tag) == name and FOREIGN.match(value):
                yield from _foreign(world, state, element, name)
            if name == "popovertarget":
                yield from _popover(world, state, value)
            if name in ADDRESSES:
                yield from _fragment(world, state, element, name, around)
                yield from _address(world, state, element, name)
            if name == "hx-target" and value.startswith("closest "):
                yield from _closest(world, state, element)


def _comes_later(element: Element, name: str, word: str) -> bool:
    return element.tag == "dialog" and name == "aria-labelledby" and word.endswith(LATER)


def _missing(
    world: World, state: State, element: Element, name: str, word: str, known: set[str]
) -> Finding:
    what = f'`{name}` names #{word}, and there is no element with `id="{word}"`'
    otherwise = f'give the element that is meant `id="{word}"`'
    mend = did_you_mean(word, known, otherwise)
    return world.say(state, element, what, mend, name, word)


def _doubled(world: World, state: State) -> Iterator[Finding]:
    times = Counter(each.get("id") for each in state.tree.elements if each.has("id"))
    seen: set[str] = set()
    for element in state.tree.elements:
        name = element.get("id")
        if not element.has("id"):
            continue
        if not name or " " in name:
            mend = "give it a word without blanks, or take it out"
            yield world.say(state, element, f'`id="{name}"` is no name', mend, "id")
        template = state.rendering.place(element.at).template
        framed = name in world.frame and times[name] > 1
        if (template not in world.frame_templates) if framed else name in seen:
            mend = "give each its own, or render the partial once"
            what = f"the id `{name}` is there twice"
            yield world.say(state, element, what, mend, "id", name)
        if not (state.is_page or state.is_mail) and name in world.frame:
            own = world.holders.get(state.template, [])
            if len(own) < len([page for page in world.pages if name in page.ids]):
                mend = "choose another one: every page has this one"
                yield world.say(state, element, f"the id `{name}` is taken", mend, "id")
        seen.add(name)


def _closest(world: World, state: State, element: Element) -> Iterator[Finding]:
    wanted = element.get("hx-target").partition(" ")[2]
    tag = re.match(r"[a-z]+", wanted)
    if tag and element.tag != tag[0] and element.inside(tag[0]) is None:
        inside = any(state.template in page.rendering.templates for page in world.pages)
        if state.is_page or not inside:
            what = f'`hx-target="closest {wanted}"` finds nothing: no <{tag[0]}> is around it'
            mend = f"put it into a <{tag[0]}>"
            yield world.say(state, element, what, mend, "hx-target", f"closest {wanted}")


def _popover(world: World, state: State, name: str) -> Iterator[Finding]:
    for element in state.tree.elements:
        if element.get("id") == name and not element.has("popover"):
            what = f"a button opens #{name}, which is open all the time"
            yield world.say(state, element, what, "add `popover`", "popover")


def _foreign(world: World, state: State, element: Element, name: str) -> Iterator[Finding]:
    """Files come from the site itself; a link only says where something is."""
    if state.is_mail or (element.tag == "link" and element.get("rel") not in LOADED):
        return
    mend = "put the file into static/, and name it with asset('…')"
    what = f"the security policy blocks `{name}` from elsewhere"
    yield world.say(state, element, what, mend, name)


def _fragment(
    world: World, state: State, element: Element, name: str, around: set[str]
) -> Iterator[Finding]:
    found = IN_PAGE[name].match(element.get(name)) if name in IN_PAGE else None
    if found and found[1] not in around:
        yield _missing(world, state, element, name, found[1], around)


def _address(world: World, state: State, element: Element, name: str) -> Iterator[Finding]:
    """Links lead somewhere, and forms are sent where they are taken."""
    address = element.get(name)
    if name == "fill" or element.tag == "link" or (state.is_mail and "//" in address):
        return
    is_post = element.get("method").lower() == "post" or element.has("hx-post")
    posts = name == "hx-post" or (name == "action" and is_post)
    if address.startswith("/") and not (address.startswith("/static/") or state.is_mail):
        _, wrong = world.endpoint(address, "POST" if posts else "GET")
        if wrong:
            mend = "name the view: {{ url_for('…') }}; `flask access` lists them"
            yield world.say(state, element, f'`{name}="{address}"` {wrong}', mend, name, address)
    elif state.is_mail and address.startswith("/"):
        mend = "write the whole address, as mail.py hands it in"
        what = f'`{name}="{address}"` leads nowhere from a mail'
        yield world.say(state, element, what, mend, name, address)
    elif address and not WHOLE.match(address) and not state.is_mail:
        mend = "begin it with /, or name the view: {{ url_for('…') }}"
        what = f'`{name}="{address}"` leads elsewhere from each page'
        yield world.say(state, element, what, mend, name, address)
    elif element.tag == "a" and name == "href" and (address == "#" or state.is_mail):
        mend = "write the whole address" if state.is_mail else "use a <button>, or say where to"
        yield world.say(state, element, f'`href="{address}"` leads nowhere', mend, name, address)


def in_scripts(world: World) -> Iterator[Finding]:
    """Find what scripts look for and no page has, and what they show that is seen before."""
    framed = [page for page in world.pages if "base.html" in page.rendering.templates]
    for name, wanted in scripts.ids().items():
        if framed and name not in world.frame:
            what = f'not every page has an `id="{name}"`, and {wanted.file} looks for it'
            mend = f'give `id="{name}"` back to its element'
            yield _gone(world, f'id="{name}"', wanted, what, mend)
    names = {
        name for state in world.states for each in state.tree.elements for name in each.attributes
    }
    for name, wanted in scripts.data_names().items():
        if framed and not world.torn and name not in names | OFFERED:
            what = f"no template has `{name}`, and {wanted.file}:{wanted.line} reads it"
            yield _gone(world, name, wanted, what, f"give `{name}` back to its element")
    for name in scripts.shown_by_scripts():
        for state in world.states:
            for element in state.tree.elements:
                if element.get("id") == name and not element.has("hidden"):
                    what = f"#{name} is seen from the start, and a script shows it when it is time"
                    yield world.say(state, element, what, "add `hidden`")


def _gone(world: World, text: str, wanted: scripts.Wanted, what: str, mend: str) -> Finding:
    begin, _, end = wanted.name.partition("-")
    composed = (f'id="{begin}-{{{{', f' }}}}-{end}"') if text != wanted.name and end else ()
    file, line = world.lost(text, *composed, otherwise=(wanted.file, wanted.line))
    return Finding(file, line, what, mend, rank=MISSPELT)
