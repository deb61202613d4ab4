"""What `make looks` takes for a change, what for the same, and how changes are accepted."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw

from tools.looks import collection
from tools.looks.compare import FAR, FEWEST, difference
from tools.looks.photograph import name_of

SIZE = (240, 160)
PAPER, INK, ACCENT = (251, 250, 246), (20, 32, 30), (15, 118, 110)


def page(shift: float = 0.0, paper: tuple[int, int, int] = PAPER) -> Image.Image:
    """A page with round shapes and slanted lines, drawn so many parts of a pixel further right."""
    times = 8
    large = Image.new("RGB", (SIZE[0] * times, SIZE[1] * times), paper)
    draw = ImageDraw.Draw(large)

    def at(*numbers: float) -> list[float]:
        return [(each + shift * (place % 2 == 0)) * times for place, each in enumerate(numbers)]

    for left in range(20, 200, 30):
        draw.ellipse(at(left, 20, left + 17.3, 41.7), fill=INK)
        draw.line(at(left, 60, left + 21, 91), fill=INK, width=times)
    draw.rounded_rectangle(at(20.4, 110.4, 120.4, 140.4), 6 * times, fill=ACCENT)
    return large.resize(SIZE, Image.Resampling.BOX)


def box_of(one: Image.Image, other: Image.Image) -> tuple[int, int, int, int] | None:
    found = difference(one, other)
    return found.getbbox() if found else None


def test_a_picture_is_like_itself_and_like_what_anti_aliasing_makes_of_it() -> None:
    assert difference(page(), page()) is None
    for shift in (0.125, 0.25, 0.375):
        moved = page(shift)
        extrema = ImageChops.difference(page(), moved).getextrema()
        assert max(most for _, most in extrema) > FAR  # so it does differ, pixel by pixel
        assert difference(page(), moved) is None


def test_a_changed_block_is_found_where_it_is() -> None:
    changed = page()
    changed.paste(ACCENT, (150, 120, 158, 126))
    assert box_of(page(), changed) == (150, 120, 158, 126)
    assert box_of(changed, page()) == (150, 120, 158, 126)


def test_a_hairline_that_is_gone_is_found() -> None:
    lined = page()
    lined.paste((120, 120, 120), (0, 150, SIZE[0], 151))
    box = box_of(lined, page())
    assert box is not None
    assert box[1] <= 150 < box[3]


def test_words_that_move_by_two_pixels_are_found() -> None:
    assert difference(page(), page(2)) is not None


def test_a_faint_tint_of_the_ground_is_found() -> None:
    assert difference(page(), page(paper=(247, 246, 242))) is not None


def test_a_few_stray_pixels_are_none_and_a_longer_page_is_one() -> None:
    stray = page()
    for place in range(FEWEST - 1):
        stray.putpixel((230, 10 + 7 * place), INK)
    assert difference(page(), stray) is None
    longer = Image.new("RGB", (SIZE[0], SIZE[1] + 5), PAPER)
    longer.paste(page())
    assert box_of(page(), longer) == (0, SIZE[1], SIZE[0], SIZE[1] + 5)


def test_a_state_has_a_name_that_files_may_have() -> None:
    assert name_of({"id": "login/refused/guest"}) == "login.refused.guest"
    long = [name_of({"id": f"form/{'x' * 300}{end}"}) for end in "ab"]
    assert len({*long}) == 2
    assert max(map(len, long)) < 120


@pytest.fixture
def shelf(tmp_path: Path) -> collection.Collection:
    """Pictures of three states: one as it was, one changed, one new; and one of a state gone."""
    made = collection.Collection(tmp_path / "looks")
    other = page()
    other.paste(INK, (0, 0, 20, 20))
    for name, before, after in (
        ("login", page(), page()),
        ("login.refused", page(), other),
        ("signup", None, page()),
        ("old", page(), None),
    ):
        for folder, picture in ((made.measure, before), (made.now, after)):
            if picture is not None:
                folder.mkdir(parents=True, exist_ok=True)
                picture.save(folder / f"{name}@390-light.png")
    return made


def test_what_has_changed_come_and_gone_is_told(shelf: collection.Collection) -> None:
    assert {each.name: each.kind for each in shelf.changes()} == {
        "login.refused@390-light": "changed",
        "signup@390-light": "new",
        "old@390-light": "gone",
    }
    assert (shelf.marks / "login.refused@390-light.png").exists()
    assert [each.state for each in shelf.changes("sign")] == ["signup"]


def test_one_state_or_all_are_accepted(shelf: collection.Collection) -> None:
    assert shelf.accept("login") == 0  # it has not changed
    assert shelf.accept("login.refused") == 1
    assert {each.kind for each in shelf.changes()} == {"new", "gone"}
    assert shelf.accept("1") == 2
    assert shelf.changes() == []
    assert {path.name for path in shelf.measure.iterdir()} == {
        f"{name}@390-light.png" for name in ("login", "login.refused", "signup")
    }


def test_the_first_pictures_are_the_measure(tmp_path: Path) -> None:
    fresh = collection.Collection(tmp_path / "looks")
    fresh.now.mkdir(parents=True)
    page().save(fresh.now / "login@390-light.png")
    assert fresh.is_first()
    fresh.accept("1")
    assert not fresh.is_first()
    assert fresh.changes() == []


def test_the_page_of_differences_shows_before_and_after_and_how_to_accept(
    shelf: collection.Collection,
) -> None:
    text = collection.page(shelf, shelf.changes()).read_text()
    assert 'src="measure/login.refused@390-light.png"' in text
    assert 'src="now/login.refused@390-light.png"' in text
    assert "make looks ACCEPT=login.refused" in text
    assert text.index('<a href="#login.refused">login.refused</a> changed') < text.index("<section")
