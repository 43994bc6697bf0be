"""Models that polyscriptor's `train_pylaia.py` has trained: PyLaia's network, otherwise named, shown and saved.

Source: https://github.com/achimrabus/polyscriptor (MIT).
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.engines.pylaia_plan import BlockPlan, Greys, NetworkPlan

HEIGHT = 128
"""Of every line that such a model was trained with."""
WHOLE_BLOCK = 4
"""Layers of a block that ends with pooling: convolution, normalisation, activation, pooling."""
_CONVOLUTION = re.compile(r"cnn\.(\d+)\.weight")
_LAYER = re.compile(r"cnn\.(\d+)\.(.+)")
_RNN_LAYER = re.compile(r"rnn\.weight_ih_l(\d+)")


Weights = Mapping[str, Any]
"""Tensors by name, or the outlines that stand for them: what has a shape."""


def polyscriptors_plan(saved: object, place: Path) -> NetworkPlan:
    """Give the network of a checkpoint, whose tensors may be outlines; raises PreflightRefused."""
    try:
        return plan_of(weights_of(saved))
    except (KeyError, ValueError, IndexError, ZeroDivisionError) as error:
        raise no_polyscriptors(place, error) from error


def plan_of(weights: Weights) -> NetworkPlan:
    """Give the network that such weights are of; raises KeyError, ValueError or IndexError where they are of none.

    Layers are numbered through, so that a gap tells where pooling follows; after the last block, the height that is
    left tells it.
    """
    places = _convolutions(weights)
    pooled = [after - place == WHOLE_BLOCK for place, after in pairwise(places)]
    features = [weights[f"cnn.{place}.weight"].shape[0] for place in places]
    rows = weights["rnn.weight_ih_l0"].shape[1] // features[-1]
    pooled.append(HEIGHT // rows > 2 ** sum(pooled))
    blocks = tuple(
        BlockPlan(count, (3, 3), (1, 1), (1, 1), (2, 2) if pool else (0, 0), True, "LeakyReLU", slope=0.2, bias=True)
        for count, pool in zip(features, pooled, strict=True)
    )
    plan = NetworkPlan(
        channels=weights[f"cnn.{places[0]}.weight"].shape[1],
        blocks=blocks,
        sequencer="none",
        rows=rows,
        rnn="LSTM",
        rnn_layers=sum(_RNN_LAYER.fullmatch(name) is not None for name in weights),
        rnn_units=weights["rnn.weight_hh_l0"].shape[1],
        symbols=weights["fc.weight"].shape[0],
        greys=Greys.CENTRED,
    )
    if plan.height != HEIGHT or plan.channels != 1:
        raise ValueError(f"for lines of {plan.height} pixels and {plan.channels} colours")
    return plan


def _convolutions(weights: Weights) -> list[int]:
    """Give the numbers of the layers that convolve, which alone have kernels."""
    found = [(_CONVOLUTION.fullmatch(name), values) for name, values in weights.items()]
    places = sorted(
        int(match[1]) for match, values in found if match and len(values.shape) == len(("n", "c", "h", "w"))
    )
    if not places:
        raise ValueError("it has no cnn.N.weight")
    return places


def renamed(weights: Weights) -> Weights:
    """Name the weights as PyLaia does; raises ValueError where they are of no such network."""
    places = _convolutions(weights)
    named = {}
    for name, values in weights.items():
        layer = _LAYER.fullmatch(name)
        if layer is None:
            named[name.replace("fc.", "linear.", 1) if name.startswith("fc.") else name] = values
            continue
        number = int(layer[1])
        block = max(index for index, place in enumerate(places) if place <= number)
        named[f"conv.{block}.{'conv' if number in places else 'batchnorm'}.{layer[2]}"] = values
    return named


def weights_of(saved: object) -> Weights:
    """Give what is saved of a network; nothing for another content."""
    found = saved.get("model_state_dict") if isinstance(saved, dict) else None
    tensors = found if isinstance(found, dict) else {}
    # Trained on several cards, every name begins with that of the wrapper.
    return {str(name).removeprefix("module."): value for name, value in tensors.items() if hasattr(value, "shape")}


def polyscriptors_symbols(saved: object, count: int, place: Path) -> tuple[str, ...]:
    """Give the symbols by number, `` for the blank; raises PreflightRefused."""
    told = saved.get("idx2char") if isinstance(saved, dict) else None
    if not isinstance(told, dict) or not all(isinstance(symbol, str) for symbol in told.values()):
        raise _no_model(place, "it does not hold its symbols, idx2char")
    if set(told) != set(range(count)):
        raise PreflightRefused(
            f"{shown(place)}: {len(told)} symbols, and the network writes {count}.",
            mend="Give a checkpoint as train_pylaia.py wrote it.",
        )
    return tuple(told[number] for number in range(count))


def no_polyscriptors(place: Path, error: Exception) -> PreflightRefused:
    """Say that a checkpoint is of another network, and what came of reading it."""
    return _no_model(place, f"its network is another one: {error}")


def _no_model(place: Path, cause: str) -> PreflightRefused:
    return PreflightRefused(
        f"{shown(place)}: no model of polyscriptor's can be read from this file ({cause}).",
        mend="Give best_model.pt as train_pylaia.py wrote it, or the folder of a PyLaia model.",
    )
