"""Whether a kraken model is computed here by its graph, here by torch, or elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from htrkit.core.shown import shown
from htrkit.domain.computing import Computing, CpuBackend
from htrkit.domain.engine import Precision
from htrkit.domain.stages import LoadOrder
from htrkit.networks.keeping import discard
from htrkit.networks.kept import About, Kept
from htrkit.networks.store import WITHOUT, NotConverted, kept_about, kept_network

Network = TypeVar("Network")
Compile = Callable[[Path, Precision, int], Network]
"""Compiles a graph for so many threads; raises RuntimeError where OpenVINO cannot."""


@dataclass(frozen=True, slots=True)
class Opened(Generic[Network]):
    """A model that torch does not compute in this process."""

    about: About
    network: Network | None
    """None where nothing is computed in this process."""


def opened_for(order: LoadOrder, task: str, compile_graph: Compile[Network]) -> Opened[Network] | None:
    """Give the order's model by its graph, or without one where nothing is computed in this process.

    None where torch computes it here: it was asked for, or the network has no graph (who insisted on OpenVINO was told
    before the run). Raises PreflightRefused.
    """
    model, cache = Path(order.path), Path(order.cache) if order.cache else None
    if not order.computes:
        return Opened(kept_about(model, task, cache).about, None)
    if order.computing.backend is CpuBackend.TORCH:
        return None
    anew = partial(kept_network, model, task, cache)
    kept = anew()
    network = graph_opened(kept, anew, compile_graph, order.computing)
    return None if network is None else Opened(kept.about, network)


def graph_opened(
    kept: Kept, anew: Callable[[], Kept], compile_graph: Compile[Network], computing: Computing
) -> Network | None:
    """Give what computes an entry's graph, None where it has none; one that does not compile is made anew, once.

    Raises NotConverted.
    """
    if kept.graph is None:
        return None
    try:
        return compile_graph(kept.graph, computing.precision, computing.threads)
    except RuntimeError:
        discard(kept.folder)
    kept = anew()
    if kept.graph is None:
        return None
    try:
        return compile_graph(kept.graph, computing.precision, computing.threads)
    except RuntimeError as error:
        cause = f"OpenVINO cannot compute what was made of it ({' '.join(str(error).split())[:200]})"
        raise NotConverted(kept.folder, cause, mend=f"Remove {shown(kept.folder)}. {WITHOUT}") from error
