"""Tags in templates that do not end: a quote or a `>` is missing, and what follows is swallowed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.check_parts.finding import TORN, Finding
from tools.check_parts.states import Site

COMMENT = re.compile(r"{#.*?#}", re.DOTALL)
JINJA = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
BEGIN = re.compile(
    r"<([a-zA-Z][\w-]*)(?=[\s/>\"'<])|<!--.*?-->|<(script|style)\b.*?</\2>", re.DOTALL
)
PIECE = re.compile(
    r"\s+|/?>|([^\s\"'<>/=]+)(\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+))?)?|(.)"
)
CURLY = re.compile(r"[“”„‟‘’‚«»″′]")
# How the value of an attribute ends that has taken the next one along: `class="btn href=`.
SWALLOWED = re.compile(r"[\s>]([a-zA-Z][\w:-]*)=$")


def check(site: Site) -> Iterator[Finding]:
    """Find tags that do not end."""
    for name in site.app.jinja_env.list_templates(["html"]):
        for comment in COMMENT.finditer(site.source(name)):
            if "{#" in comment[0][2:]:
                line = site.source(name).count("\n", 0, comment.start()) + 1
                what = "the comment does not end, and hides what follows"
                yield Finding(site.file(name), line, what, "add `#}`", rank=TORN)
        text = JINJA.sub(_blank, site.source(name))
        at = 0
        while found := BEGIN.search(text, at):
            at = found.end()
            if not found[1]:
                continue
            end, problem = _tag(text, at)
            if problem:
                what, mend = problem
                line = text.count("\n", 0, end) + 1
                tag = text[found.start() : found.end()]
                yield Finding(site.file(name), line, what.format(tag), mend, rank=TORN)
                break  # what comes behind is read wrongly
            at = end


def _tag(text: str, at: int) -> tuple[int, tuple[str, str] | None]:
    """Return where a tag ends, or where it goes wrong and why."""
    while found := PIECE.match(text, at):
        if found[0].endswith(">") and not found[1]:
            return found.end(), None
        value = found[3] if found[3] is not None else found[4]
        if value is not None and (swallowed := SWALLOWED.search(value)):
            what = f'the quote of `{found[1]}="…` does not end'
            return found.start(), (what, f"add it before `{swallowed[1]}=`")
        if value is not None and re.search(r"<[a-zA-Z/]|>\s*<", value):
            what = f'the quote of `{found[1]}="…` does not end'
            return found.start(), (what, "add the other quote")
        if curly := CURLY.search(found[0]) if found[3] is None and found[4] is None else None:
            what = f"{curly[0]} in the tag `{{}}` is no quote for a browser"
            return found.start(), (what, 'write "…"')
        if found[6] == "<":
            return at, ("the tag `{}` does not end", "add `>`")
        if found[6] in {'"', "'"}:
            return at, (f"the quote {found[6]} in the tag `{{}}` does not end", "add the other one")
        at = found.end()
    return at, ("the tag `{}` does not end", "add `>`")


def _blank(found: re.Match[str]) -> str:
    """Return blanks in the place of Jinja, every line where it was."""
    return re.sub(r"[^\n]", "x" if found[0].startswith("{{") else " ", found[0])
