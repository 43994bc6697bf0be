"""Graphs in memory, and written for what reads them from files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from htrkit.domain.engine import Precision
from htrkit.networks.cpu import CpuLines, CpuMaps
from htrkit.networks.kept import GRAPH
from htrkit.networks.runtime import openvino

Floats = NDArray[np.float32]
SINGLE = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}


def answers(graph: Any, *inputs: NDArray[Any]) -> Sequence[NDArray[Any]]:
    """Run a graph once."""
    request = openvino().Core().compile_model(graph, "CPU", SINGLE).create_infer_request()
    found = request.infer(list(inputs))
    return [found[place] for place in range(len(graph.outputs))]


def together(graph: Any, lines: Sequence[Floats], *, beyond: float = 0.0) -> list[Floats]:
    """Read lines of different widths in one batch: logits of shape (frames, classes) each."""
    widths = np.array([line.shape[2] for line in lines], dtype=np.int64)
    batch = np.full((len(lines), *lines[0].shape[:2], widths.max()), beyond, dtype=np.float32)
    for row, line in zip(batch, lines, strict=True):
        row[:, :, : line.shape[2]] = line
    logits, frames = answers(graph, batch, widths)
    return [row[:count] for row, count in zip(logits, frames, strict=True)]


def saved(graph: Any, folder: Path) -> Path:
    place = folder / GRAPH
    openvino().save_model(graph, str(place), compress_to_fp16=False)
    return place


def lines_of(graph: Any, folder: Path, precision: Precision = Precision.SINGLE) -> CpuLines:
    return CpuLines(saved(graph, folder), precision, threads=1)


def maps_of(graph: Any, folder: Path, precision: Precision = Precision.SINGLE) -> CpuMaps:
    return CpuMaps(saved(graph, folder), precision, threads=1)
