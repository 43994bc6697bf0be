"""Lines are cut out along their baseline, and nothing that is drawn makes the cutting fail."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from htrkit.domain.geometry import Points
from htrkit.domain.names import LineId
from htrkit.domain.page import Layout, LayoutKind, LayoutOrigin, Line
from htrkit.engines.line_cutting import NOTHING_LEFT, LineCutter, cutting_outline
from htrkit.engines.line_cutting_curves import rounded_outline
from htrkit.engines.line_cutting_warps import Cut

LEVEL = ((20, 60), (180, 60))
BOX = ((20, 40), (180, 40), (180, 70), (20, 70))
SLOPE = ((20, 40), (180, 80))
SLOPING = ((20, 20), (180, 60), (180, 90), (20, 50))
ARCH = ((20, 80), (100, 40), (180, 80))
ARCHED = ((20, 60), (100, 20), (180, 60), (180, 90), (100, 50), (20, 90))

Cutting = Callable[[LineCutter, Points, Points], Cut | str]
ways = pytest.mark.parametrize("way", [LineCutter.cut, LineCutter.cut_legacy], ids=["new", "legacy"])


def page(*strokes: Points, mode: str = "L") -> Image.Image:
    """Give a bright page of 200 x 120 pixels with dark strokes."""
    picture = Image.new(mode, (200, 120), "#d0d0d0")
    for stroke in strokes:
        ImageDraw.Draw(picture).line(stroke, fill="#202020", width=5)
    return picture


def picture_of(cut: Cut | str) -> Cut:
    assert not isinstance(cut, str), cut
    return cut


def stroke_rows(cut: Cut) -> list[int]:
    """Give the rows, away from the line's ends, that a stroke runs through: as dark above and below."""
    dark = ((cut > 20) & (cut < 60))[:, 15:-15]
    return np.flatnonzero((dark[:-2] & dark[1:-1] & dark[2:]).any(axis=1)).tolist()


@ways
def test_a_level_line_is_cut_pixel_by_pixel(way: Cutting) -> None:
    cut = picture_of(way(LineCutter(page(LEVEL), "L"), LEVEL, BOX))

    assert np.array_equal(cut, np.asarray(page(LEVEL).crop((20, 40, 181, 71))))


@ways
@pytest.mark.parametrize(("baseline", "boundary"), [(SLOPE, SLOPING), (ARCH, ARCHED)], ids=["slope", "arch"])
def test_a_stroke_along_the_baseline_lies_level_in_the_cut(way: Cutting, baseline: Points, boundary: Points) -> None:
    cut = picture_of(way(LineCutter(page(baseline), "L"), baseline, boundary))

    assert 1 <= len(stroke_rows(cut)) <= 7
    assert cut.shape[1] == pytest.approx(sum(np.hypot(*np.diff(baseline, axis=0).T)), abs=12)


def test_a_line_that_runs_to_the_left_is_turned_upside_down() -> None:
    picture = page(((20, 50), (180, 50)))
    cut = picture_of(LineCutter(picture, "L").cut(LEVEL[::-1], BOX))

    assert np.array_equal(cut, np.asarray(picture.crop((20, 40, 180, 70)))[::-1, ::-1])


@ways
def test_what_lies_outside_the_boundary_is_black(way: Cutting) -> None:
    triangle = ((20, 70), (100, 40), (180, 70))
    cut = picture_of(way(LineCutter(page(), "L"), LEVEL, triangle))

    assert cut[0, 0] == cut[0, -1] == 0
    assert cut[-2, 80] == 0xD0


@ways
@pytest.mark.parametrize(("baseline", "boundary"), [(LEVEL, BOX), (SLOPE, SLOPING), (ARCH, ARCHED)])
def test_colours_are_kept_where_they_are_asked_for(way: Cutting, baseline: Points, boundary: Points) -> None:
    picture = Image.new("RGB", (200, 120), (200, 100, 50))
    cut = picture_of(way(LineCutter(picture, "RGB"), baseline, boundary))

    assert cut.shape[2] == 3
    assert cut[cut.shape[0] // 2, cut.shape[1] // 2].tolist() == [200, 100, 50]


def test_a_colour_page_gives_grey_lines_where_those_are_asked_for_and_the_other_way_round() -> None:
    assert picture_of(LineCutter(page(mode="RGB"), "L").cut(LEVEL, BOX)).ndim == 2
    assert picture_of(LineCutter(page(), "RGB").cut(LEVEL, BOX)).shape[2] == 3


def test_a_closed_outline_is_rounded_where_it_closes_and_an_open_one_is_not() -> None:
    cutter = LineCutter(page(), "L")
    opened, closed = cutter.cut(ARCH, ARCHED), cutter.cut(ARCH, (*ARCHED, ARCHED[0]))

    assert np.count_nonzero(picture_of(opened)) > np.count_nonzero(picture_of(closed))


def test_corners_are_cut_off_at_a_quarter_of_each_side() -> None:
    corners = np.array([(0, 0), (40, 0), (40, 80)])

    assert rounded_outline(corners).tolist() == [[0, 0], [10, 0], [30, 0], [40, 20], [40, 60], [40, 80]]
    closed = rounded_outline(np.vstack([corners, corners[:1]]))
    assert closed.tolist() == [[30, 60], [10, 20], [10, 0], [30, 0], [40, 20], [40, 60], [30, 60]]


def test_an_outline_of_many_corners_is_simplified_before_they_are_cut_off() -> None:
    wavy = np.array([(10 * place, place % 2) for place in range(60)])

    assert len(rounded_outline(wavy[:50])) == 2 * 49 + 2
    assert rounded_outline(wavy).tolist() == rounded_outline(wavy[[0, -1]]).tolist()


@pytest.mark.parametrize(("kind", "closed"), [(LayoutKind.KRAKEN, True), (LayoutKind.ALTO, False)])
def test_boundaries_are_closed_where_kraken_traced_them(*, kind: LayoutKind, closed: bool) -> None:
    line = Line(LineId("l"), BOX, LEVEL)

    assert cutting_outline(line, Layout(LayoutOrigin(kind, "x"))) == (BOX + BOX[:1] if closed else BOX)


def test_a_box_is_cut_as_it_stands_and_as_far_as_the_page_goes() -> None:
    picture = page(LEVEL)
    cutter = LineCutter(picture, "L")

    assert np.array_equal(picture_of(cutter.cut_box(BOX)), np.asarray(picture.crop((20, 40, 180, 70))))
    assert picture_of(cutter.cut_box(((-50, 100), (500, 500)))).shape == (20, 200)
    assert cutter.cut_box(((300, 10), (400, 50))) == NOTHING_LEFT
    assert "no outline" in str(cutter.cut_box(()))


@ways
@pytest.mark.parametrize(
    ("baseline", "boundary", "why"),
    [
        (((20, 60),), BOX, "shorter than 5"),
        (((20, 60), (20, 60)), BOX, "shorter than 5"),
        (((20, 60), (22, 60), (24, 60)), BOX, "shorter than 5"),
        (LEVEL, BOX[:2], "fewer than three"),
        (LEVEL, (), "fewer than three"),
        (LEVEL, ((-1, 40), *BOX[1:]), "outline leaves the page"),
        (LEVEL, ((20, 120), *BOX[1:]), "outline leaves the page"),
        (((20, 60), (200, 60)), BOX, "baseline leaves the page"),
    ],
)
def test_a_line_that_cannot_be_cut_has_its_reason(way: Cutting, baseline: Points, boundary: Points, why: str) -> None:
    assert why in str(way(LineCutter(page(), "L"), baseline, boundary))


@ways
def test_a_line_on_black_leaves_nothing(way: Cutting) -> None:
    black = Image.new("L", (200, 120))

    assert way(LineCutter(black, "L"), LEVEL, BOX) == NOTHING_LEFT


@ways
def test_a_baseline_that_runs_to_and_fro_is_refused_before_it_fills_the_memory(way: Cutting) -> None:
    to_and_fro = (*(((20, 60), (60, 60)) * 300), (180, 60))

    assert "to and fro" in str(way(LineCutter(page(), "L"), to_and_fro, BOX))


@ways
def test_points_without_end_are_refused_before_they_fill_the_memory(way: Cutting) -> None:
    assert "too many points" in str(way(LineCutter(page(), "L"), LEVEL * 5000, BOX * 5000))


@ways
def test_a_line_longer_than_opencv_can_address_is_refused(way: Cutting) -> None:
    wide = Image.new("L", (40_000, 60), 200)
    boundary = ((0, 0), (39_999, 0), (39_999, 50), (0, 50))

    assert "longer than" in str(way(LineCutter(wide, "L"), ((0, 40), (39_999, 41)), boundary))
    assert picture_of(way(LineCutter(wide, "L"), ((0, 40), (39_999, 40)), boundary)).shape == (51, 40_000)


points = st.tuples(st.integers(-20, 220), st.integers(-20, 140))
on_page = st.tuples(st.integers(0, 199), st.integers(0, 119))


@ways
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_points_make_the_cutting_raise(way: Cutting, data: st.DataObject) -> None:
    each = data.draw(st.sampled_from([points, on_page]))
    baseline = tuple(data.draw(st.lists(each, max_size=6)))
    boundary = tuple(data.draw(st.lists(each, max_size=60)))
    cut = way(LineCutter(page(), "L"), baseline, boundary)

    assert isinstance(cut, str) or (cut.dtype == np.uint8 and cut.any())
