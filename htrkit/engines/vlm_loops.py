"""Stops a model that has begun to write the same again and again, while the others of its batch go on."""

from collections.abc import Sequence

import torch
from transformers import StoppingCriteria

MOST_PERIOD = 64
"""Tokens of the longest unit that is looked for: a line of Churro's XML with its marks."""
FEWEST_UNITS = 8
FEWEST_TOKENS = 64
"""A loop of short units must be so long: rows of dots, `idem` in a column."""


class LoopGuard(StoppingCriteria):
    """Hand it to `generate` in `stopping_criteria`; afterwards `looped` says which items were stopped.

    For every item and every period it counts how long each token has been the one a period before: 64 comparisons a
    token, whatever the length.
    """

    def __init__(self, ends: Sequence[int]) -> None:
        """`ends` are the tokens with which a text ends: what pads a finished text is no loop."""
        self._ends = tuple(ends)
        self._runs: torch.Tensor | None = None
        self._over: torch.Tensor | None = None
        self._written = 0
        self.looped: torch.Tensor = torch.zeros(0, dtype=torch.bool)
        """Shape (items,)."""

    def __call__(self, input_ids: torch.Tensor, scores: object) -> torch.Tensor:  # noqa: ARG002 - transformers' call
        """Tell which items are to be stopped, shape (items,); called after each token."""
        if self._runs is None or self._over is None:
            items, device = len(input_ids), input_ids.device
            self._runs = torch.zeros((items, MOST_PERIOD), dtype=torch.long, device=device)
            self._over = torch.zeros(items, dtype=torch.bool, device=device)
            self.looped = self._over.clone()
            self._limits = torch.tensor(_limits(), device=device)
        self._written += 1
        last = input_ids[:, -1:]
        before = self._before(input_ids)
        self._runs = torch.where(before == last, self._runs + 1, 0)
        self.looped |= (self._runs >= self._limits).any(1) & ~self._over
        for end in self._ends:
            self._over |= last[:, 0] == end
        self._over |= self.looped
        return self.looped.clone()

    def _before(self, input_ids: torch.Tensor) -> torch.Tensor:
        """Give the tokens that stand 1, 2, 3 … before the last, -1 where the prompt begins; shape (items, periods)."""
        known = input_ids[:, -1 - min(self._written - 1, MOST_PERIOD) : -1].flip(1)
        lacking = MOST_PERIOD - known.shape[1]
        return torch.nn.functional.pad(known, (0, lacking), value=-1)


def _limits() -> list[int]:
    """Give how long each period must have been kept up: the first unit is no repeat of anything."""
    return [max((FEWEST_UNITS - 1) * period, FEWEST_TOKENS - period) for period in range(1, MOST_PERIOD + 1)]
