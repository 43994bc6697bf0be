"""In which order lines are read: columns, headings, regions, both directions, and pages too long to recurse."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from htrkit.layouts.traced_order import ordered, reading_order


def line(left: int, y: int, right: int) -> NDArray[np.int32]:
    return np.array([(left, y), (right, y + 1)], np.int32)


def region(left: int, top: int, right: int, bottom: int) -> NDArray[np.int32]:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.int32)


def read(lines: Sequence[NDArray[np.int32]], *, leftward: bool = False) -> list[int]:
    return list(reading_order(lines, [], [None] * len(lines), leftward=leftward))


def test_no_lines_have_no_order() -> None:
    assert read([]) == []


def test_lines_are_read_from_top_to_bottom() -> None:
    assert read([line(0, 30, 100), line(0, 10, 100), line(0, 20, 100)]) == [1, 2, 0]


def test_columns_are_read_from_the_left() -> None:
    assert read([line(200, 10, 300), line(0, 10, 100), line(200, 30, 300), line(0, 30, 100)]) == [1, 3, 0, 2]


def test_what_stands_side_by_side_is_read_from_the_right_where_the_writing_is() -> None:
    assert read([line(0, 10, 100), line(200, 10, 300)], leftward=True) == [1, 0]


def test_a_heading_across_both_columns_parts_what_is_above_it_from_what_is_below() -> None:
    lines = [line(0, 10, 100), line(200, 12, 300), line(0, 50, 300), line(0, 90, 100), line(200, 92, 300)]

    assert read(lines) == [0, 1, 2, 3, 4]


def test_a_bridge_keeps_columns_apart_that_lie_above_and_below_it() -> None:
    upper_right, bridge, lower_left = line(200, 10, 300), line(50, 50, 250), line(0, 90, 100)

    assert read([lower_left, bridge, upper_right]) == [2, 1, 0]


def test_a_bridge_is_seen_among_any_number_of_lines() -> None:
    upper_right, bridge, lower_left = line(200, 10, 300), line(50, 50, 250), line(0, 90, 100)
    below = [line(0, 100 + 10 * number, 300) for number in range(150)]

    for leftward in (False, True):
        assert read([lower_left, *below, bridge, upper_right], leftward=leftward)[:3] == [152, 151, 0]


def test_a_region_is_read_as_a_whole_in_its_place() -> None:
    lines = [line(0, 200, 300), line(200, 10, 300), line(0, 20, 100), line(200, 30, 300), line(0, 40, 100)]
    regions = [region(190, 0, 310, 100), region(0, 0, 110, 100)]

    assert list(reading_order(lines, regions, [None, 0, 1, 0, 1], leftward=False)) == [2, 4, 1, 3, 0]


def test_a_region_without_lines_is_passed_over() -> None:
    lines = [line(0, 20, 100), line(0, 10, 100)]

    assert list(reading_order(lines, [region(0, 0, 500, 500)], [None, None], leftward=False)) == [1, 0]


def test_boxes_that_are_alike_do_not_bridge_each_other() -> None:
    boxes = np.array([(0, 0, 10, 10), (0, 0, 10, 10), (20, 0, 30, 10)], float)

    assert sorted(ordered(boxes, leftward=False)) == [0, 1, 2]
    assert ordered(boxes, leftward=False)[-1] == 2


def test_a_page_with_more_lines_than_python_recurses_is_put_in_order() -> None:
    lines = [line(0, y, 100) for y in range(3000, 0, -2)]

    assert read(lines) == list(range(len(lines)))[::-1]
