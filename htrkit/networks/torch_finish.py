"""What of a network's logits comes back from a device: the best label of every frame, or what it makes of them all."""

from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from htrkit.networks.cpu import Floats, Frames

Said_co = TypeVar("Said_co", covariant=True)


class Finish(Protocol[Said_co]):
    """The last step, of which a part is the device's. Logits have the shape (lines, classes, 1, frames)."""

    def on_device(self, logits: torch.Tensor) -> torch.Tensor:
        """Give what is fetched, in one piece; reckoned in single precision whatever the logits are in."""

    def of_line(self, numbers: NDArray[Any], row: int, frames: int | None) -> Said_co:
        """Give one line of what was fetched: its first frames, or all."""


class BestLabels:
    """The best label of every frame (int32), and its probability (float32), shape (frames,) each."""

    def on_device(self, logits: torch.Tensor) -> torch.Tensor:
        """Give labels and the bits of their probabilities: int32 of shape (2, lines, frames)."""
        whole = logits.squeeze(2).float()
        highest, labels = whole.max(1)
        confidences = torch.exp(highest - whole.logsumexp(1))
        return torch.stack([labels.int(), confidences.contiguous().view(torch.int32)])

    def of_line(self, numbers: NDArray[Any], row: int, frames: int | None) -> Frames:
        """As `Finish`."""
        labels, confidences = numbers[:, row, :frames]
        return labels.copy(), confidences.view(np.float32).copy()


class LogProbabilities:
    """The logarithm of every label's probability, float32 of shape (frames, classes)."""

    def on_device(self, logits: torch.Tensor) -> torch.Tensor:
        """Give them as float32 of shape (lines, frames, classes)."""
        return logits.squeeze(2).float().log_softmax(1).transpose(1, 2).contiguous()

    def of_line(self, numbers: NDArray[Any], row: int, frames: int | None) -> tuple[Floats]:
        """As `Finish`."""
        return (numbers[row, :frames].copy(),)
