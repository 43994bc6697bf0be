"""Lines are the same where their baselines run together."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from htrkit.core.line_matching import matched
from htrkit.domain.geometry import Points
from htrkit.domain.page import Line
from tests.fakes.pages import box, line


def rows(*tops: int, left: int = 100, right: int = 900) -> list[Line]:
    return [line(f"l{top}", at=box(left, top, right, top + 50)) for top in tops]


def names(truth: list[Line], read: list[Line]) -> list[tuple[str | None, list[str]]]:
    found = matched(truth, read)
    return [("+".join(one.id for one in match.truth) or None, [one.id for one in match.read]) for match in found]


def test_another_order_is_no_error() -> None:
    truth = rows(100, 200, 300)

    assert names(truth, truth[::-1]) == [("l100", ["l100"]), ("l200", ["l200"]), ("l300", ["l300"])]


def test_a_baseline_a_little_off_is_the_same_and_half_a_line_off_is_not() -> None:
    assert names(rows(100), rows(115)) == [("l100", ["l115"])]
    assert names(rows(100), rows(130)) == [("l100", []), (None, ["l130"])]


def test_a_line_found_in_two_parts_is_read_in_order() -> None:
    parts = [line("right", at=box(500, 100, 900, 150)), line("left", at=box(100, 103, 490, 150))]

    assert names(rows(100), parts) == [("l100", ["left", "right"])]


def test_parts_of_a_line_from_the_right_are_read_from_there() -> None:
    parts = [
        replace(line(name, at=box(left, 100, right, 150)), direction="rtl")
        for name, left, right in (("second", 100, 490), ("first", 500, 900))
    ]

    assert names(rows(100), parts) == [("l100", ["first", "second"])]


def test_columns_side_by_side_are_told_apart() -> None:
    left, right = rows(100, left=100, right=480), rows(100, left=520, right=900)
    right = [replace(right[0], id="r")]

    assert names([*left, *right], [*right, *left]) == [("l100", ["l100"]), ("r", ["r"])]


def test_two_lines_found_as_one_are_held_against_it_together() -> None:
    truth = [line("right", at=box(520, 100, 900, 150)), line("left", at=box(100, 103, 480, 150))]

    assert names(truth, rows(100)) == [("left+right", ["l100"])]


def test_two_columns_run_together_line_by_line_stay_lines() -> None:
    left = [line(f"a{top}", at=box(100, top, 480, top + 50)) for top in (100, 200)]
    right = [line(f"b{top}", at=box(520, top, 900, top + 50)) for top in (100, 200)]

    assert names([*left, *right], rows(100, 200)) == [("a100+b100", ["l100"]), ("a200+b200", ["l200"])]


def test_a_line_that_runs_on_into_the_margin_takes_no_gloss_with_it() -> None:
    gloss = line("gloss", at=box(910, 100, 1000, 150))

    assert names([*rows(100), gloss], rows(100, right=950)) == [("l100", ["l100"]), ("gloss", [])]


def test_a_baseline_that_is_a_point_runs_along_nothing() -> None:
    point = replace(rows(100)[0], id="p", baseline=((300, 140),))

    assert names(rows(100), [point]) == [("l100", []), (None, ["p"])]
    assert names([point], rows(100)) == [("p", []), (None, ["l100"])]


def test_upright_lines_are_matched_along_their_way() -> None:
    def upright(name: str, x: int) -> Line:
        down: Points = ((x, 100), (x, 700))
        return replace(line(name, at=box(x - 20, 100, x + 20, 700)), baseline=down)

    assert names([upright("a", 300), upright("b", 400)], [upright("c", 405), upright("d", 298)]) == [
        ("a", ["d"]),
        ("b", ["c"]),
    ]


def test_pages_without_lines_have_no_matches() -> None:
    assert names([], []) == []
    assert names([], rows(100)) == [(None, ["l100"])]
    assert names(rows(100), []) == [("l100", [])]


@given(st.lists(st.integers(0, 700), unique=True, max_size=8), st.lists(st.integers(0, 700), unique=True, max_size=8))
def test_every_line_of_both_sides_is_in_one_match(truth: list[int], read: list[int]) -> None:
    found = matched(rows(*truth), rows(*read))

    assert sorted(one.id for match in found for one in match.truth) == sorted(f"l{top}" for top in truth)
    assert sorted(one.id for match in found for one in match.read) == sorted(f"l{top}" for top in read)
