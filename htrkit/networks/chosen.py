"""Whether a kraken model is computed here by its graph, here by torch, or elsewhere."""

from dataclasses import replace
from pathlib import Path

from htrkit.domain.computing import CpuBackend
from htrkit.domain.stages import LoadOrder
from htrkit.networks.kept import Kept
from htrkit.networks.store import kept_network


def kept_for(order: LoadOrder, task: str) -> Kept | None:
    """Give what is kept of the order's model, without its graph where nothing is computed in this process.

    None where torch computes it here: it was asked for, or the network has no graph (who insisted on OpenVINO was told
    before the run). Raises PreflightRefused.
    """
    if order.computes and order.computing.backend is CpuBackend.TORCH:
        return None
    kept = kept_network(Path(order.path), task, Path(order.cache) if order.cache else None)
    if not order.computes:
        return replace(kept, graph=None)
    return kept if kept.graph is not None else None
