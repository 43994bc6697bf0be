"""Loops are found, whatever is repeated and however it drifts; right text is left alone."""

import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from htrkit.core import alarms_repetition
from htrkit.core.alarms_repetition import Loop, loop_in, loop_over_lines
from tests.fakes.loops import IN_A_LINE, OVER_LINES, LoopKind, Seeded, loop
from tests.fakes.right_lines import LONG_LINES, RIGHT_LINES
from tests.fakes.truth_lines import pages_of

SEEDS = range(60)
SEEDS_OVER_LINES = range(12)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", IN_A_LINE)
def test_a_loop_in_a_line_is_found(kind: LoopKind, seed: int) -> None:
    (line,) = loop(kind, seed, LONG_LINES).lines
    assert loop_in(line) is not None, line


@pytest.mark.parametrize("seed", SEEDS_OVER_LINES)
@pytest.mark.parametrize("kind", OVER_LINES)
def test_a_loop_over_lines_is_found_about_where_it_is(kind: LoopKind, seed: int) -> None:
    seeded = loop(kind, seed, LONG_LINES)
    found = loop_over_lines(seeded.lines)

    assert found is not None
    assert len({*found.lines} & {*seeded.looped}) >= 0.6 * len(found.lines)


@pytest.mark.parametrize("line", RIGHT_LINES)
def test_right_text_is_left_alone(line: str) -> None:
    assert loop_in(line) is None


@pytest.mark.parametrize("reordering", range(20))
def test_pages_of_right_text_are_left_alone(reordering: int) -> None:
    lines = [*RIGHT_LINES[reordering:], *RIGHT_LINES[:reordering]]
    assert loop_over_lines(lines[: 10 + reordering]) is None


@pytest.mark.parametrize(
    ("text", "unit", "times"),
    [
        ("Item aaaaaaaa", "a", 8),
        ("et la la la la la la la", "la", 7),
        ("Ave maria gratia plena gratia plena gratia plena gratia plena gratia plena gratia plena", "gratia plena", 6),
        ("0000000000000", "0", 13),
        ("⁊ ⁊ ⁊ ⁊ ⁊ ⁊ ⁊ ⁊", "⁊", 7),
        ("\uf1ac\uf1ac\uf1ac\uf1ac\uf1ac\uf1ac\uf1ac", "\uf1ac", 7),
        ("נא נא נא נא נא נא נא", "נא", 6),
    ],
)
def test_it_is_said_what_is_repeated_and_how_often(text: str, unit: str, times: int) -> None:
    found = loop_in(text)

    assert found is not None
    assert sorted(found.unit.replace(" ", "")) == sorted(unit.replace(" ", ""))
    assert found.times == times


@pytest.mark.parametrize(
    ("unit", "fewest"),
    [("a", 6), ("ab", 5), ("ora pro nobis ", 5), ("7", 10), (".", 40), (". ", 20), ("_", 40)],
)
def test_fewer_repeats_are_no_loop(unit: str, fewest: int) -> None:
    assert isinstance(loop_in("Seht: " + unit * (fewest + 1)), Loop)
    assert loop_in("Seht: " + (unit * (fewest - 1)).strip()) is None


def test_letters_that_are_alike_but_for_their_case_are_the_same() -> None:
    assert loop_in("Et et Et et Et et Et et Et et") is not None


@pytest.mark.parametrize("text", ["ßßßßßßßß", "ŉ ŉ ŉ ŉ ŉ ŉ ŉ ŉ", "İİİİİİİİ"])
def test_letters_that_become_two_in_another_case_do_not_shift_places(text: str) -> None:
    found = loop_in(text)
    assert found is not None
    assert set(found.unit) <= set(text)


def test_spaces_are_no_loop() -> None:
    assert loop_in("a" + " " * 500 + "b") is None


def test_the_lines_of_a_litany_are_one_loop_and_their_neighbours_are_not_in_it() -> None:
    lines = ["In nomine patris amen", *["Sancta Maria ora pro nobis"] * 8, "Oremus deus qui nobis"]
    found = loop_over_lines(lines)

    assert found is not None
    assert found.lines == range(1, 9)
    assert found.loop.times == 8


def test_a_column_may_say_the_same_some_times() -> None:
    assert loop_over_lines(["Idem"] * 9) is None
    assert loop_over_lines(["Idem"] * 30) is not None


def test_a_loop_within_one_line_is_none_over_lines() -> None:
    assert loop_over_lines(["Ave", "gratia plena " * 12, "Amen"]) is None


@pytest.mark.parametrize("lines", [[], [""], ["", ""], ["a"]])
def test_a_page_without_text_has_no_loop(lines: Sequence[str]) -> None:
    assert loop_over_lines(lines) is None


@pytest.mark.parametrize("kind", LoopKind)
def test_the_same_seed_makes_the_same_loop_and_another_one_another(kind: LoopKind) -> None:
    made: list[Seeded] = [loop(kind, seed, LONG_LINES) for seed in range(8)]

    assert made == [loop(kind, seed, LONG_LINES) for seed in range(8)]
    assert any(one != other for one, other in pairwise(made))


def test_hardly_a_line_of_real_pages_is_taken_for_a_loop(shared: Path) -> None:
    pages = pages_of(shared / "data")
    flagged = sum(loop_in(line) is not None for page in pages for line in page)
    flagged += sum(len(found.lines) for page in pages if (found := loop_over_lines(page)) is not None)

    assert len(pages) > 100
    assert flagged <= 0.005 * sum(map(len, pages))


def test_no_loop_is_passed_over_for_want_of_three_signs_that_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(5)
    signs = "abcdefghij klmnop.,123"

    def drifting(unit: str) -> str:
        made = list(unit)
        if chance.random() < 0.5 and len(made) > 1:
            made.pop(chance.randrange(len(made)))
        if chance.random() < 0.4:
            made.insert(chance.randrange(len(made) + 1), chance.choice(signs))
        return "".join(made)

    def some(most: int, least: int = 0) -> str:
        return "".join(chance.choice(signs) for _ in range(chance.randrange(least, most)))

    units = [some(9, 1) for _ in range(1500)]
    texts = [some(12) + "".join(drifting(unit) for _ in range(chance.randrange(4, 9))) + some(12) for unit in units]
    found = [loop_in(text) for text in texts]
    monkeypatch.setattr(alarms_repetition, "_has_repeats", lambda _: True)
    assert found == [loop_in(text) for text in texts]
    assert 50 < sum(loop is not None for loop in found) < 1000
