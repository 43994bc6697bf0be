"""What computes a PyLaia network: OpenVINO on the CPU where that was chosen and knows the network, else torch."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from htrkit.domain.computing import CpuBackend
from htrkit.domain.stages import LoadOrder
from htrkit.engines.pylaia_network import PylaiaNetwork
from htrkit.files.pylaia_folder import pylaia_files
from htrkit.networks import pylaia_graph
from htrkit.networks.cpu import CpuLines, Frames
from htrkit.networks.keeping import write_entry
from htrkit.networks.kept import About
from htrkit.networks.store import kept_or_made

TASK = "pylaia"
Floats = NDArray[np.float32]


class SymbolReader(Protocol):
    """Reads lines of one height and any width, shape (1, height, width); each is read as if it were alone."""

    def frames(self, lines: Sequence[Floats]) -> Sequence[Frames]:
        """Give the best symbol of every frame and its probability."""

    def log_probabilities(self, lines: Sequence[Floats]) -> Sequence[Floats]:
        """Give the logarithm of every symbol's probability, shape (frames, symbols)."""


class TorchSymbols:
    """The network on a device of torch's."""

    def __init__(self, network: PylaiaNetwork, device: str) -> None:
        self._network = network.to(device)
        self._device = device

    @torch.inference_mode()
    def frames(self, lines: Sequence[Floats]) -> Sequence[Frames]:
        """Give the best symbol of every frame and its probability."""
        if not lines:
            return []
        scores, counts = self._scores(lines)
        confidences, symbols = scores.softmax(2).max(2)
        best, sure = symbols.int().cpu().numpy(), confidences.cpu().numpy()
        return [(best[:count, row].copy(), sure[:count, row].copy()) for row, count in enumerate(counts)]

    @torch.inference_mode()
    def log_probabilities(self, lines: Sequence[Floats]) -> Sequence[Floats]:
        """Give the logarithm of every symbol's probability, shape (frames, symbols)."""
        if not lines:
            return []
        scores, counts = self._scores(lines)
        seen = scores.log_softmax(2).cpu().numpy()
        return [seen[:count, row].copy() for row, count in enumerate(counts)]

    def _scores(self, lines: Sequence[Floats]) -> tuple[torch.Tensor, list[int]]:
        widths = [line.shape[2] for line in lines]
        # Zeros, whatever paper is: as the first convolution sees beside a line alone.
        batch = torch.stack(list(_padded(lines, max(widths))))
        scores, counts = self._network(batch.to(self._device), widths)
        return scores.float(), counts


def symbol_reader(order: LoadOrder, network: PylaiaNetwork) -> SymbolReader:
    """Give what computes a network that was loaded; raises PreflightRefused."""
    if not order.computes or order.computing.backend is not CpuBackend.OPENVINO:
        return TorchSymbols(network, order.device)
    files = [path for _, path in pylaia_files(Path(order.path)).named]
    kept = kept_or_made(files, TASK, Path(order.cache) if order.cache else None, partial(_write, network))
    if kept.graph is None:
        return TorchSymbols(network, order.device)
    return CpuLines(kept.graph, order.computing.precision, order.computing.threads)


def _write(network: PylaiaNetwork, entry: Path) -> None:
    """Write the network's graph alone: plan and symbols are read from the model's own files."""
    plan = network.plan
    height = plan.height if plan.fixed_height else 0
    about = About(plan.channels, height, boxes=False, legacy_polygons=False, codec={}, metadata={})
    write_entry(entry, about, partial(pylaia_graph.line_graph, network))


def _padded(lines: Sequence[Floats], width: int) -> Iterator[torch.Tensor]:
    for line in lines:
        yield functional.pad(torch.from_numpy(line), (0, width - line.shape[2]))
