"""Greedy CTC: from the best label of every frame to characters with their place and confidence."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLANK = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One label that stands over frames `first` to `last`; its confidence is the highest among them."""

    label: int
    first: int
    last: int
    confidence: float


def greedy_runs(labels: NDArray[np.int32], confidences: NDArray[np.float32]) -> tuple[Run, ...]:
    """Collapse repeated labels and drop blanks (Graves et al. 2006, best path decoding).

    Args:
        labels: shape (frames,), the best class of every frame, 0 for blank.
        confidences: shape (frames,), that class's softmax probability.
    """
    if not len(labels):
        return ()
    starts = np.append(0, np.flatnonzero(labels[1:] != labels[:-1]) + 1)
    highest = np.maximum.reduceat(confidences, starts)
    lasts = np.append(starts[1:], len(labels)) - 1
    kept = labels[starts] != BLANK
    found = (labels[starts], starts, lasts, highest)
    return tuple(map(Run, *(column[kept].tolist() for column in found)))
