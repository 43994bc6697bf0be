"""Baselines out of heat maps that are drawn by hand: how many there are, where they end, which way they run."""

import numpy as np
import pytest
from numpy.typing import NDArray

from htrkit.domain.page import Direction
from htrkit.layouts.heat_map import HeatMap, MapClasses
from htrkit.layouts.traced_baselines import Baseline, baselines

START, END, DEFAULT, MARGIN = range(4)
CLASSES = MapClasses(start=START, end=END, baselines={"default": DEFAULT}, regions={}, topline=False)
CELL = 4


def blank(*, rows: int = 60, columns: int = 80) -> NDArray[np.float32]:
    return np.zeros((4, rows, columns), np.float32)


def heat(values: NDArray[np.float32], *, width: int | None = None) -> HeatMap:
    height, usual = values.shape[1] * CELL, values.shape[2] * CELL
    return HeatMap(values, np.full((height, width or usual), 255, np.uint8), (1.0, 1.0))


def stroke(values: NDArray[np.float32], row: int, left: int, right: int, *, channel: int = DEFAULT) -> None:
    """Draw a line of text as the network does: three cells high, brightest in the middle."""
    values[channel, row - 1 : row + 2, left:right] = 0.5
    values[channel, row, left:right] = 0.95


def found(values: NDArray[np.float32], direction: Direction | None = None) -> list[list[list[int]]]:
    lines = baselines(heat(values), CLASSES, direction).found
    return sorted((line.points.tolist() for line in lines), key=lambda points: points[0][::-1])


def test_a_map_without_lines_has_no_baselines() -> None:
    assert found(blank()) == []


def test_a_map_that_is_alight_all_over_has_no_baselines_inside() -> None:
    values = blank()
    values[DEFAULT] = 1.0

    for points in found(values):
        x, y = np.array(points).T
        assert ((x < 40) | (x > 280) | (y < 40) | (y > 200)).all()


def test_a_map_of_nan_has_no_baselines() -> None:
    assert found(np.full((4, 60, 80), np.nan, np.float32)) == []


def test_each_line_has_one_baseline_through_its_middle_from_end_to_end() -> None:
    values = blank()
    stroke(values, 15, 10, 70)
    stroke(values, 40, 20, 50)

    upper, lower = found(values)

    # A cell's middle is 1.5 pixels behind its first pixel: half a pixel is within what the map can tell.
    assert all(abs(y - (15 * CELL + 1.5)) <= 1 for _, y in upper)
    assert all(abs(y - (40 * CELL + 1.5)) <= 1 for _, y in lower)
    assert [upper[0][0], upper[-1][0]] == pytest.approx([10 * CELL, 70 * CELL], abs=4)
    assert [lower[0][0], lower[-1][0]] == pytest.approx([20 * CELL, 50 * CELL], abs=4)


def test_a_straight_line_takes_two_points() -> None:
    values = blank()
    stroke(values, 30, 10, 70)

    (line,) = found(values)

    assert len(line) == 2


def test_a_bend_is_followed() -> None:
    values = blank()
    for column in range(10, 70):
        stroke(values, 20 + abs(column - 40) // 2, column, column + 1)

    (line,) = found(values)

    assert len(line) > 2
    assert min(y for _, y in line) == pytest.approx(20 * CELL + 1.5, abs=5)
    assert max(y for _, y in line) == pytest.approx(34 * CELL + 1.5, abs=6)


def test_faint_traces_are_no_lines() -> None:
    values = blank()
    stroke(values, 30, 10, 70)

    values *= 0.2

    assert found(values) == []


def test_where_separators_are_silent_lines_run_right_or_down() -> None:
    flat, upright = blank(), blank()
    stroke(flat, 30, 10, 70)
    upright[DEFAULT, 10:50, 29:32] = 0.5
    upright[DEFAULT, 10:50, 30] = 0.95

    assert found(flat)[0][0][0] < found(flat)[0][-1][0]
    ((first, *_, last),) = found(upright, Direction.TTB)
    assert first[1] < last[1]


def test_separators_turn_a_line_that_starts_on_the_right() -> None:
    values = blank()
    stroke(values, 30, 10, 70)
    values[START, 28:33, 68:72] = 0.9
    values[END, 28:33, 8:12] = 0.9

    ((first, *_, last),) = found(values)

    assert first[0] > last[0]


def test_one_separator_alone_does_not_turn_a_line() -> None:
    values = blank()
    stroke(values, 30, 10, 70)
    values[START, 28:33, 68:72] = 0.9

    ((first, *_, last),) = found(values)

    assert first[0] < last[0]


def test_lines_tell_their_type() -> None:
    values = blank()
    stroke(values, 15, 10, 70)
    stroke(values, 40, 10, 30, channel=MARGIN)
    classes = MapClasses(START, END, baselines={"default": DEFAULT, "margin": MARGIN}, regions={}, topline=False)

    lines = baselines(heat(values), classes, None).found

    assert [line.kind for line in lines] == ["default", "margin"]
    assert lines[1].points[:, 1] == pytest.approx(40 * CELL + 1.5, abs=1)


def test_a_page_that_cells_do_not_divide_has_its_lines_in_its_own_pixels() -> None:
    values = blank()
    stroke(values, 30, 10, 80)

    ((*_, last),) = (line.points.tolist() for line in baselines(heat(values, width=317), CLASSES, None).found)

    assert 308 <= last[0] <= 316


def test_a_line_at_the_pages_edge_stays_on_the_page() -> None:
    values = blank()
    stroke(values, 1, 0, 80)
    stroke(values, 58, 0, 80)

    lines: list[Baseline] = list(baselines(heat(values), CLASSES, None).found)

    assert len(lines) == 2
    for line in lines:
        assert (line.points >= 0).all()
        assert (line.points < (320, 240)).all()
