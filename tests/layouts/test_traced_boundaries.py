"""Boundary polygons of lines: they hold their baseline, keep off their neighbours, and never raise."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from shapely.geometry import LineString, Polygon

from htrkit.layouts.traced_boundaries import boundaries

HEIGHT, WIDTH = 400, 600
Shape = NDArray[np.int32]
LINES = tuple(np.array([(60, y), (300, y + 3), (540, y)], dtype=np.int32) for y in (100, 170, 240, 310))
TOPLINES = (True, False, None)


def written(lines: Sequence[Shape]) -> NDArray[np.uint8]:
    """Give a page with strokes above each baseline."""
    page = Image.new("L", (WIDTH, HEIGHT), 230)
    drawing = ImageDraw.Draw(page)
    for line in lines:
        left, right, level = int(line[0, 0]), int(line[-1, 0]), int(line[0, 1])
        for x in range(left, right, 12):
            drawing.line((x, level - 24, x + 4, level), fill=40, width=3)
    return np.asarray(page)


def outlined(
    lines: Sequence[Shape],
    walls: Sequence[Shape] = (),
    homes: Sequence[Sequence[int]] | None = None,
    *,
    topline: bool | None = False,
) -> list[Polygon | None]:
    found = boundaries(lines, walls, homes or [()] * len(lines), written(lines), topline=topline)
    return [None if shape is None else Polygon(shape) for shape in found]


@pytest.mark.parametrize("topline", TOPLINES)
def test_every_line_gets_a_simple_polygon_on_the_page(topline: bool | None) -> None:
    page = Polygon([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)])
    for shape in outlined(LINES, topline=topline):
        assert shape is not None
        assert shape.is_valid
        assert page.covers(shape)


@pytest.mark.parametrize("topline", [True, False])
def test_a_polygon_holds_its_baseline(*, topline: bool) -> None:
    for line, shape in zip(LINES, outlined(LINES, topline=topline), strict=True):
        assert shape is not None
        assert shape.buffer(1).covers(LineString(line))


def test_the_ink_of_a_line_lies_within_its_polygon() -> None:
    for line, shape in zip(LINES, outlined(LINES), strict=True):
        assert shape is not None
        middles = [(x + 2, int(line[0, 1]) - 12) for x in range(72, 528, 12)]
        assert all(shape.covers(LineString([middle, (middle[0] + 1, middle[1])])) for middle in middles)


def test_neighbours_hardly_overlap() -> None:
    shapes = outlined(LINES)
    for above, below in pairwise(shapes):
        assert above is not None
        assert below is not None
        assert above.intersection(below).area < 0.1 * below.area


def test_lines_above_the_text_reach_further_down_than_lines_below_it_and_less_far_up() -> None:
    below, above = (outlined(LINES, topline=topline)[1] for topline in (False, True))
    assert below is not None
    assert above is not None
    assert below.bounds[1] < above.bounds[1]
    assert below.bounds[3] < above.bounds[3]


def test_a_region_is_a_wall_for_the_lines_at_home_in_it() -> None:
    wall = np.array([(40, 150), (560, 150), (560, 200), (40, 200)], dtype=np.int32)
    (free,) = outlined(LINES[1:2])
    (held,) = outlined(LINES[1:2], [wall], [(0,)])
    assert free is not None
    assert held is not None
    assert held.bounds[1] >= 148
    assert free.bounds[1] < held.bounds[1]


def test_a_page_without_lines_has_no_boundaries() -> None:
    assert list(boundaries([], [], [], written([]), topline=False)) == []


@pytest.mark.parametrize(
    "odd",
    [
        [(100, 100)],
        [(100, 100), (100, 100)],
        [(-50, -50), (-10, -10)],
        [(WIDTH + 5, 10), (WIDTH + 80, 10)],
        [(100, 100), (101, 100)],
    ],
)
@pytest.mark.parametrize("topline", TOPLINES)
def test_a_line_that_is_none_costs_no_other(odd: list[tuple[int, int]], topline: bool | None) -> None:
    lines = [LINES[1], np.array(odd, dtype=np.int32), LINES[3]]
    first, _, last = outlined(lines, topline=topline)
    assert first is not None
    assert last is not None


POINTS = st.lists(st.tuples(st.integers(-20, WIDTH + 20), st.integers(-20, HEIGHT + 20)), min_size=1, max_size=5)


@settings(max_examples=30)
@given(st.lists(POINTS, min_size=1, max_size=4), st.sampled_from(TOPLINES))
def test_nothing_raises_whatever_the_lines(lines: list[list[tuple[int, int]]], topline: bool | None) -> None:
    grey = np.full((HEIGHT, WIDTH), 200, dtype=np.uint8)
    found = boundaries([np.array(line, dtype=np.int32) for line in lines], [], [()] * len(lines), grey, topline=topline)
    for shape in found:
        if shape is not None:
            assert len(shape) >= 3
            assert shape.min() >= 0
            assert (shape.max(axis=0) <= (WIDTH, HEIGHT)).all()
