"""Lines are made fit to be cut out, and good ones are not touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htrkit.core.mending import MOST_POINTS, Mend, Shape, line_height_of, mended
from htrkit.domain.geometry import Points, Size

SIZE = Size(1000, 800)
BOX: Points = ((100, 100), (900, 100), (900, 150), (100, 150))
BASE: Points = ((100, 140), (900, 140))
POINTS = st.lists(st.tuples(st.integers(-2000, 3000), st.integers(-2000, 3000)), max_size=12).map(tuple)


def test_a_good_line_is_left_alone() -> None:
    done = mended(Shape(BOX, BASE), SIZE, line_height=50)

    assert (done.shape, done.mends) == (Shape(BOX, BASE), ())


@given(POINTS, POINTS, st.integers(1, 3000), st.integers(1, 3000), st.floats(0, 500))
def test_whatever_was_drawn_comes_out_on_the_page_with_points_enough(
    boundary: Points, baseline: Points, width: int, height: int, line_height: float
) -> None:
    size = Size(width, height)
    shape = mended(Shape(boundary, baseline), size, line_height=line_height).shape

    assert all(0 <= x < width and 0 <= y < height for x, y in shape.boundary)
    assert len(shape.baseline) >= 2
    assert len(shape.boundary) >= 3


@given(POINTS, POINTS)
def test_mending_a_second_time_changes_no_baseline(boundary: Points, baseline: Points) -> None:
    once = mended(Shape(boundary, baseline), SIZE, line_height=40).shape

    assert mended(once, SIZE, line_height=40).shape.baseline == once.baseline


@pytest.mark.parametrize(
    ("boundary", "baseline", "mends"),
    [
        (BOX, (), (Mend.BASELINE_MADE,)),
        (BOX, ((5, 5),), (Mend.BASELINE_MADE,)),
        ((), BASE, (Mend.OUTLINE_MADE,)),
        (((1, 1), (2, 2), (3, 3)), BASE, (Mend.OUTLINE_MADE,)),
        (BOX, ((100, 500), (900, 500)), (Mend.OUTLINE_REPLACED,)),
        (BOX, ((100, 140), (1e6, 140)), (Mend.CLIPPED,)),
        ((), (), (Mend.BASELINE_MADE, Mend.OUTLINE_MADE)),
    ],
)
def test_what_is_missing_is_made_of_what_is_there(boundary: Points, baseline: Points, mends: tuple[Mend, ...]) -> None:
    assert mended(Shape(boundary, baseline), SIZE, line_height=50).mends == mends


def test_a_made_baseline_lies_in_the_lower_part_of_the_outline() -> None:
    assert mended(Shape(BOX, ()), SIZE, line_height=50).shape.baseline == ((100, 138), (900, 138))


def test_a_made_outline_follows_its_baseline_above_and_below() -> None:
    shape = mended(Shape((), ((100, 140), (500, 180))), SIZE, line_height=40).shape

    assert shape.boundary == ((100, 110), (500, 150), (500, 194), (100, 154))


def test_an_outline_around_an_upright_baseline_stands_beside_it() -> None:
    shape = mended(Shape((), ((500, 100), (500, 700))), SIZE, line_height=40).shape

    assert {x for x, _ in shape.boundary} == {470, 514}


def test_a_baseline_that_is_replaced_by_none_but_trusted() -> None:
    away: Points = ((100, 500), (900, 500))

    assert mended(Shape(BOX, away), SIZE, line_height=50).shape.baseline == away


def test_a_baseline_hard_below_its_outline_is_no_accident() -> None:
    assert mended(Shape(BOX, ((100, 155), (900, 155))), SIZE, line_height=50).mends == ()


def test_an_outline_of_a_hundred_thousand_points_is_thinned() -> None:
    top = tuple((100 + step % 800, 100) for step in range(50_000))
    bottom = tuple((900 - step % 800, 150) for step in range(50_000))
    done = mended(Shape(top + bottom, BASE), SIZE, line_height=50)

    assert Mend.OUTLINE_THINNED in done.mends
    assert len(done.shape.boundary) <= MOST_POINTS


def test_a_point_on_the_far_edge_is_moved_without_a_word() -> None:
    edge: Points = ((100, 100), (1000, 100), (1000, 150), (100, 150))
    done = mended(Shape(edge, BASE), SIZE, line_height=50)

    assert done.mends == ()
    assert done.shape.boundary[1] == (999, 100)


def test_the_line_height_is_that_of_the_middle_line_or_a_share_of_the_page() -> None:
    tall = ((0, 0), (10, 0), (10, 400))

    assert line_height_of([BOX, tall, BOX], SIZE) == 50
    assert line_height_of([(), ((1, 1),)], SIZE) == 16
