"""Repeats one after the other are found by their period, also where they drift."""

import pytest

from htrkit.core.tandem import Stretch, apart, stretches


def best(signs: str, most: int = 20) -> Stretch:
    return max(stretches(signs, most_period=most), key=lambda one: one.score)


@pytest.mark.parametrize("unit", ["a", "la", "et ", "ora pro", "0123456789"])
@pytest.mark.parametrize("times", [3, 6, 11])
def test_an_exact_repeat_is_found_with_its_period_and_its_place(unit: str, times: int) -> None:
    found = best(f"XYZ{unit * times}QRS")

    assert (found.start, found.end, found.period) == (3, 3 + len(unit) * times, len(unit))
    assert (found.repeats, found.likeness) == (times, 1.0)


def test_a_partial_last_period_counts_as_a_part() -> None:
    assert best("abcabcabca").repeats == pytest.approx(10 / 3)


@pytest.mark.parametrize(
    "drifting",
    [
        "gratia plena gratia plena gratiXplena gratia plena gratia plena ",
        "gratia plena gratia plena gratia plXena gratia plena gratia plena ",
        "gratia plena gratia plena gratiaplena gratia plena gratia plena ",
        "gratia plena gratia plena gratia plina gratia plina gratia plina ",
    ],
)
def test_one_sign_more_less_or_other_does_not_end_a_stretch(drifting: str) -> None:
    found = best(drifting)

    assert found.repeats > 4.5
    assert 0.6 < found.likeness < 1


def test_a_gap_of_other_text_does() -> None:
    assert best("abcabcabcabcDEFGHIJKLMNOPQabcabc").end == 12


def test_periods_above_the_longest_one_are_not_looked_for() -> None:
    assert all(one.period <= 3 for one in stretches("abcdeabcdeabcdeabcde", most_period=3))


@pytest.mark.parametrize("signs", ["", "a", "abcdefgh"])
def test_what_does_not_repeat_has_no_stretch(signs: str) -> None:
    assert list(stretches(signs, most_period=5)) == []


def test_words_are_signs_too() -> None:
    found = max(
        stretches(["sed", "et", "in", "et", "in", "et", "in", "terra"], most_period=4), key=lambda one: one.score
    )

    assert (found.start, found.end, found.period) == (1, 7, 2)


def test_a_stretch_never_begins_before_the_text() -> None:
    assert all(one.start >= 0 for one in stretches("aabaabaab" * 3, most_period=9))


def test_multiples_and_shadows_of_a_stretch_are_not_apart_from_it() -> None:
    found = list(apart(stretches("ababababab" + "QRSTUVW" + "xyzxyzxyz", most_period=8)))

    assert [(one.start, one.end, one.period) for one in found] == [(0, 10, 2), (17, 26, 3)]
