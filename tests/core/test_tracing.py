"""Outlines follow baselines, and baselines their outlines."""

import pytest

from htrkit.core.tracing import baseline_across, has_area, height_across, length, meet, outline_around
from htrkit.domain.geometry import Points, Size, bounding_box

SIZE = Size(1000, 800)
BOX: Points = ((100, 100), (900, 100), (900, 140), (100, 140))
SLANTED: Points = ((100, 100), (900, 300), (900, 340), (100, 140))


def test_a_baseline_lies_in_the_lower_part_of_its_outline() -> None:
    assert baseline_across(BOX, downwards=False) == ((100, 130), (900, 130))


def test_a_baseline_is_as_slanted_as_its_outline() -> None:
    assert baseline_across(SLANTED, downwards=False) == ((100, 130), (900, 330))


def test_ascenders_do_not_bend_it() -> None:
    spiky = ((100, 100), (300, 100), (310, 60), (320, 100), (900, 100), (900, 140), (100, 140))
    (_, left), (_, right) = baseline_across(spiky, downwards=False)

    assert abs(left - 130) < 5
    assert abs(right - 130) < 5


def test_downwards_it_runs_from_the_top_with_the_letters_heads_to_the_right() -> None:
    column: Points = ((100, 100), (140, 100), (140, 700), (100, 700))

    assert baseline_across(column, downwards=True) == ((110, 100), (110, 700))


def test_an_outline_reaches_above_and_below_its_baseline() -> None:
    assert outline_around(((100, 140), (900, 140)), 40, SIZE) == ((100, 110), (900, 110), (900, 150), (100, 150))


def test_an_outline_lies_across_a_slanted_baseline() -> None:
    box = bounding_box(outline_around(((100, 100), (500, 500)), 40, SIZE))

    assert (box.left, box.top, box.right, box.bottom) == (93, 79, 521, 507)


def test_an_outline_around_an_upright_baseline_stands_beside_it() -> None:
    outline = outline_around(((500, 100), (500, 700)), 40, SIZE)

    assert {x for x, _ in outline} == {490, 530}


def test_an_outline_stays_on_the_page() -> None:
    assert outline_around(((0, 5), (999, 5)), 40, SIZE) == ((0, 0), (999, 0), (999, 15), (0, 15))


@pytest.mark.parametrize(
    ("outline", "answer"),
    [
        (BOX, True),
        ((*BOX, BOX[0]), True),
        (((0, 0), (5, 5), (9, 9)), False),
        (((5, 5), (5, 5), (5, 5)), False),
        (((5, 5), (9, 9)), False),
        (((0, 0), (10, 0), (0, 10), (10, 10)), True),
        ((), False),
    ],
)
def test_an_outline_encloses_something_unless_it_is_straight(outline: Points, answer: object) -> None:
    assert has_area(outline) is answer


@pytest.mark.parametrize(
    ("baseline", "answer"),
    [
        (((200, 120), (300, 120)), True),
        (((0, 120), (999, 120)), True),
        (((0, 100), (999, 100)), True),
        (((500, 0), (500, 700)), True),
        (((100, 149), (900, 149)), True),
        (((100, 155), (900, 155)), False),
        (((915, 120), (990, 120)), False),
    ],
)
def test_a_baseline_meets_an_outline_that_it_enters_or_nearly_touches(baseline: Points, answer: object) -> None:
    assert meet(BOX, baseline) is answer


def test_a_baseline_in_the_hollow_of_an_outline_does_not_meet_it() -> None:
    hollow: Points = ((100, 100), (900, 100), (900, 110), (150, 110), (150, 700), (100, 700))

    assert not meet(hollow, ((500, 600), (800, 600)))


def test_lengths_and_heights_are_in_pixels() -> None:
    assert length(((0, 0), (3, 4), (3, 10))) == 11
    assert length(((3, 4),)) == 0
    assert height_across(BOX) == 40
    assert height_across(SLANTED) == pytest.approx(40)
