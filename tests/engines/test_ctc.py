"""Greedy CTC decoding, against cases worked out by hand and against kraken's decoder."""

import numpy as np
import pytest

from htrkit.engines.ctc import Run, greedy_runs


def runs(labels: list[int], confidences: list[float] | None = None) -> tuple[Run, ...]:
    values = confidences or [0.5] * len(labels)
    return greedy_runs(np.array(labels, dtype=np.int32), np.array(values, dtype=np.float32))


def test_repeated_labels_are_one_character_and_a_blank_between_makes_two() -> None:
    assert [run.label for run in runs([0, 7, 7, 0, 7, 3, 0])] == [7, 7, 3]


def test_a_run_keeps_its_frames_and_its_highest_confidence() -> None:
    (run,) = runs([0, 4, 4, 4, 0], [0.9, 0.5, 0.75, 0.25, 0.9])
    assert (run.first, run.last, run.confidence) == (1, 3, 0.75)


def test_blanks_alone_and_no_frames_give_nothing() -> None:
    assert runs([0, 0, 0]) == ()
    assert runs([]) == ()


@pytest.mark.slow
def test_it_decodes_as_kraken_does() -> None:
    decoder = pytest.importorskip("kraken.lib.ctc_decoder")
    probabilities = np.random.default_rng(7).random((11, 400), dtype=np.float32) ** 4
    mine = greedy_runs(probabilities.argmax(0).astype(np.int32), probabilities.max(0))
    (theirs,) = decoder.greedy_decoder(probabilities)
    assert [(run.label, run.first, run.last, run.confidence) for run in mine] == theirs
