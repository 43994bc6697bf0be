"""What computes a PyLaia network: OpenVINO on the CPU where chosen and able, else torch, or nobody here."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from htrkit.domain.computing import CpuBackend
from htrkit.domain.engine import Precision
from htrkit.domain.stages import Ahead, LoadOrder, Raw
from htrkit.engines.pylaia_converting import TASK, kept_symbols
from htrkit.networks.chosen import graph_opened
from htrkit.networks.cpu import CpuLines

Floats = NDArray[np.float32]


class Wanted(StrEnum):
    """What a raw holds of every frame."""

    BEST = "best"
    """The best symbol (int32) and its probability (float32), shape (frames,) each."""
    ALL = "all"
    """The logarithm of every symbol's probability, float32 of shape (frames, symbols)."""


class SymbolReader(Protocol):
    """Reads lines of any sizes, shape (1, height, width); each is read as if it were alone."""

    ahead: Ahead | None
    """How batches are laid out ahead of the device; None where they are not."""

    def raws(self, lines: Sequence[Floats]) -> Sequence[Raw]:
        """Give what was wanted of every line."""


class OnOpenVino:
    """The network as a graph on the CPU."""

    ahead: Ahead | None = None

    def __init__(self, lines: CpuLines, wanted: Wanted) -> None:
        self._lines = lines
        self._wanted = wanted

    def raws(self, lines: Sequence[Floats]) -> Sequence[Raw]:
        """Read lines, those of one height together."""
        raws: dict[int, Raw] = {}
        order = sorted(range(len(lines)), key=lambda place: lines[place].shape[1])
        for _, group in groupby(order, key=lambda place: lines[place].shape[1]):
            places = list(group)
            raws.update(zip(places, self._of_one_height([lines[place] for place in places]), strict=True))
        return [raws[place] for place in range(len(lines))]

    def _of_one_height(self, lines: Sequence[Floats]) -> Sequence[Raw]:
        match self._wanted:
            case Wanted.BEST:
                return [Raw(frames) for frames in self._lines.frames(lines)]
            case Wanted.ALL:
                return [Raw((seen,)) for seen in self._lines.log_probabilities(lines)]


class ReadElsewhere:
    """Nothing computes here: a device server does."""

    ahead: Ahead | None = None

    def raws(self, lines: Sequence[Floats]) -> Sequence[Raw]:
        """Raise RuntimeError: nobody asks for this where a device server computes."""
        raise RuntimeError(f"{len(lines)} lines were to be read where no network was loaded")


def symbol_reader(order: LoadOrder, wanted: Wanted) -> SymbolReader:
    """Load what the order asks for; raises PreflightRefused.

    Torch is imported where it computes, and nowhere else.
    """
    if not order.computes:
        return ReadElsewhere()
    if order.computing.backend is CpuBackend.OPENVINO:
        anew = partial(kept_symbols, Path(order.path), TASK, Path(order.cache) if order.cache else None)
        lines = graph_opened(anew(), anew, CpuLines, order.computing)
        if lines is not None:
            return OnOpenVino(lines, wanted)
        # The precision was chosen for OpenVINO: in bfloat16, torch takes five times as long on many CPUs.
        order = replace(order, computing=replace(order.computing, precision=Precision.SINGLE))
    from htrkit.engines.pylaia_torch import torch_symbols  # noqa: PLC0415 - a second, and a quarter of a gigabyte

    return torch_symbols(order, wanted)
