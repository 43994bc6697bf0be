"""`python -m htrkit.networks.converting MODEL TASK FOLDER [about]`: a kraken model becomes an entry of the cache.

In a process of its own: kraken and torch take a gigabyte, which nobody needs who only reads with the graph. With
`about`, no graph is built: where a GPU computes, nobody needs it, and whatever becomes of building it hurts nobody.
"""

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import LoadOrder
from htrkit.files.kraken_models import load_network
from htrkit.networks.conversion import told
from htrkit.networks.keeping import write_entry
from htrkit.networks.kept import SEGMENTATION, About
from htrkit.networks.store import ALONE

TOLD = ("class_mapping", "topline")
"""What a segmentation model says that tracing needs."""


def main(model: str, task: str, folder: str, *more: str) -> int:
    """Convert and give the exit status."""
    return told(lambda: convert(Path(model), task, Path(folder), with_graph=ALONE not in more))


def convert(model: Path, task: str, folder: Path, *, with_graph: bool = True) -> None:
    """Write the entry, whole or not at all; raises PreflightRefused, OSError, and whatever building it raises."""
    network = load_network(LoadOrder(str(model), ModelFacts(model.name, "")), task=task)
    build = partial(_builder(network, task), network) if with_graph else None
    write_entry(folder, about_of(network, task), build)


def about_of(network: Any, task: str) -> About:  # noqa: ANN401 - kraken's models share no typed base
    """Take from a kraken model what stands around its network."""
    _, channels, height, _ = network.input
    metadata: Mapping[str, Any] = network.user_metadata
    segments = task == SEGMENTATION
    codec = {} if segments else {text: tuple(map(int, labels)) for text, labels in network.codec.c2l.items()}
    return About(
        channels,
        height,
        boxes=not segments and network.seg_type == "bbox",
        legacy_polygons=not segments and bool(network.use_legacy_polygons),
        codec=codec,
        # What is not said stays unsaid: None is a line through the middle of the text, and no word the baseline.
        metadata={name: metadata[name] for name in TOLD if name in metadata} if segments else {},
    )


def _builder(network: Any, task: str) -> Callable[[Any], Any]:  # noqa: ANN401
    from kraken.lib.vgsl.model import TorchVGSLModel  # noqa: PLC0415 - not before a model was found to be kraken's

    from htrkit.networks import ppocr_graph, vgsl_graph  # noqa: PLC0415 - as above

    if task == SEGMENTATION:
        return vgsl_graph.map_graph
    return vgsl_graph.line_graph if isinstance(network, TorchVGSLModel) else ppocr_graph.line_graph


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
