"""The steps on the way to baselines: ridges, thinning and the paths through what is left."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from numpy.typing import NDArray

from htrkit.layouts.traced_baselines_ends import oriented, stretched
from htrkit.layouts.traced_baselines_paths import paths
from htrkit.layouts.traced_baselines_ridges import ridges
from htrkit.layouts.traced_baselines_thinning import thinned
from htrkit.layouts.traced_losses import MOST_ENDS, MOST_ENDS_OF_ONE, Lost


def drawing(text: str) -> NDArray[np.uint8]:
    """Read a picture of `#` on `.`."""
    rows = text.split()
    return np.array([[sign == "#" for sign in row] for row in rows], np.uint8)


def pieces(picture: NDArray[np.uint8]) -> int:
    """Count what hangs together, corners included."""
    left = {(int(y), int(x)) for y, x in np.argwhere(picture)}
    count = 0
    while left:
        count += 1
        edge = [left.pop()]
        while edge:
            y, x = edge.pop()
            near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= near
            edge += near
    return count


def test_a_ridge_is_marked_and_a_plain_is_not() -> None:
    values = np.zeros((80, 40), np.float32)
    values[20] = 0.9
    values[40:] = 0.9

    marks = ridges(values, height=320, width=160)

    assert marks[75:90, 80].sum() > 4
    assert marks[81:83, 20:140].all()
    assert marks[200:280, 60:100].sum() == 0


@pytest.mark.parametrize("place", [(3, 20), (36, 20), (20, 3), (20, 36), (20, 20)])
def test_a_ridge_is_the_same_wherever_it_lies(place: tuple[int, int]) -> None:
    """Only the part of the map that is alight is computed: where that is must not matter."""
    row, column = place
    values = np.zeros((40, 40), np.float32)
    values[row, column - 3 : column + 4] = 0.9
    middle = np.zeros((40, 40), np.float32)
    middle[20, 17:24] = 0.9

    moved = np.roll(ridges(middle, height=160, width=160), ((row - 20) * 4, (column - 20) * 4), axis=(0, 1))

    assert ridges(values, height=160, width=160).sum() == moved.sum()
    assert (ridges(values, height=160, width=160) == moved).all()


def test_what_is_dim_around_a_ridge_counts_though_it_lies_outside_of_the_bright_part() -> None:
    hazy = np.full((80, 80), 0.09, np.float32)
    hazy[40, 37:44] = 0.9
    spread = hazy.copy()
    spread[[0, 0, -1, -1], [0, -1, 0, -1]] = 0.2

    marks, whole = (ridges(values, height=320, width=320)[120:200, 120:200] for values in (hazy, spread))

    assert marks.sum() > 0
    assert (marks == whole).all()


def test_a_bar_is_thinned_to_its_middle() -> None:
    bar = np.zeros((11, 200), np.uint8)
    bar[3:8, 10:190] = 1

    thread = thinned(bar)

    assert (thread[5, 15:185] == 1).all()
    assert (thread.sum(axis=0) <= 1).all()


def test_what_is_thin_already_stays() -> None:
    thread = drawing(
        """
        .......
        .#.....
        ..####.
        ......#
        """
    )

    assert (thinned(thread) == thread).all()


def test_corners_are_cut() -> None:
    assert (thinned(drawing("..... .###. ...#. ...#. ...#.")) == drawing("..... .##.. ...#. ...#. ...#.")).all()


@settings(max_examples=60, deadline=None)
@given(seed=some.integers(0, 10**6), columns=some.sampled_from([5, 63, 64, 65, 130]), share=some.floats(0.2, 0.9))
def test_thinning_keeps_what_hangs_together(seed: int, columns: int, share: float) -> None:
    blobs = (np.random.default_rng(seed).random((12, columns)) < share).astype(np.uint8)

    thread = thinned(blobs)

    assert (thread <= blobs).all()
    # A square of two by two pixels may vanish in Zhang and Suen's way of thinning, nothing larger does.
    assert pieces(thread) <= pieces(blobs)
    assert (thinned(thread) == thread).all()


def test_a_thread_is_one_path_from_end_to_end() -> None:
    (path,) = paths(drawing("......... .#####... ......#.. .......#.")).found

    assert {tuple(path[0]), tuple(path[-1])} == {(1, 1), (7, 3)}
    assert len(path) == 7


@pytest.mark.parametrize(("side", "lost"), [(3, Lost(specks=1)), (9, Lost(rings=1))])
def test_a_ring_is_no_path_and_is_counted(side: int, lost: Lost) -> None:
    ring = np.zeros((20, 20), np.uint8)
    ring[5 : 5 + side, 5 : 5 + side] = 1
    ring[6 : 4 + side, 6 : 4 + side] = 0

    through = paths(ring)

    assert (list(through.found), through.lost) == ([], lost)


def test_a_ring_with_one_tail_is_no_path_and_is_counted() -> None:
    ring = np.zeros((20, 30), np.uint8)
    ring[5, 5:12] = ring[11, 5:12] = ring[5:12, 5] = ring[5:12, 12] = 1
    ring[8, 13:25] = 1

    through = paths(ring)

    assert (list(through.found), through.lost) == ([], Lost(rings=1))


def test_a_fork_joins_its_nearest_end_to_both_others() -> None:
    """Kraken floods forks from all ends: the shortest arm reaches the fork first, and meets both others beyond it."""
    fork = np.zeros((30, 60), np.uint8)
    fork[15, 2:50] = 1
    fork[6:15, 20] = 1
    fork[16:22, 30] = 1

    found = [{tuple(path[0].tolist()), tuple(path[-1].tolist())} for path in paths(fork).found]

    assert {(30, 21), (49, 15)} in found
    assert {(20, 6), (2, 15)} in found
    assert {(20, 6), (30, 21)} in found
    assert len(found) == 3


def test_paths_of_forks_run_from_neighbour_to_neighbour() -> None:
    fork = np.zeros((20, 40), np.uint8)
    fork[10, 2:38] = 1
    fork[3:10, 20] = 1

    for path in paths(fork).found:
        assert (np.abs(np.diff(path, axis=0)).max(axis=1) == 1).all()


def comb(lines: int) -> NDArray[np.uint8]:
    """Draw a thread of many ends above so many lines."""
    picture = np.zeros((20 + 3 * lines, 100), np.uint8)
    picture[1, 1:99] = 1
    picture[2:5, 1 : 4 * (MOST_ENDS_OF_ONE + 2) : 4] = 1
    picture[10 : 10 + 3 * lines : 3, 5:20] = 1
    return picture


def test_on_a_page_full_of_ends_every_line_stays_and_threads_that_are_all_ends_are_dropped_and_counted() -> None:
    through = paths(comb(3 * MOST_ENDS))

    assert len(through.found) == 3 * MOST_ENDS
    assert not any((path[:, 1] < 8).any() for path in through.found)
    assert through.lost == Lost(tangles=1)


def test_where_there_is_room_a_thread_of_many_ends_has_its_paths() -> None:
    through = paths(comb(3))

    assert any((path[:, 1] < 8).any() for path in through.found)
    assert through.lost == Lost()


def test_a_baseline_is_drawn_out_to_its_blobs_end() -> None:
    blob = np.zeros((30, 100), np.uint8)
    blob[10:20, 5:95] = 1

    (line,) = stretched([np.array([(12, 15), (85, 15)], np.int32)], blob)

    assert line.tolist() == [[5, 15], [94, 15]]


def test_a_baseline_outside_of_every_blob_stays_as_it_is() -> None:
    blob = np.zeros((30, 100), np.uint8)
    blob[2:8, 5:95] = 1
    line = np.array([(12, 25), (85, 25)], np.int32)

    assert stretched([line], blob)[0].tolist() == line.tolist()


def test_an_end_with_several_ways_out_stays() -> None:
    blob = np.zeros((30, 100), np.uint8)
    blob[10:20, 5:95] = 1
    blob[10:16, 80:88] = 0
    line = np.array([(12, 15), (40, 15), (78, 15)], np.int32)

    (drawn,) = stretched([line], blob)

    assert drawn[0].tolist() == [5, 15]
    assert drawn[-1].tolist() == [78, 15]


@pytest.mark.parametrize("points", [[(10, 60), (300, 60)], [(300, 60), (10, 60)]])
@pytest.mark.parametrize(("starts", "first"), [(slice(0, 5), 10), (slice(72, 77), 300)])
def test_a_line_runs_from_its_start_however_it_was_traced(
    points: list[tuple[int, int]], starts: slice, first: int
) -> None:
    start, end = np.zeros((2, 30, 80), np.float32)
    start[13:18, starts] = 0.9
    end[13:18, :5] = end[13:18, 72:77] = 0.9
    end[13:18, starts] = 0.0

    (line,) = oriented([np.array(points, np.int32)], (start, end), (120, 320), None)

    assert line[0].tolist() == [first, 60]
