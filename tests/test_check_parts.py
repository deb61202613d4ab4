"""`make check-parts` is silent about the site as it is, and finds careless breaks of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import stock
from tests.planted import (
    CAUSES,
    CRASHES,
    LEAVES,
    SHARED,
    TORN,
    Break,
    file_of,
    is_found,
    line_of,
    text_of,
)
from tools.check_parts import causes, colours, quotes, scripts, themes
from tools.check_parts.css import all_declarations, declarations
from tools.check_parts.finding import UNREADABLE, Finding
from tools.check_parts.look import look
from tools.check_parts.states import Site, site
from tools.check_parts.trace import Rendering
from tools.check_parts.tree import read

LONG, APART = "macros/forms.html", 400  # characters between two breaks of it

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def looked_at() -> Iterator[Site]:
    with site() as made:
        yield made


def rounds() -> list[list[Break]]:
    """The breaks, as many at once as do not hide each other."""
    found: list[list[Break]] = []
    of_parts = stock.brought("planted")
    crashes = CRASHES + [each for part in of_parts for each in part.CRASHES]
    leaves = LEAVES + [each for part in of_parts for each in part.LEAVES]
    for kind in (crashes, leaves, SHARED):
        of_kind: list[list[Break]] = []
        for each in kind:
            fitting = next((one for one in of_kind if fits(each, one)), None)
            if fitting is None:
                of_kind.append([each])
            else:
                fitting.append(each)
        found += of_kind
    return found


def fits(wanted: Break, others: list[Break]) -> bool:
    """Whether no other is in the same file; the longest one may have several that are apart."""
    same = [each for each in others if each.file == wanted.file]
    moves = any(each.old.count("\n") != each.new.count("\n") for each in (*same, wanted))
    if wanted.file != LONG or moves:
        return not same
    first = text_of(wanted.file).index(wanted.old)
    return all(abs(first - text_of(each.file).index(each.old)) > APART for each in same)


def test_nothing_is_wrong_with_any_state(looked_at: Site) -> None:
    found, states = look(looked_at)
    assert states > 250
    assert [str(each) for each in found] == []


@pytest.mark.parametrize("planted", rounds(), ids=lambda each: f"{len(each)}-{each[0].file}")
def test_careless_breaks_are_found_with_file_line_and_mend(
    looked_at: Site, monkeypatch: pytest.MonkeyPatch, planted: list[Break]
) -> None:
    """Of each kind; those planted at once are in different files."""
    broken: dict[str, str] = {}
    for each in planted:
        before = broken.get(each.file, text_of(each.file))
        assert each.old in before, each
        broken[each.file] = before.replace(each.old, each.new, 1)
    wanted = [
        (each, file_of(each), line_of(each, text_of(each.file), broken[each.file]))
        for each in planted
    ]
    styles = {file: text for file, text in broken.items() if file.endswith(".css")}
    of_the_site = scripts.sources
    monkeypatch.setattr(
        scripts,
        "sources",
        lambda ending: of_the_site(ending) | (styles if ending == ".css" else {}),
    )
    monkeypatch.setattr(looked_at.overlay, "instead", broken)
    found, _ = look(looked_at)
    missed = [each for each, file, line in wanted if not is_found(each, file, line, found)]
    assert missed == [], "\n".join(map(str, found))


def first_of(looked_at: Site, planted: Break) -> tuple[list[Finding], bool]:
    """What is found when it is planted alone, and whether that begins with it."""
    before = text_of(planted.file)
    assert planted.old in before, planted
    after = before.replace(planted.old, planted.new, 1)
    looked_at.overlay.instead = {planted.file: after}
    try:
        found, _ = look(looked_at)
    finally:
        looked_at.overlay.instead = {}
    file, line = file_of(planted), line_of(planted, before, after)
    first = found[0] if found else Finding("", 0, "", "")
    is_there = first.line == line or planted.said in str(first)  # the other end of it will do
    return found, first.file == file and is_there


@pytest.mark.parametrize("planted", CAUSES, ids=lambda each: each.file)
def test_what_causes_much_else_is_told_first(looked_at: Site, planted: Break) -> None:
    found, is_first = first_of(looked_at, planted)
    assert is_first, "\n".join(map(str, found))
    assert planted.said in str(found[0])


@pytest.mark.slow
@pytest.mark.parametrize("planted", [*CRASHES, *LEAVES, *SHARED], ids=lambda each: each.file)
def test_each_break_alone_is_told_first(looked_at: Site, planted: Break) -> None:
    if planted.file.endswith(".css"):
        pytest.skip("it is one of a style sheet: test_check_styles.py")
    found, is_first = first_of(looked_at, planted)
    assert is_first, "\n".join(map(str, found))


@pytest.mark.parametrize("planted", TORN, ids=lambda each: f"{each.file}-{each.said}")
def test_a_tag_that_does_not_end_is_found_in_the_source(
    looked_at: Site, monkeypatch: pytest.MonkeyPatch, planted: Break
) -> None:
    before = text_of(planted.file)
    assert planted.old in before
    after = before.replace(planted.old, planted.new, 1)
    monkeypatch.setattr(looked_at.overlay, "instead", {planted.file: after})
    found = list(quotes.check(looked_at))
    line = line_of(planted, before, after)
    assert is_found(planted, file_of(planted), line, found), "\n".join(map(str, found))
    assert len(found) == 1


def test_what_was_changed_last_is_told_first() -> None:
    diff = """diff --git a/templates/a.html b/templates/a.html
--- a/templates/a.html
+++ b/templates/a.html
@@ -3 +3 @@ x
-old
+new
@@ -10,2 +9,0 @@
-gone
-gone
diff --git a/static/src/a.css b/static/src/a.css
--- a/static/src/a.css
+++ b/static/src/a.css
@@ -0,0 +1,2 @@
+x
+y
"""
    lines = causes.lines_of(diff)
    assert lines == {"templates/a.html": {3, 9, 10}, "static/src/a.css": {1, 2}}
    old, new = (Finding("templates/a.html", line, "x", "y") for line in (1, 3))
    unread = Finding("templates/b.html", 7, "x", "y", rank=UNREADABLE)
    assert causes.sequence([old, new, unread]) == [unread, old, new]
    assert causes.sequence([old, new, unread], lines) == [unread, new, old]


def test_what_many_are_blamed_for_is_told_once_where_it_comes_from() -> None:
    macro = ("templates/macros/a.html", 5)
    many = [
        Finding(f"templates/{name}.html", 2, f"`for` names #{name}", "y", origin=macro)
        for name in ("one", "two", "three")
    ]
    (found,) = causes.sequence(many)
    assert (found.file, found.line) == macro
    assert found.what == "`for` names #one, and so in 2 more places"
    assert len(causes.sequence(many[:2])) == 2


def test_a_finding_says_where_what_and_how_to_mend_it() -> None:
    found = Finding("templates/a.html", 3, "it is wrong", "do this", "a, as it is")
    assert str(found) == "templates/a.html:3: it is wrong: do this (seen in a, as it is)"


def test_the_tree_knows_what_is_around_and_what_is_badly_nested() -> None:
    good = read('<section id="a"><p>One <b>two</b><br></p></section>')
    assert good.wrong == []
    assert [each.tag for each in good.elements] == ["section", "p", "b", "br"]
    assert good.elements[2].inside("section").get("id") == "a"
    assert good.elements[1].text == "One two"
    bad = read("<div><form><p><ul></ul></p><form></form></form><b>")
    assert [what for _, what, _ in bad.wrong] == [
        "<ul> stands inside <p>",
        "<form> stands inside <form>",
        "<b> is not closed where it should be",
        "<div> is not closed where it should be",
    ]


def test_text_without_marks_comes_from_nowhere() -> None:
    assert Rendering("plain").place(2).template == ""


def test_scripts_are_read_for_what_they_look_for() -> None:
    assert {"toasts", "network", "ask", "main"} <= scripts.ids().keys()
    assert {"data-toast", "data-key-toggle", "data-dismiss"} <= scripts.data_names().keys()
    assert "data-toasts" not in scripts.data_names()  # which a script sets itself
    assert set(scripts.shown_by_scripts()) == {"network", "install"}
    assert {"hx-get", "hx-post", "hx-sync", "hx-disable"} <= scripts.htmx_names()
    assert "hx-on" not in scripts.htmx_names()


def test_declarations_know_their_lines_and_what_is_around_them() -> None:
    css = "/* a\nb */\n.x {\n  color: red;\n  @media (width < 1rem) {\n    margin: 0;\n  }\n}\n"
    found = list(declarations("x.css", css))
    assert [(each.line, each.rule, each.name, each.value) for each in found] == [
        (4, 3, "color", "red"),
        (6, 5, "margin", "0"),
    ]
    assert found[1].selectors == (".x", "@media (width < 1rem)")


def test_the_ratio_is_that_of_the_standard() -> None:
    assert colours.ratio("#ffffff", "#000000") == pytest.approx(21)
    assert colours.ratio("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_words_of_the_theme_of_high_contrast_keep_the_stricter_ratio() -> None:
    named = colours.tokens(all_declarations(), themes.sheets()["contrast"])
    for front, backs in colours.WORDS_ON.items():
        for one, other in ((named[front], named[back]) for back in backs):
            assert colours.ratio(one.day, other.day) >= 7, front
            assert colours.ratio(one.night, other.night) >= 7, front


@pytest.mark.parametrize("inside", ["<p style='x'>", '<a onclick="x()">', "<style>", "<script>x()"])
def test_HD2_templates_hold_no_inline_script_style_or_handler(
    looked_at: Site, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    """Whether or not anything renders them."""
    text = f"{text_of('about.html')}{{% if false %}}{inside}{{% endif %}}\n"
    monkeypatch.setattr(looked_at.overlay, "instead", {"about.html": text})
    found = [each for each in look(looked_at)[0] if "inline" in each.what]
    assert [(each.file, each.line) for each in found] == [("templates/about.html", 14)]


@pytest.mark.parametrize(
    ("name", "file", "said"),
    [
        ("partials/lost.html", "lost.toml", 'form = "…Form"\n\n    [given]\n    lost = "…"'),
        ("partials/club/lost.html", "lost.toml", 'what = "…"'),
        ("email/lost/body.html", "body.toml", 'what = "…"'),
        ("lost.html", "lost.toml", '[given]\n    lost = "…"'),
    ],
)
def test_a_template_without_a_file_is_found_with_the_text_to_paste(
    looked_at: Site, monkeypatch: pytest.MonkeyPatch, name: str, file: str, said: str
) -> None:
    """Unless all that it is given has the name of a sample, as pages may."""
    text = "{# params: user, form, lost #}\n{{ user }}{{ form }}{{ lost }}"
    monkeypatch.setattr(looked_at.overlay, "instead", {name: text})
    (found,) = [each for each in look(looked_at)[0] if "lost" in each.file]
    assert (found.file, found.line) == (f"templates/{name}", 1)
    assert f"write {file} beside it" in found.mend
    assert said in found.mend


def test_a_template_that_no_state_shows_is_found(
    looked_at: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looked_at.overlay, "instead", {"texts/lost.html": "<p>Nobody sees me.</p>"})
    found = [(each.file, each.line, each.what) for each in look(looked_at)[0]]
    assert found == [("templates/texts/lost.html", 1, "no state shows it")]
