"""Mails: what mail programs need, and that text and HTML say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.check_parts.colours import COLOUR
from tools.check_parts.finding import Finding
from tools.check_parts.states import State
from tools.check_parts.world import World

SUBJECT_AT_MOST = 78  # characters, which no mail program folds
FORBIDDEN = {"script", "style", "link", "form", "input", "button", "iframe", "video", "svg"}
TAGS = re.compile(r"</?[a-z][^>]*>")
ADDRESS = re.compile(r"https?://[^\s\"'<>]+")
UNSTYLED = re.compile(r"\bclass\b|\bhx-|\bdata-")


def check(world: World) -> Iterator[Finding]:
    """Find what is wrong with mails."""
    html = {_key(state): state for state in world.mails}
    for state in world.mails:
        for element in state.tree.elements:
            if element.tag in FORBIDDEN:
                mend = "mail programs drop it: use text, links and `style`"
                yield world.say(state, element, f"<{element.tag}> in a mail", mend)
            for colour in COLOUR.finditer(element.get("style")):
                if not colour[0].startswith("#"):
                    mend = "write the day colour of a token, as #rrggbb"
                    what = f"the colour {colour[0]} is no token"
                    yield world.say(state, element, what, mend, "style", colour[0])
            for name in element.attributes:
                if UNSTYLED.match(name):
                    mend = "write the rule into `style`: a mail has no style sheet"
                    yield world.say(state, element, f"`{name}` in a mail", mend, name)
    for state in (each for each in world.texts if each.is_mail):
        yield from _text(world, state, html.get(_key(state)))


def _key(state: State) -> tuple[str, str]:
    return state.template.rpartition("/")[0], state.state


def _text(world: World, state: State, html: State | None) -> Iterator[Finding]:
    def say(what: str, mend: str, words: str = "") -> Finding:
        lines = world.lines(state.template)
        line = next((n for n, text in enumerate(lines, 1) if words and words in text), 1)
        return Finding(world.site.file(state.template), line, what, mend, str(state))

    text = state.rendering.text.strip()
    if found := TAGS.search(text):
        yield say(f"`{found[0]}` is shown as it is", "text has no tags: take it out", found[0])
    if state.template.endswith("subject.txt"):
        if not text or "\n" in text or len(text) > SUBJECT_AT_MOST:
            yield say(
                f"the subject is `{text[:40]}`", f"one line of 1 to {SUBJECT_AT_MOST} letters"
            )
    elif html is not None:
        of_html = {each.get("href") for each in html.tree.elements if each.tag == "a"}
        of_text = {found.rstrip(".,") for found in ADDRESS.findall(text)}
        for link in sorted(of_text - of_html):
            if link.rstrip("/") != "http://localhost":
                what, file = f"it lacks the link {link} of the text", world.site.file(html.template)
                mend = "add {{ action(link, '…') }}"
                yield Finding(file, 1, what, mend, str(html))
        for link in sorted(of_html - of_text):
            if link.rstrip("/") != "http://localhost":
                yield say(
                    f"the text lacks the link {link} of the HTML", "add it on a line of its own"
                )
        if not text.startswith("Hello") and "Hello" not in text[:60]:
            yield say("the text greets nobody", "extend email/_layout.txt")
