"""Greedy CTC: from the best label of every frame to characters with their place and confidence."""

from dataclasses import dataclass
from itertools import groupby

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
    frames = zip(range(len(labels)), labels.tolist(), confidences.tolist(), strict=True)
    runs = []
    for label, group in groupby(frames, key=lambda frame: frame[1]):
        stretch = list(group)
        if label != BLANK:
            runs.append(Run(label, stretch[0][0], stretch[-1][0], max(frame[2] for frame in stretch)))
    return tuple(runs)
