"""The steps to a boundary, each held to a plain way of doing the same."""

from itertools import pairwise

import numpy as np
import pytest
import shapely

from htrkit.layouts.traced_boundaries_corridors import Corridor, corridors
from htrkit.layouts.traced_boundaries_courses import courses
from htrkit.layouts.traced_boundaries_seams import seams
from htrkit.layouts.traced_boundaries_strips import CLOSED, Floats, Strip, edges, strips

HEIGHT, WIDTH = 300, 500
LINES = tuple(np.array(line, dtype=np.int32) for line in (((40, 90), (460, 96)), ((50, 160), (300, 150), (450, 158))))
WALL = np.array(((30, 130), (480, 120), (480, 200), (30, 210), (30, 130)), dtype=np.int32)


def rooms(homes: tuple[int, ...]) -> Corridor:
    """Give the corridor of the lower line."""
    drawn = courses(LINES, width=WIDTH, height=HEIGHT, topline=False)
    return corridors(drawn, [WALL], [(), homes], width=WIDTH, height=HEIGHT)[1]


def level_strip(costs: Floats) -> Strip:
    """Give a strip whose columns and rows are those of a page."""
    opened = np.ones(costs.shape[::-1], dtype=np.uint8)
    return Strip(costs, np.eye(2), np.zeros(2), np.zeros(2, dtype=np.int64), opened)


@pytest.mark.parametrize(("homes", "obstacle"), [((), LINES[0]), ((0,), WALL)])
def test_a_corridor_ends_at_the_next_obstacle(homes: tuple[int, ...], obstacle: np.ndarray) -> None:
    ends = rooms(homes).above
    assert (shapely.distance(shapely.points(ends), shapely.LineString(obstacle)) <= 1).all()
    assert (ends[:, 1] >= np.interp(ends[:, 0], obstacle[:2, 0], obstacle[:2, 1])).all()


def test_what_stands_on_both_sides_of_a_line_ends_its_room_above_only() -> None:
    assert (rooms((0,)).below[:, 1] >= HEIGHT - 2).all()


def test_rays_that_meet_nothing_end_at_the_edge_of_the_page() -> None:
    drawn = courses(LINES[:1], width=WIDTH, height=HEIGHT, topline=False)
    (room,) = corridors(drawn, [], [()], width=WIDTH, height=HEIGHT)
    assert (room.above[:, 1] <= 1).all()
    assert (room.below[:, 1] >= HEIGHT - 2).all()


def test_a_ray_that_starts_within_an_obstacle_ends_where_it_leaves_it() -> None:
    crossing = np.array(((250, 60), (250, 120)), dtype=np.int32)
    drawn = courses([LINES[0], crossing], width=WIDTH, height=HEIGHT, topline=False)
    room = corridors(drawn, [], [(), ()], width=WIDTH, height=HEIGHT)[0]
    (start,) = np.flatnonzero(np.abs(room.above[:, 0] - 250) <= 1)
    assert room.above[start, 1] in (59, 60)
    assert (np.delete(room.above, start, axis=0)[:, 1] <= 1).all()


def test_seams_side_by_side_are_those_of_each_strip_alone() -> None:
    chance = np.random.default_rng(3)
    sheets = [level_strip(chance.random(size, dtype=np.float32)) for size in ((25, 30), (40, 9), (40, 5), (2, 7))]
    for together, strip in zip(seams(sheets), sheets, strict=True):
        (alone,) = seams([strip])
        assert len(together) == len(strip.costs)
        assert (together == alone).all()


def test_a_seam_changes_its_row_where_that_is_cheaper() -> None:
    costs = np.ones((60, 20), dtype=np.float32)
    costs[:30, 10] = costs[30:, 11] = 0
    (seam,) = seams([level_strip(costs)])
    assert seam[:, 1].tolist() == [10] * 30 + [11] * 30


def test_a_seam_takes_the_gap_in_the_ink() -> None:
    costs = np.ones((60, 20), dtype=np.float32)
    costs[:, 13] = 0
    (seam,) = seams([level_strip(costs)])
    assert (seam[:, 1] == 13).all()


def test_no_point_of_a_seam_is_closed() -> None:
    strip = level_strip(np.ones((60, 20), dtype=np.float32))
    strip.opened[:, 20:30] = 0
    (seam,) = seams([strip])
    assert len(seam) == 50


@pytest.mark.parametrize("slope", [0.0, 0.1, -0.4, 40.0])
def test_a_strip_is_level_whatever_the_slope_of_its_line(slope: float) -> None:
    direction = np.array((1.0, slope)) / np.hypot(1.0, slope)
    ends = np.array((250, 150)) + np.outer((-1, 1), direction * 100)
    drawn = courses([ends.astype(np.int32)], width=WIDTH, height=HEIGHT, topline=None)
    room = corridors(drawn, [], [()], width=WIDTH, height=HEIGHT)
    (above,), _ = strips(drawn, room, np.zeros((HEIGHT, WIDTH), dtype=np.float32), topline=None)
    assert abs(len(above.costs) - 201) <= 2
    free = (above.costs < CLOSED).sum(axis=1)
    assert (free > 0).all()


def test_edges_are_strongest_where_ink_begins() -> None:
    grey = np.full((40, 60), 200, dtype=np.uint8)
    grey[:, 30:] = 50
    profile = edges(grey)[20]
    assert set(np.argsort(profile)[-2:]) == {29, 30}
    assert profile[:20].max() == 0


def test_a_parallel_keeps_its_distance_on_the_side_of_the_writing() -> None:
    for topline, sign in ((False, -1), (True, 1)):
        for course in courses(LINES, width=WIDTH, height=HEIGHT, topline=topline):
            line = shapely.LineString(course.points)
            assert shapely.LineString(course.parallel).distance(line) == pytest.approx(8, abs=1.5)
            assert np.sign(course.parallel[:, 1].mean() - course.points[:, 1].mean()) == sign


def test_points_that_repeat_or_leave_the_page_make_no_course() -> None:
    odd = [np.array(points) for points in (((5, 5), (5, 5)), ((-9, -9), (-5, -5)), ((10, 10), (20, 10), (10, 10)))]
    assert courses(odd, width=WIDTH, height=HEIGHT, topline=False) == []
    (course,) = courses([np.array(((-9, 20), (30, 20)))], width=WIDTH, height=HEIGHT, topline=False)
    assert all(len(set(pair)) == 2 for pair in pairwise(map(tuple, course.points.tolist())))
    assert course.points[0].tolist() == [0, 20]
