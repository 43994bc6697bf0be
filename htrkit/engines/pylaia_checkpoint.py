"""PyLaia's models as people have them: `model`, weights and `syms.txt`, read without running their pickles."""

from collections.abc import Mapping
from pathlib import Path

import torch

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.engines.pylaia_network import PylaiaNetwork
from htrkit.engines.pylaia_outline import no_model, outline_of
from htrkit.engines.pylaia_plan import NetworkPlan
from htrkit.engines.pylaia_polyscriptor import no_polyscriptors, renamed, weights_of
from htrkit.files.pylaia_folder import PolyscriptorFiles, PylaiaFiles, pylaia_files
from htrkit.files.tensors_only import read_tensors

BEFORE_WEIGHTS = "model."


def load_pylaia(place: Path) -> tuple[PylaiaNetwork, tuple[str, ...]]:
    """Give the network with its weights, and its symbols by number; raises PreflightRefused."""
    outline, files = outline_of(place), pylaia_files(place)
    plan = outline.plan
    network = _polyscriptors(files, plan) if isinstance(files, PolyscriptorFiles) else _own(files, plan)
    return network.eval(), outline.symbols


def _own(files: PylaiaFiles, plan: NetworkPlan) -> PylaiaNetwork:
    network = PylaiaNetwork(plan)
    try:
        network.load_state_dict(dict(_weights(read_tensors(files.weights), files.weights)))
    except RuntimeError as error:
        raise PreflightRefused(
            f"{shown(files.weights)}: its weights are not those of the network that {files.model.name} describes.",
            mend="Give the checkpoint and the `model` file of one training.",
        ) from error
    return network


def _polyscriptors(files: PolyscriptorFiles, plan: NetworkPlan) -> PylaiaNetwork:
    try:
        network = PylaiaNetwork(plan)
        network.load_state_dict(dict(renamed(weights_of(read_tensors(files.weights)))))
    except (ValueError, RuntimeError, ZeroDivisionError) as error:
        raise no_polyscriptors(files.weights, error) from error
    return network


def _weights(saved: object, path: Path) -> Mapping[str, torch.Tensor]:
    """Give the network's tensors by name: of PyLaia 1.1, or of before, which kept them in its trainer's state."""
    found = saved.get("state_dict", saved) if isinstance(saved, dict) else None
    if isinstance(found, dict) and isinstance(found.get("tr_engine"), dict):
        found = found["tr_engine"].get("model")
    if not isinstance(found, dict):
        raise no_model(path, "it holds no weights")
    tensors = {str(name): value for name, value in found.items() if isinstance(value, torch.Tensor)}
    return {name.removeprefix(BEFORE_WEIGHTS): value for name, value in tensors.items()}
