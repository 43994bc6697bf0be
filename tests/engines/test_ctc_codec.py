"""Labels become the code points that they stand for."""

import pytest

from htrkit.engines.ctc import Run
from htrkit.engines.ctc_codec import CtcCodec

CODEC = CtcCodec.of({"a": [1], "b": [2], "ch": [3], "x": [4, 1], "y": [4, 2, 2], "zz": [5, 5]})


def runs(*labels: int) -> list[Run]:
    """Give runs of two frames each, whose confidences fall."""
    return [Run(label, 10 * place, 10 * place + 1, 0.9 - place / 10) for place, label in enumerate(labels)]


def test_a_label_is_a_sign_with_its_place_and_confidence() -> None:
    assert CODEC.decode(runs(1, 2)) == [("a", 0, 1, 0.9), ("b", 10, 11, 0.8)]


def test_a_label_of_two_signs_gives_both_its_place() -> None:
    assert CODEC.decode(runs(3)) == [("c", 0, 1, 0.9), ("h", 0, 1, 0.9)]


def test_labels_that_make_one_sign_share_it_with_their_mean_confidence() -> None:
    (sign, first, last, confidence), after = CODEC.decode(runs(4, 1, 2))

    assert (sign, first, last, confidence) == ("x", 0, 11, pytest.approx(0.85))
    assert after == ("b", 20, 21, 0.7)
    assert [sign for sign, *_ in CODEC.decode(runs(4, 2, 2, 5, 5))] == ["y", "z", "z"]


def test_labels_that_mean_nothing_are_passed_over() -> None:
    assert [sign for sign, *_ in CODEC.decode(runs(9, 1, 4, 9, 2, 4))] == ["a", "b"]
    assert CODEC.decode([]) == []
