"""What a PyLaia model says of itself beside its weights: its network's plan and its symbols, read without torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.engines.pylaia_plan import BlockPlan, NetworkPlan, Pair
from htrkit.engines.pylaia_polyscriptor import polyscriptors_plan, polyscriptors_symbols
from htrkit.files.checkpoint_outline import read_outline
from htrkit.files.pylaia_folder import PolyscriptorFiles, pylaia_files
from htrkit.files.pylaia_symbols import read_symbols


@dataclass(frozen=True, slots=True)
class PylaiaOutline:
    """A model without its weights."""

    plan: NetworkPlan
    symbols: tuple[str, ...]
    """By number."""


def outline_of(place: Path) -> PylaiaOutline:
    """Give what a model says of itself, by its folder or a checkpoint; raises PreflightRefused."""
    files = pylaia_files(place)
    if isinstance(files, PolyscriptorFiles):
        saved = read_outline(files.weights)
        plan = polyscriptors_plan(saved, files.weights)
        return PylaiaOutline(plan, polyscriptors_symbols(saved, plan.symbols, files.weights))
    plan = plan_from(read_outline(files.model), files.model)
    symbols = read_symbols(files)
    if len(symbols) != plan.symbols:
        raise PreflightRefused(
            f"{shown(files.symbols)}: {len(symbols)} symbols, and the network writes {plan.symbols}.",
            mend="Give the syms.txt that the model was trained with.",
        )
    return PylaiaOutline(plan, symbols)


def plan_from(saved: object, path: Path) -> NetworkPlan:
    """Give the network that a `model` file describes; raises PreflightRefused for what is none, or cannot be built."""
    told = saved.get("kwargs") if isinstance(saved, dict) else None
    if not isinstance(told, dict):
        raise no_model(path, "it does not say how its network is built")
    try:
        return _plan(told)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise no_model(path, f"{type(error).__name__}: {error}") from error


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


def no_model(path: Path, cause: str) -> PreflightRefused:
    """Say that a file holds no model, and why."""
    return PreflightRefused(
        f"{shown(path)}: no PyLaia model can be read from this file ({cause}).",
        mend="Give the folder of a PyLaia model: `model`, weights (*.ckpt) and syms.txt.",
    )
