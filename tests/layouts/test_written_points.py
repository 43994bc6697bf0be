"""Lists of points as programs wrote them: the plain ones, which are read by a shorter way, and all others."""

import pytest

from htrkit.layouts.written_points import FAR, WrittenPoints, written_points


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1,2 3,4", ((1, 2), (3, 4))),
        ("1 2 3 4", ((1, 2), (3, 4))),
        (" 1, 2  3 ,4 ", ((1, 2), (3, 4))),
        ("(1, 2) (3, 4)", ((1, 2), (3, 4))),
        ("1.5,-2 3,4", ((1.5, -2), (3, 4))),
        ("1,2\n3,4\t5,6", ((1, 2), (3, 4), (5, 6))),
        ("5-3", ((5, -3),)),
    ],
)
def test_both_ways_of_reading_give_every_point(text: str, numbers: tuple[tuple[float, float], ...]) -> None:
    assert written_points(text) == WrittenPoints(numbers)


@pytest.mark.parametrize("text", ["", " ", ",", ", ,"])
def test_no_number_is_no_point_and_nothing_broken(text: str) -> None:
    assert written_points(text) == WrittenPoints()


@pytest.mark.parametrize("text", ["1,2 3", "1,2,3", "1.0,2 3"])
def test_a_number_without_its_partner_is_broken(text: str) -> None:
    assert written_points(text) == WrittenPoints(((1, 2),), broken=True)


@pytest.mark.parametrize("text", ["nan,1 2,3", "1,nan 2,3", "inf,1 2,3", "1," + "9" * 400 + " 2,3"])
def test_pairs_that_hold_no_number_are_left_out(text: str) -> None:
    assert written_points(text) == WrittenPoints(((2, 3),), broken=True)


@pytest.mark.parametrize("text", ["99999999999,1", "1e10,1", "99999999999.0,1"])
def test_what_lies_beyond_every_page_lies_at_its_limit(text: str) -> None:
    assert written_points(text) == WrittenPoints(((FAR, 1),))
