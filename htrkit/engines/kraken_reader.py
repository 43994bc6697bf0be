"""A kraken recognition model in this process: what it wants of lines, and what computes it, if anything does here."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from htrkit.domain.stages import Ahead, LoadOrder
from htrkit.networks.chosen import opened_for
from htrkit.networks.cpu import CpuLines, Frames
from htrkit.networks.kept import RECOGNITION, About


class LineReader(Protocol):
    """Reads lines, together or alone; each as if it were alone."""

    about: About
    ahead: Ahead | None
    """How batches are laid out ahead of the device; None where they are not."""

    def frames(self, lines: Sequence[NDArray[np.float32]]) -> Sequence[Frames]:
        """Read lines of shape (channels, height, width) and any width, 0 for paper."""


class OnOpenVino:
    """The network as a graph on the CPU."""

    ahead: Ahead | None = None

    def __init__(self, about: About, lines: CpuLines) -> None:
        self.about = about
        self.frames = lines.frames


class ReadElsewhere:
    """Nothing computes here: a device server does."""

    ahead: Ahead | None = None

    def __init__(self, about: About) -> None:
        self.about = about

    def frames(self, lines: Sequence[NDArray[np.float32]]) -> Sequence[Frames]:
        """Raise RuntimeError: nobody asks for this where a device server computes."""
        raise RuntimeError(f"{len(lines)} lines were to be read where no network was loaded")


def line_reader(order: LoadOrder) -> LineReader:
    """Load what the order asks for; raises PreflightRefused.

    Torch and kraken are imported where torch computes, and nowhere else.
    """
    opened = opened_for(order, RECOGNITION, CpuLines)
    if opened is None:
        return _on_torch(order)
    if opened.network is None:
        return ReadElsewhere(opened.about)
    return OnOpenVino(opened.about, opened.network)


def _on_torch(order: LoadOrder) -> LineReader:
    from htrkit.engines.kraken_torch import TorchLines  # noqa: PLC0415 - seconds, and a gigabyte

    return TorchLines(order)
