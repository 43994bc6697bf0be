"""Loops are stopped where they are loops, item by item, and nothing else is."""

from itertools import cycle, islice

import numpy as np
import pytest
import torch

from htrkit.engines.vlm_loops import FEWEST_TOKENS, FEWEST_UNITS, MOST_PERIOD, LoopGuard

END = 0
PROMPT = [7, 7, 7, 7]


def stopped_after(*texts: list[int]) -> list[int | None]:
    """Write the texts token by token, as one batch, and tell after how many tokens each was stopped."""
    guard = LoopGuard([END])
    longest = max(map(len, texts))
    padded = torch.tensor([[*PROMPT, *text, *[END] * (longest - len(text))] for text in texts])
    found: list[int | None] = [None] * len(texts)
    for length in range(1, longest + 1):
        for row, stop in enumerate(guard(padded[:, : len(PROMPT) + length], None).tolist()):
            if stop and found[row] is None:
                found[row] = length
    assert guard.looped.tolist() == [place is not None for place in found]
    return found


def repeated(unit: list[int], length: int) -> list[int]:
    return list(islice(cycle(unit), length))


@pytest.mark.parametrize("period", [1, 2, 7, 8, 9, 30, MOST_PERIOD])
def test_a_unit_is_a_loop_when_it_was_written_often_enough(period: int) -> None:
    unit, before = list(range(10, 10 + period)), [1, 2, 3, 4, 5]
    least = max(FEWEST_UNITS * period, FEWEST_TOKENS)
    assert stopped_after([*before, *repeated(unit, least + 50)]) == [len(before) + least]
    assert stopped_after([*before, *repeated(unit, least - 1), 3]) == [None]


def test_a_unit_that_is_longer_than_any_looked_for_goes_on() -> None:
    assert stopped_after(repeated(list(range(10, 11 + MOST_PERIOD)), 900)) == [None]


def test_the_others_of_a_batch_go_on() -> None:
    plain = [int(token) for token in np.random.default_rng(1).integers(10, 200, 300)]
    assert stopped_after(plain, repeated([5, 6], 300), plain[::-1]) == [None, FEWEST_TOKENS, None]


def test_what_pads_a_finished_text_is_no_loop() -> None:
    assert stopped_after([10, 11, END], [int(token) for token in range(10, 310)]) == [None, None]


def test_the_prompt_is_no_part_of_a_loop() -> None:
    assert stopped_after(repeated([7], FEWEST_TOKENS - 1)) == [None]


def test_a_repeat_with_one_other_token_in_it_begins_anew() -> None:
    assert stopped_after([*repeated([5, 6], 60), 9, *repeated([5, 6], 60)]) == [None]
