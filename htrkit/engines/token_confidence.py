"""How sure a model that writes token by token is of each token, at the cost of one step's scores."""

from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import LogitsProcessor


class TokenConfidence(LogitsProcessor):
    """Hand it to `generate` in `logits_processor`; afterwards ask for the probabilities of what was written.

    `output_scores=True` would keep the whole vocabulary's scores for every token: a gigabyte for a page. This keeps one
    step's, until the next step tells which token was taken. It is called last, so that it sees the scores after
    penalties and bans, as they are chosen from. For greedy search and sampling; beams change places between steps.
    """

    def __init__(self) -> None:
        self._before: torch.Tensor | None = None
        self._taken: list[torch.Tensor] = []
        self._prompt = 0

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Remember a step's scores, shape (items, vocabulary), and what was taken in the step before."""
        if self._before is None:
            self._prompt = input_ids.shape[1]
        else:
            self._take(input_ids[:, -1])
        self._before = scores
        return scores

    def of(self, sequences: torch.Tensor) -> "NDArray[np.float32]":
        """Give the probability of every token after the prompt, shape (items, tokens); what pads counts as any other.

        `sequences` is what `generate` gave, shape (items, prompt and tokens).
        """
        written = sequences.shape[1] - self._prompt
        if self._before is not None and len(self._taken) < written:
            self._take(sequences[:, self._prompt + len(self._taken)])
        self._before = None
        if not self._taken:
            return np.zeros((len(sequences), 0), dtype=np.float32)
        return cast("NDArray[np.float32]", torch.stack(self._taken, 1).cpu().numpy())

    def _take(self, tokens: torch.Tensor) -> None:
        self._taken.append(probabilities_of(cast(torch.Tensor, self._before), tokens))


def probabilities_of(scores: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    """Give each row's probability of its token, float32; scores have shape (rows, vocabulary), tokens (rows,)."""
    scores = scores.float()
    taken = scores.gather(1, tokens.to(scores.device).unsqueeze(1)).squeeze(1)
    return (taken - scores.logsumexp(1)).exp().clamp(max=1)
