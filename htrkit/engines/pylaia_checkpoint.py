"""PyLaia's models as people have them: `model`, weights and `syms.txt`, read without running their pickles."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import torch

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.engines.pylaia_network import BlockPlan, NetworkPlan, Pair, PylaiaNetwork
from htrkit.engines.pylaia_polyscriptor import load_polyscriptors
from htrkit.files.pylaia_folder import PolyscriptorFiles, pylaia_files
from htrkit.files.pylaia_symbols import read_symbols
from htrkit.files.tensors_only import read_tensors

BEFORE_WEIGHTS = "model."


def load_pylaia(folder: Path) -> tuple[PylaiaNetwork, tuple[str, ...]]:
    """Give the network with its weights, and its symbols by number; raises PreflightRefused."""
    files = pylaia_files(folder)
    if isinstance(files, PolyscriptorFiles):
        return load_polyscriptors(files)
    plan = plan_from(read_tensors(files.model), files.model)
    network = PylaiaNetwork(plan)
    try:
        network.load_state_dict(dict(_weights(read_tensors(files.weights), files.weights)))
    except RuntimeError as error:
        raise PreflightRefused(
            f"{shown(files.weights)}: its weights are not those of the network that {files.model.name} describes.",
            mend="Give the checkpoint and the `model` file of one training.",
        ) from error
    symbols = read_symbols(files)
    if len(symbols) != plan.symbols:
        raise PreflightRefused(
            f"{shown(files.symbols)}: {len(symbols)} symbols, and the network writes {plan.symbols}.",
            mend="Give the syms.txt that the model was trained with.",
        )
    return network.eval(), symbols


def plan_from(saved: object, path: Path) -> NetworkPlan:
    """Give the network that a `model` file describes; raises PreflightRefused for what is none, or cannot be built."""
    told = saved.get("kwargs") if isinstance(saved, dict) else None
    if not isinstance(told, dict):
        raise _no_model(path, "it does not say how its network is built")
    try:
        return _plan(told)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise _no_model(path, f"{type(error).__name__}: {error}") from error


def _plan(told: Mapping[str, object]) -> NetworkPlan:
    if told.get("vertical_text"):
        raise ValueError("vertical text")
    kind, _, rows = str(told["image_sequencer"]).partition("-")
    if kind not in {"none", "avgpool", "maxpool"}:
        raise ValueError(f"the sequencer {kind}")
    columns = [cast("Sequence[object]", told[f"cnn_{name}"]) for name in _BLOCK]
    blocks = tuple(_block(dict(zip(_BLOCK, values, strict=True))) for values in zip(*columns, strict=True))
    return NetworkPlan(
        channels=_number(told["num_input_channels"]),
        blocks=blocks,
        sequencer=kind,
        rows=int(rows),
        rnn=_name(told["rnn_type"], {"LSTM", "GRU"}),
        rnn_layers=_number(told["rnn_layers"]),
        rnn_units=_number(told["rnn_units"]),
        symbols=_number(told["num_output_labels"]),
    )


_BLOCK = ("num_features", "kernel_size", "stride", "dilation", "poolsize", "batchnorm", "activation")
_ACTIVATIONS = {"LeakyReLU", "ReLU", "Tanh", "Sigmoid", "ELU", "PReLU", "Softplus"}


def _block(told: Mapping[str, object]) -> BlockPlan:
    return BlockPlan(
        _number(told["num_features"]),
        _pair(told["kernel_size"]),
        _pair(told["stride"]),
        _pair(told["dilation"]),
        _pair(told["poolsize"]),
        batch_norm=bool(told["batchnorm"]),
        activation=_name(told["activation"], _ACTIVATIONS),
    )


def _number(told: object) -> int:
    if not isinstance(told, int):
        raise TypeError(f"{told!r} is no number")
    return told


def _pair(told: object) -> Pair:
    if isinstance(told, int):
        return told, told
    height, width = cast("Sequence[object]", told)
    return _number(height), _number(width)


def _name(told: object, known: set[str]) -> str:
    """Give the name of a class of torch, which stands there as a class or as text."""
    name = told if isinstance(told, str) else getattr(told, "name", "")
    if name not in known:
        raise ValueError(f"{name or told!r} where one of {', '.join(sorted(known))} is expected")
    return name


def _weights(saved: object, path: Path) -> Mapping[str, torch.Tensor]:
    """Give the network's tensors by name: of PyLaia 1.1, or of before, which kept them in its trainer's state."""
    found = saved.get("state_dict", saved) if isinstance(saved, dict) else None
    if isinstance(found, dict) and isinstance(found.get("tr_engine"), dict):
        found = found["tr_engine"].get("model")
    if not isinstance(found, dict):
        raise _no_model(path, "it holds no weights")
    tensors = {str(name): value for name, value in found.items() if isinstance(value, torch.Tensor)}
    return {name.removeprefix(BEFORE_WEIGHTS): value for name, value in tensors.items()}


def _no_model(path: Path, cause: str) -> PreflightRefused:
    return PreflightRefused(
        f"{shown(path)}: no PyLaia model can be read from this file ({cause}).",
        mend="Give the folder of a PyLaia model: `model`, weights (*.ckpt) and syms.txt.",
    )
