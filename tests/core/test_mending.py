"""Lines are made fit to be cut out, and good ones are not touched."""

import time
from itertools import pairwise
from math import dist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htrkit.core.mending import MOST_POINTS, SHORTEST, Mend, Mended, Shape, line_height_of, mended, on_page
from htrkit.core.tracing import has_area, meet
from htrkit.domain.geometry import Points, Size, bounding_box

SIZE = Size(1000, 800)
BOX: Points = ((100, 100), (900, 100), (900, 150), (100, 150))
BASE: Points = ((100, 140), (900, 140))
AWAY: Points = ((100, 500), (900, 500))
OFF: Points = ((100, -500), (900, -500), (900, -450))


def mend(boundary: Points = (), baseline: Points = (), box: Points = (), *, downwards: bool = False) -> Mended:
    return mended(Shape(boundary, baseline, box), SIZE, line_height=40, downwards=downwards)


def points_near(size: Size, *, most: int = 12) -> st.SearchStrategy[Points]:
    """Give points on and around a page, and some that are far away."""
    number = st.one_of(
        st.integers(-3, max(size.width, size.height) + 3), st.sampled_from([-(10**9), 10**9, 0, size.width - 1])
    )
    return st.lists(st.tuples(number, number), max_size=most).map(tuple)


@st.composite
def shapes(draw: st.DrawFn) -> tuple[Shape, Size, int, bool]:
    size = Size(draw(st.integers(1, 400)), draw(st.integers(1, 400)))
    near = points_near(size)
    shape = Shape(draw(near), draw(near), draw(st.one_of(st.just(()), near)))
    return shape, size, draw(st.integers(8, 60)), draw(st.booleans())


@st.composite
def good_lines(draw: st.DrawFn) -> tuple[Shape, Size]:
    """Give bands with a baseline in them, some of them closed as eScriptorium closes them."""
    size = Size(draw(st.integers(60, 400)), draw(st.integers(60, 400)))
    left, right = draw(st.integers(0, 20)), draw(st.integers(30, size.width - 1))
    top, height = draw(st.integers(0, size.height - 30)), draw(st.integers(5, 25))
    xs = sorted({left, right, *draw(st.lists(st.integers(left, right), max_size=5))})
    upper = tuple((x, top + draw(st.integers(0, 2))) for x in xs)
    lower = tuple((x, top + height + draw(st.integers(0, 2))) for x in reversed(xs))
    outline = upper + lower + (upper[:1] if draw(st.booleans()) else ())
    return Shape(outline, tuple((x, top + 4) for x in xs)), size


@given(good_lines())
def test_a_good_line_is_not_touched(line: tuple[Shape, Size]) -> None:
    shape, size = line

    assert mended(shape, size, line_height=40) == Mended(shape.boundary, shape.baseline)


@given(shapes())
def test_whatever_was_drawn_comes_out_on_the_page_with_points_enough(case: tuple[Shape, Size, int, bool]) -> None:
    shape, size, height, downwards = case
    done = mended(shape, size, line_height=height, downwards=downwards)

    assert all(0 <= x < size.width and 0 <= y < size.height for x, y in (*done.boundary, *done.baseline))
    assert len(done.boundary) >= 3
    assert len(done.baseline) >= 2


@given(shapes())
def test_where_the_page_has_room_the_line_can_be_cut_out(case: tuple[Shape, Size, int, bool]) -> None:
    shape, size, height, downwards = case
    done = mended(shape, Size(size.width + 9, size.height + 9), line_height=height, downwards=downwards)

    assert has_area(done.boundary)
    assert meet(done.boundary, done.baseline)
    assert not any(one == other for one, other in pairwise(done.baseline))


@given(shapes())
def test_mending_a_second_time_changes_nothing(case: tuple[Shape, Size, int, bool]) -> None:
    shape, small, height, downwards = case
    size = Size(small.width + 9, small.height + 9)
    once = mended(shape, size, line_height=height, downwards=downwards)
    twice = mended(Shape(once.boundary, once.baseline), size, line_height=height, downwards=downwards)

    assert (twice.boundary, twice.baseline) == (once.boundary, once.baseline)


@pytest.mark.parametrize(
    ("boundary", "baseline", "mends"),
    [
        (BOX, (), (Mend.BASELINE_MADE,)),
        (BOX, ((5, 5),), (Mend.BASELINE_MADE,)),
        (BOX, ((500, 140), (503, 140)), (Mend.BASELINE_MADE,)),
        ((), BASE, (Mend.OUTLINE_MADE,)),
        (((1, 1), (2, 2), (3, 3)), BASE, (Mend.OUTLINE_MADE,)),
        (BOX, AWAY, (Mend.OUTLINE_REPLACED,)),
        (BOX, ((100, 140), (10**9, 140)), (Mend.CLIPPED,)),
        (OFF, BASE, (Mend.CLIPPED, Mend.OUTLINE_MADE)),
        (BOX, OFF, (Mend.CLIPPED, Mend.BASELINE_MADE)),
        (OFF, OFF, (Mend.OFF_PAGE,)),
        (((5, 5), (6, 6)), ((5, 5),), (Mend.SHAPE_MADE,)),
    ],
)
def test_what_is_missing_is_made_of_what_is_there(boundary: Points, baseline: Points, mends: tuple[Mend, ...]) -> None:
    assert mend(boundary, baseline).mends == mends


def test_the_box_stands_in_for_the_outline() -> None:
    assert mend((), BASE, BOX) == Mended(BOX, BASE, (Mend.OUTLINE_FROM_BOX,))
    assert mend((), (), BOX).mends == (Mend.OUTLINE_FROM_BOX, Mend.BASELINE_MADE)


def test_a_box_elsewhere_than_the_baseline_is_not_taken() -> None:
    done = mend((), AWAY, BOX)

    assert done.mends == (Mend.OUTLINE_MADE,)
    assert bounding_box(done.boundary).top > 400


def test_a_trusted_baseline_stays_as_it_is() -> None:
    assert mend(BOX, AWAY).baseline == AWAY
    assert meet(mend(BOX, AWAY).boundary, AWAY)


def test_a_baseline_hard_below_its_outline_is_no_accident() -> None:
    below: Points = ((100, 155), (900, 155))

    assert mend(BOX, below) == Mended(BOX, below)


def test_a_point_on_the_far_edge_is_moved_without_a_word() -> None:
    edge: Points = ((100, 100), (1000, 100), (1000, 150), (100, 150))
    done = mend(edge, BASE)

    assert done.mends == ()
    assert done.boundary[1] == (999, 100)


def test_points_that_come_twice_after_clipping_are_one() -> None:
    assert mend(((100, -5), (100, -9), (900, -5), (900, 90)), ((100, 50), (900, 50))).boundary == (
        (100, 0),
        (900, 0),
        (900, 90),
    )


def test_a_baseline_of_one_point_becomes_a_line_where_it_is() -> None:
    done = mend((), ((500, 400), (501, 400)))

    assert done.mends == (Mend.SHAPE_MADE,)
    assert bounding_box(done.boundary).left <= 500 <= bounding_box(done.boundary).right
    assert sum(dist(*pair) for pair in pairwise(done.baseline)) >= SHORTEST


def test_an_outline_and_a_baseline_of_a_hundred_thousand_points_are_thinned_in_no_time() -> None:
    top = tuple((100 + step % 800, 100 + step % 2) for step in range(50_000))
    bottom = tuple((900 - step % 800, 150 + step % 2) for step in range(50_000))
    start = time.process_time()
    done = mend(top + bottom, tuple((100 + step % 800, 140 + step % 2) for step in range(100_000)))

    assert done.mends == (Mend.THINNED,)
    assert max(len(done.boundary), len(done.baseline)) <= MOST_POINTS
    assert time.process_time() - start < 5


def test_an_outline_at_the_limit_is_not_thinned() -> None:
    upper = tuple((place % 1000, 100 + place // 1000) for place in range(MOST_POINTS))

    assert mend(upper, ((0, 100), (900, 100))).boundary == upper


def test_the_line_height_is_that_of_the_middle_line_or_a_share_of_the_page() -> None:
    tall = ((0, 0), (10, 0), (10, 400), (0, 400))

    assert line_height_of([BOX, tall, BOX], SIZE) == 50
    assert line_height_of([(), ((1, 1),)], SIZE) == 16
    assert line_height_of([], Size(1, 1)) == 8


def test_what_lies_on_one_side_of_the_page_is_not_on_it() -> None:
    assert on_page(((1000, 5), (1200, 5)), SIZE) == ()
    assert on_page(((999, 5), (1200, 5)), SIZE) == ((999, 5),)
    assert on_page((), SIZE) == ()
