"""Probabilities of tokens without keeping the scores of a vocabulary for each."""

import numpy as np
import pytest
import torch

from htrkit.engines.text_confidence import mean_confidence
from htrkit.engines.token_confidence import TokenConfidence, probabilities_of

PROMPT = torch.tensor([[9, 9], [9, 9]])


def scores(*rows: list[float]) -> torch.Tensor:
    return torch.tensor([[np.log(value) for value in row] for row in rows])


def written(confidence: TokenConfidence, steps: list[torch.Tensor], taken: list[list[int]]) -> torch.Tensor:
    """Do what `generate` does: ask at each step, take a token a row, and give all tokens."""
    ids = PROMPT
    for step, tokens in zip(steps, taken, strict=True):
        assert confidence(ids, step) is step
        ids = torch.cat([ids, torch.tensor(tokens).unsqueeze(1)], 1)
    return ids


def test_each_token_has_the_probability_that_it_was_taken_with() -> None:
    confidence = TokenConfidence()
    steps = [scores([0.7, 0.2, 0.1], [0.1, 0.1, 0.8]), scores([0.5, 0.25, 0.25], [0.9, 0.05, 0.05])]
    sequences = written(confidence, steps, [[0, 2], [2, 0]])
    assert np.allclose(confidence.of(sequences), [[0.7, 0.25], [0.8, 0.9]], atol=1e-6)


def test_scores_need_not_add_up_to_one() -> None:
    assert probabilities_of(scores([70.0, 20.0, 10.0]), torch.tensor([1])).tolist() == pytest.approx([0.2])


def test_scores_that_were_banned_are_no_trouble() -> None:
    banned = torch.tensor([[0.0, -torch.inf]])
    assert probabilities_of(banned, torch.tensor([0])).tolist() == [1.0]
    assert probabilities_of(banned, torch.tensor([1])).tolist() == [0.0]


def test_half_precision_scores_are_reckoned_in_single_precision() -> None:
    assert probabilities_of(torch.zeros(1, 50_000, dtype=torch.float16), torch.tensor([3])).dtype is torch.float32


def test_no_more_than_one_steps_scores_are_kept() -> None:
    confidence = TokenConfidence()
    steps = [torch.randn(2, 1000) for _ in range(30)]
    written(confidence, steps, [[1, 2]] * 30)
    kept = [value for value in vars(confidence).values() if isinstance(value, torch.Tensor)]
    assert [value.numel() for value in kept] == [2000]
    assert all(value.numel() == 2 for value in confidence._taken)


def test_where_nothing_was_written_there_are_no_probabilities() -> None:
    assert TokenConfidence().of(PROMPT[:, :0]).shape == (2, 0)


@pytest.mark.parametrize(("values", "expected"), [([], None), ([0.5], 0.5), (np.array([0.5, 1.0], np.float32), 0.75)])
def test_a_texts_confidence_is_the_mean(values: object, expected: float | None) -> None:
    assert mean_confidence(values) == expected
