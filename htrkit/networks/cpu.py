"""Graphs that run on the CPU: pages to heat maps, lines to labels."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from htrkit.domain.engine import Precision
from htrkit.domain.errors import PreflightRefused
from htrkit.networks.runtime import openvino

RECURRENT = frozenset({"LSTMSequence", "GRUSequence", "RNNSequence"})
"""OpenVINO's names of recurrent layers."""
NUMBERS = "INFERENCE_PRECISION_HINT"
HINTS = {Precision.SINGLE: "f32", Precision.BRAIN: "bf16", Precision.HALF: "f16"}
Floats = NDArray[np.float32]
Frames = tuple[NDArray[np.int32], Floats]
"""The best label of every frame and its probability, shape (frames,) each."""
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Batching:
    """Which lines are read at once."""

    most: int
    widths: int
    """Lines are padded to multiples of it: OpenVINO prepares itself anew for every size that it meets."""

    def batches(self, widths: Sequence[int]) -> Iterator[list[int]]:
        """Give the places of lines that are read together: of like widths, and in numbers that come again."""
        order = sorted(range(len(widths)), key=lambda place: widths[place])
        while order:
            count = self.most
            while count > len(order):
                count //= 2
            yield order[:count]
            del order[:count]

    def padded(self, width: int) -> int:
        """Give the width of a batch whose widest line is so wide."""
        return -(-width // self.widths) * self.widths


TOGETHER = Batching(8, 64)
"""For recurrent layers: their steps are as many for one line as for several."""
ONE_BY_ONE = Batching(1, 32)
"""For all other networks: several lines take padding, and more sizes, and give nothing back."""


class CpuMaps:
    """A network that finds lines."""

    def __init__(self, graph: Path, precision: Precision, threads: int) -> None:
        self._request = _compiled(_network(graph), precision, threads)

    def logits(self, pixels: Floats) -> Floats:
        """Give the map of a page: (channels, height, width) to (classes, rows, columns)."""
        answers = self._request.infer([pixels[np.newaxis]], share_inputs=True)
        found: Floats = answers[0][0]
        return found


class CpuLines:
    """A network that reads lines."""

    def __init__(self, graph: Path, precision: Precision, threads: int) -> None:
        network = _network(graph)
        recurrent = any(layer.get_type_name() in RECURRENT for layer in network.get_ops())
        self._batching = TOGETHER if recurrent else ONE_BY_ONE
        self._request = _compiled(network, precision, threads)

    def frames(self, lines: Sequence[Floats]) -> Sequence[Frames]:
        """Read lines of shape (channels, height, width), any width and one height; each as if it were alone."""
        return self._read(lines, best_labels)

    def log_probabilities(self, lines: Sequence[Floats]) -> Sequence[Floats]:
        """Read such lines to what each label's probability is, shape (frames, classes)."""
        return self._read(lines, log_softmax)

    def _read(self, lines: Sequence[Floats], finished: Callable[[Floats], Made]) -> Sequence[Made]:
        read: dict[int, Made] = {}
        for places in self._batching.batches([line.shape[2] for line in lines]):
            logits = self._together([lines[place] for place in places])
            read.update(zip(places, map(finished, logits), strict=True))
        return [read[place] for place in range(len(lines))]

    def _together(self, lines: Sequence[Floats]) -> Iterator[Floats]:
        """Give the logits of each line, shape (frames, classes)."""
        widths = np.array([line.shape[2] for line in lines], dtype=np.int64)
        channels, height, _ = lines[0].shape
        batch = np.zeros((len(lines), channels, height, self._batching.padded(int(widths.max()))), dtype=np.float32)
        for row, line in zip(batch, lines, strict=True):
            row[:, :, : line.shape[2]] = line
        answers = self._request.infer([batch, widths], share_inputs=True)
        for logits, frames in zip(answers[0], answers[1], strict=True):
            yield logits[:frames]


def best_labels(logits: Floats) -> Frames:
    """Give the best label of every frame and its probability; logits of shape (frames, classes)."""
    labels = logits.argmax(1)
    highest = logits[np.arange(len(labels)), labels]
    confidences = 1 / np.exp(logits - highest[:, np.newaxis]).sum(1)
    return labels.astype(np.int32), confidences.astype(np.float32)


def log_softmax(logits: Floats) -> Floats:
    """Give the logarithms of probabilities; logits of shape (frames, classes)."""
    lowered = logits - logits.max(1, keepdims=True)
    return np.asarray(lowered - np.log(np.exp(lowered).sum(1, keepdims=True)), dtype=np.float32)


def _network(graph: Path) -> Any:  # noqa: ANN401 - OpenVINO's
    return openvino().Core().read_model(str(graph))


def _compiled(network: Any, precision: Precision, threads: int) -> Any:  # noqa: ANN401 - as above
    config = {
        NUMBERS: HINTS[precision],
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": 1,
        # Which cores are whose is the operating system's, or the user's: workers would all take the first.
        "ENABLE_CPU_PINNING": False,
    }
    compiled = openvino().Core().compile_model(network, "CPU", config)
    _refuse_other_numbers(HINTS[precision], compiled.get_property(NUMBERS).get_type_name())
    return compiled.create_infer_request()


def _refuse_other_numbers(asked: str, taken: str) -> None:
    """Raise PreflightRefused where OpenVINO computes in other numbers than the record would say."""
    if taken != asked:
        raise PreflightRefused(
            f"OpenVINO computes in {taken} on this CPU, where {asked} was asked for.",
            mend="Take --precision fp32; a run that was begun with another goes on where the CPU has it.",
        )
