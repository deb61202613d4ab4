import re
import shutil
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minimaluser.lib import tiles, words

TEAL = "#1a8a8a"
SEEDS = [f"{number:016x}" for number in range(25)]
HARMONIES = range(len(tiles.HARMONIES))
ELEMENTS = {"svg", "g", "path", "rect", "circle", "ellipse"}
ATTRIBUTES = {
    *("viewBox", "width", "height", "x", "y", "cx", "cy", "r", "rx", "ry", "d", "transform"),
    *("fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin"),
}

colours = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
each_design = pytest.mark.parametrize("design", tiles.designs())


@pytest.fixture
def folder(tmp_path):
    """A folder with twelve designs that say no more than their names."""
    for number in range(12):
        (tmp_path / f"design{number}.svg").write_text(f"design{number}")
    return tmp_path


def test_there_are_at_least_twelve_designs():
    assert len(tiles.designs()) >= 12


def test_the_same_seed_and_colour_give_the_same_tile():
    assert tiles.draw("0123456789abcdef", TEAL) == tiles.draw("0123456789abcdef", TEAL)


def test_a_tile_stays_what_it_was_in_every_version_of_python_and_of_this_site(tmp_path):
    template = "{{ palette | join(' ') }} {{ rng.randint(1, 99) }} {{ rng.choice('abc') }}"
    (tmp_path / "golden.svg").write_text(
        template + " {{ rng.uniform(0, 9) }} {{ rng.random() / -999 }}"
    )
    drawn = tiles.draw("0123456789abcdef", TEAL, folder=tmp_path)
    assert drawn == "#1a8a8a #033c38 #d3f4f9 #d184b0 #035b80 87 a 4.32 0\n"


def test_seeds_spread_over_all_designs(folder):
    drawn = {tiles.draw(str(seed), TEAL, folder=folder) for seed in range(300)}
    assert len(drawn) == 12


def test_a_new_design_takes_its_share_and_moves_no_other_tile(folder):
    before = [tiles.draw(str(seed), TEAL, folder=folder) for seed in range(1000)]
    (folder / "newcomer.svg").write_text("newcomer")
    after = [tiles.draw(str(seed), TEAL, folder=folder) for seed in range(1000)]
    moved = [new for old, new in zip(before, after, strict=True) if old != new]
    assert set(moved) == {"newcomer\n"}
    assert 40 < len(moved) < 120  # a thirteenth of 1000 is 77


def test_a_design_is_a_file_without_leading_underscore(folder):
    (folder / "_shapes.svg").write_text("")
    (folder / "notes.txt").write_text("")
    assert tiles.designs(folder=folder) == tuple(sorted(f"design{n}" for n in range(12)))


@pytest.mark.parametrize("design", ["nothing", "", "../base", "_shapes", "quilt.svg"])
def test_an_unknown_design_is_refused(design):
    with pytest.raises(ValueError, match="no such design"):
        tiles.draw(SEEDS[0], TEAL, design)


def test_a_folder_without_designs_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no designs"):
        tiles.draw(SEEDS[0], TEAL, folder=tmp_path)


@pytest.mark.parametrize(
    "colour",
    [
        *(
            "",
            "teal",
            "#1a8a8",
            "#1a8a8a8",
            "#1A8A8A",
            "1a8a8a",
            "#1a8a8g",
            "#1a8a8a\n",
            " #1a8a8a",
        ),
        *('#1a8a8a"/><script>', "#١a8a8a", "url(#a)"),
    ],
)
def test_a_bad_colour_is_refused_st5(colour):
    with pytest.raises(ValueError, match="not a colour"):
        tiles.draw(SEEDS[0], colour)
    with pytest.raises(ValueError, match="not a colour"):
        tiles.palette(colour)


@each_design
def test_no_tile_holds_script_style_handler_or_link_st5(design):
    for seed in SEEDS:
        for element in ElementTree.fromstring(tiles.draw(seed, TEAL, design)).iter():
            assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") in ELEMENTS
            assert set(element.attrib) <= ATTRIBUTES


@each_design
def test_a_tile_is_painted_with_one_palette(design):
    palettes = [{*tiles.palette(TEAL, harmony), "none"} for harmony in HARMONIES]
    for seed in SEEDS:
        paint = set(re.findall(r'(?:fill|stroke)="([^"]*)"', tiles.draw(seed, TEAL, design)))
        assert any(paint <= palette for palette in palettes), paint
        assert len(paint - {"none"}) >= 3


@each_design
def test_a_tile_is_a_square_whose_ground_is_the_colour_of_the_nickname(design):
    for seed in SEEDS:
        svg = ElementTree.fromstring(tiles.draw(seed, TEAL, design))
        assert svg.attrib == {"viewBox": "0 0 96 96", "width": "96", "height": "96"}
        assert svg[0].attrib == {"width": "96", "height": "96", "fill": TEAL}


@each_design
def test_a_design_varies_with_the_seed(design):
    assert len({tiles.draw(seed, TEAL, design) for seed in SEEDS}) > 20


@each_design
def test_a_tile_is_small_and_its_numbers_are_short(design):
    for seed in SEEDS:
        svg = tiles.draw(seed, TEAL, design)
        assert len(svg) < 8000
        assert not re.search(r"\d\.\d{3}|\de-\d|nan|inf\b", svg)


@each_design
def test_a_design_opens_with_a_line_for_the_next_designer(design):
    lines = (tiles.FOLDER / f"{design}.svg").read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"\{# [A-Z].+\. Given: .*palette.*rng.* #\}", lines[0])
    assert lines[1] == "{% set base, deep, pale, accent, kin = palette %}"


@given(st.text(), colours)
def test_any_text_is_a_seed_and_never_part_of_the_picture(seed, colour):
    svg = ElementTree.fromstring(tiles.draw(seed, colour))
    assert svg[0].attrib["fill"] == colour
    assert "".join(svg.itertext()).strip() == ""


def test_a_value_that_a_template_prints_is_escaped_st5(tmp_path):
    (tmp_path / "bad.svg").write_text("{{ '<script>' }}")
    assert tiles.draw(SEEDS[0], TEAL, folder=tmp_path) == "&lt;script&gt;\n"


def test_a_template_that_misspells_a_name_fails(tmp_path):
    (tmp_path / "bad.svg").write_text("{{ pallete }}")
    with pytest.raises(Exception, match="'pallete' is undefined"):
        tiles.draw(SEEDS[0], TEAL, folder=tmp_path)


def test_a_designer_sees_a_changed_template_at_once(tmp_path):
    shutil.copy(tiles.FOLDER / "quilt.svg", tmp_path / "mine.svg")
    before = tiles.draw(SEEDS[0], TEAL, folder=tmp_path)
    (tmp_path / "mine.svg").write_text("changed")
    assert before != tiles.draw(SEEDS[0], TEAL, folder=tmp_path) == "changed\n"


@given(colours, st.sampled_from(HARMONIES))
def test_a_palette_is_five_colours_led_by_the_one_given(colour, harmony):
    palette = tiles.palette(colour, harmony)
    assert palette[0] == colour
    assert len(palette) == 5
    assert all(re.fullmatch("#[0-9a-f]{6}", companion) for companion in palette)


@pytest.mark.parametrize("harmony", HARMONIES)
def test_the_companions_of_every_named_colour_stand_out_from_it(harmony):
    faint = {
        name: contrasts
        for name, colour in words.colours().items()
        if min(contrasts := [_contrast(colour, c) for c in tiles.palette(colour, harmony)[1:]])
        < 1.4
    }
    assert faint == {}


@pytest.mark.parametrize("harmony", HARMONIES)
def test_no_two_colours_of_a_palette_are_nearly_the_same(harmony):
    near = {
        name: pair
        for name, colour in words.colours().items()
        for pair in combinations(tiles.palette(colour, harmony), 2)
        if sum(abs(a - b) for a, b in zip(*map(_rgb, pair), strict=True)) < 40
    }
    assert near == {}


def test_a_new_seed_is_a_seed_and_never_the_same():
    seeds = {tiles.new_seed() for _ in range(1000)}
    assert len(seeds) == 1000
    assert all(map(tiles.is_seed, seeds))


@pytest.mark.parametrize(
    "text",
    [
        *("", "0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF", "0123456789abcdeg"),
        *("0123456789abcdef\n", "٠123456789abcdef", "<script>alert(1)"),
    ],
)
def test_other_text_is_no_seed(text):
    assert not tiles.is_seed(text)


def _rgb(colour):
    return bytes.fromhex(colour[1:])


def _contrast(one, other):
    """Contrast ratio as in WCAG 2.2, 1 to 21."""
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour):
    shares = [channel / 255 for channel in _rgb(colour)]
    r, g, b = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
