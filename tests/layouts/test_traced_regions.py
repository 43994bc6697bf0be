"""Regions out of heat maps, and which lines lie in them."""

import numpy as np
from numpy.typing import NDArray

from htrkit.layouts.heat_map import HeatMap, MapClasses
from htrkit.layouts.traced_regions import areas, homes, scaled

CLASSES = MapClasses(start=0, end=1, baselines={}, regions={"text": 2, "margin": 3}, topline=False)


def heat(values: NDArray[np.float32]) -> HeatMap:
    return HeatMap(values, np.zeros((values.shape[1] * 4, values.shape[2] * 4), np.uint8), (1.0, 1.0))


def blank() -> NDArray[np.float32]:
    return np.zeros((4, 50, 50), np.float32)


def corners(outline: NDArray[np.int32]) -> list[int]:
    return [*outline.min(axis=0).tolist(), *outline.max(axis=0).tolist()]


def test_a_map_without_regions_has_none() -> None:
    assert areas(heat(blank()), CLASSES) == []


def test_a_region_reaches_from_its_first_to_its_last_pixel() -> None:
    values = blank()
    values[2, 10:20, 5:30] = 0.9

    (area,) = areas(heat(values), CLASSES)

    assert area.label == "text"
    assert corners(area.outline) == [20, 40, 119, 79]
    assert area.outline[0].tolist() == area.outline[-1].tolist()


def test_regions_of_all_types_are_found_type_by_type() -> None:
    values = blank()
    values[3, 2:8, 2:8] = 0.9
    values[2, 10:20, 5:30] = 0.9

    assert [area.label for area in areas(heat(values), CLASSES)] == ["text", "margin"]


def test_a_hole_belongs_to_its_region_and_so_does_what_lies_in_it() -> None:
    values = blank()
    values[2, 5:40, 5:40] = 0.9
    values[2, 10:35, 10:35] = 0.1
    values[2, 20:24, 20:24] = 0.9

    (area,) = areas(heat(values), CLASSES)

    assert corners(area.outline) == [20, 20, 159, 159]


def test_half_is_not_enough() -> None:
    values = blank()
    values[2, 5:40, 5:40] = 0.5

    assert areas(heat(values), CLASSES) == []


def test_a_region_over_the_whole_page_ends_with_it() -> None:
    values = blank()
    values[2] = 1.0

    (area,) = areas(heat(values), CLASSES)

    assert corners(area.outline) == [0, 0, 199, 199]


def test_a_region_of_one_cell_keeps_an_outline() -> None:
    values = blank()
    values[2, 7, 7] = 1.0

    (area,) = areas(heat(values), CLASSES)

    assert len(area.outline) >= 4
    assert corners(area.outline) == [28, 28, 31, 31]


def test_a_line_is_at_home_where_its_middle_lies() -> None:
    square = np.array([(0, 0), (100, 0), (100, 100), (0, 100)])
    right = square + np.array((100, 0))
    lines = [
        np.array([(10, 50), (90, 50)]),
        np.array([(60, 50), (180, 50)]),
        np.array([(10, 300), (90, 300)]),
    ]

    assert homes(lines, [square, right]) == [[0], [1], []]


def test_overlapping_regions_are_both_named_in_their_order() -> None:
    square = np.array([(0, 0), (100, 0), (100, 100), (0, 100)])

    assert homes([np.array([(40, 50), (60, 50)])], [square, square + 10]) == [[0, 1]]


def test_without_regions_lines_have_no_home() -> None:
    assert list(homes([np.array([(0, 0), (5, 0)])] * 2, [])) == [(), ()]
    assert list(homes([], [np.array([(0, 0), (5, 0), (5, 5)])])) == []


def test_scaling_cuts_to_whole_pixels() -> None:
    assert scaled(np.array([(3, 5), (4, 7)]), (1.5, 0.5)).tolist() == [[4, 2], [6, 3]]
