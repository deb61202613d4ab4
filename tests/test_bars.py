"""Where the bars are is said in one style sheet; a theme that moves them has another."""

from __future__ import annotations

import re

from tools.check_parts.css import all_declarations

OF_BARS = re.compile(
    r"var\(--(navbar|layer-(banner|navbar|toasts)|height-(toast|banner)|above|foot|side)\)"
)
STUCK = re.compile(r"\.(site-header|cookie-banner|toasts|menu|site-menu)$")
# What stands beside a text while it is read stays below the navbar.
BELOW = ("static/src/css/components/layout.css", "inset-block-start")


def test_only_the_sheet_of_the_bars_knows_their_places_and_sizes() -> None:
    found = all_declarations()
    knowing = {(each.file, each.name) for each in found if OF_BARS.search(each.value)}
    placing = {
        (each.file, each.name)
        for each in found
        if each.name in {"position", "z-index"} or each.name.startswith("inset")
        if any(STUCK.search(selector) for selector in each.selectors)
    }
    assert placing & {("static/src/css/bars.css", "position")}
    others = {each for each in knowing | placing if not each[0].endswith("/bars.css")}
    assert others == {BELOW}
