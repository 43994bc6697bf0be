"""From a heat map to a layout: names, places, order, and what becomes of lines that cannot be drawn."""

import numpy as np
import pytest
from numpy.typing import NDArray

from htrkit.domain.geometry import bounding_box
from htrkit.domain.page import Direction, Layout, LayoutKind, LayoutOrigin
from htrkit.layouts import tracing
from htrkit.layouts.heat_map import HeatMap, MapClasses
from htrkit.layouts.traced_bands import band_around, band_height
from htrkit.layouts.tracing import traced

CLASSES = MapClasses(start=0, end=1, baselines={"default": 2}, regions={"text": 3}, topline=False)
ORIGIN = LayoutOrigin(LayoutKind.KRAKEN, "blla")


def page(*strokes: tuple[int, int, int], rows: int = 60, columns: int = 100) -> NDArray[np.float32]:
    """Draw lines of text, given as row, first and last column, as the network does."""
    values = np.zeros((4, rows, columns), np.float32)
    for row, left, right in strokes:
        values[2, row - 1 : row + 2, left:right] = 0.5
        values[2, row, left:right] = 0.95
    return values


def laid_out(
    values: NDArray[np.float32], scale: tuple[float, float] = (1.0, 1.0), direction: Direction | None = None
) -> Layout:
    grey = np.full((values.shape[1] * 4, values.shape[2] * 4), 255, np.uint8)
    return traced(HeatMap(values, grey, scale), CLASSES, origin=ORIGIN, direction=direction)


@pytest.fixture
def outlineless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no line have an outline."""
    monkeypatch.setattr(tracing, "boundaries", lambda lines, *_, **__: [None] * len(lines))


def test_a_blank_page_has_neither_lines_nor_regions() -> None:
    layout = laid_out(page())

    assert (layout.lines, layout.regions, layout.notes) == ((), (), ())


def test_lines_are_numbered_in_reading_order_and_know_their_region() -> None:
    values = page((40, 10, 90), (15, 10, 90), (55, 10, 90))
    values[3, 10:48, 5:95] = 0.9

    layout = laid_out(values)

    assert [region.id for region in layout.regions] == ["r1"]
    assert layout.regions[0].label == "text"
    assert [(line.id, line.region, line.kind) for line in layout.lines] == [
        ("l1", "r1", "default"),
        ("l2", "r1", "default"),
        ("l3", None, "default"),
    ]
    assert [line.baseline[0][1] // 4 for line in layout.lines] == [15, 40, 55]


def test_all_points_are_whole_and_on_the_page_at_any_scale() -> None:
    values = page((2, 0, 100), (30, 0, 100), (58, 0, 100))
    values[3] = 0.9

    for scale in ((0.3, 0.3), (1.0, 1.0), (2.37, 2.36)):
        layout = laid_out(values, scale)
        width, height = round(400 * scale[0]), round(240 * scale[1])
        assert len(layout.lines) == 3
        for shape in (*layout.lines, *layout.regions):
            assert all(isinstance(x, int) and 0 <= x < width and 0 <= y < height for x, y in shape.boundary)
            assert shape.boundary[0] != shape.boundary[-1]


def test_a_boundary_holds_its_baseline() -> None:
    for line in laid_out(page((15, 10, 90), (30, 10, 90), (45, 10, 90))).lines:
        box = bounding_box(line.boundary)
        assert box.top < line.baseline[0][1] <= box.bottom
        assert box.left <= line.baseline[0][0] < line.baseline[-1][0] <= box.right + 1


@pytest.mark.usefixtures("outlineless")
def test_a_line_without_an_outline_keeps_its_place_in_a_band_and_a_note_says_so() -> None:
    layout = laid_out(page((15, 10, 90), (40, 10, 90)))

    assert [(note.code, note.line, note.flag) for note in layout.notes] == [
        ("line-outline-made", "l1", True),
        ("line-outline-made", "l2", True),
    ]
    for line in layout.lines:
        box = bounding_box(line.boundary)
        assert box.top < line.baseline[0][1] < box.bottom


@pytest.mark.usefixtures("outlineless")
def test_a_line_that_the_picture_has_no_pixels_for_is_dropped_and_a_note_says_so() -> None:
    layout = laid_out(page((15, 10, 90), (40, 50, 53)), (0.05, 0.05))

    assert len(layout.lines) == 1
    assert "short-lines-dropped" in [note.code for note in layout.notes]


def test_a_ledger_of_five_hundred_lines_has_them_all_and_needs_no_note() -> None:
    strokes = [(8 + 6 * row, left, left + 30) for left in range(4, 254, 36) for row in range(72)][:500]

    layout = laid_out(page(*strokes, rows=450, columns=260))

    assert (len(layout.lines), layout.notes) == (500, ())


def test_what_the_network_saw_and_no_line_was_drawn_for_is_told() -> None:
    values = page(*[(50 + 6 * row, left, left + 20) for left in (4, 34, 64) for row in range(70)], rows=470)
    values[2, 20] = page((20, 4, 96))[2, 20]
    values[2, 10:20, 6:94:7] = values[2, 20, 50]

    layout = laid_out(values)

    assert [(note.code, note.flag) for note in layout.notes] == [("tangles-dropped", True)]
    assert len(layout.lines) == 210


def test_the_direction_that_was_asked_for_is_the_layouts_and_turns_the_order() -> None:
    values = page((30, 5, 45), (30, 55, 95))

    right, left = laid_out(values), laid_out(values, direction=Direction.RTL)

    assert (right.direction, left.direction) == (None, Direction.RTL)
    assert right.lines[0].baseline[0][0] < right.lines[1].baseline[0][0]
    assert left.lines[0].baseline[0][0] > left.lines[1].baseline[0][0]


def test_bands_are_as_high_as_lines_are_apart() -> None:
    lines = [[(0, y), (100, y)] for y in (100, 140, 180, 181)]

    assert band_height(lines) == 36
    assert band_height(lines[:1]) == 30
    assert band_around([(0, 100), (50, 100)], 36) == [(0, 64), (50, 64), (50, 109), (0, 109)]
