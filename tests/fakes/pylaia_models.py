"""PyLaia checkpoints as the genuine package writes them: pickles that name classes of packages which are not here."""

import sys
import types
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from htrkit.engines.pylaia_network import PylaiaNetwork
from htrkit.engines.pylaia_plan import BlockPlan, NetworkPlan

SYMBOLS = ("<ctc>", "<space>", *"abcdefghij", "<unk>")


def plan(*, sequencer: str = "avgpool", rnn: str = "LSTM", norm: bool = True) -> NetworkPlan:
    """Give a small network: 16 pixels high where it is of fixed height, four pixels of width a frame."""
    blocks = (
        BlockPlan(4, (3, 3), (1, 1), (1, 1), (2, 2), batch_norm=norm, activation="LeakyReLU"),
        BlockPlan(6, (3, 3), (1, 1), (1, 1), (2, 2), batch_norm=norm, activation="LeakyReLU"),
        BlockPlan(6, (3, 3), (1, 1), (1, 1), (0, 0), batch_norm=norm, activation="ReLU"),
    )
    return NetworkPlan(1, blocks, sequencer, 4, rnn, 2, 8, len(SYMBOLS))


def network(made: NetworkPlan, *, seed: int = 3) -> PylaiaNetwork:
    torch.manual_seed(seed)
    built = PylaiaNetwork(made).eval()
    for name, values in built.named_buffers():
        if values.is_floating_point():
            values.copy_(torch.rand_like(values) + (0.5 if name.endswith("var") else 0))
    for name, weights in built.named_parameters():
        if name.endswith("batchnorm.bias"):
            # As after a training: what a layer makes of nothing is something.
            weights.data.add_(1)
    return built


def write_model(
    folder: Path,
    made: NetworkPlan,
    *,
    weights: str = "epoch=3-lowest_va_cer.ckpt",
    built: PylaiaNetwork | None = None,
) -> PylaiaNetwork:
    """Write a model's three files; give the network that they hold, which may be one that has learnt."""
    folder.mkdir(parents=True, exist_ok=True)
    built = built or network(made)
    with foreign_classes() as foreign:
        torch.save(
            {"module": "laia.models.htr.laia_crnn", "name": "LaiaCRNN", "args": (), "kwargs": told(made, foreign)},
            folder / "model",
        )
        state = OrderedDict((f"model.{name}", values) for name, values in built.state_dict().items())
        torch.save(
            {"epoch": 3, "state_dict": state, "callbacks": {"m": foreign["Monitor"]("va_cer")}}, folder / weights
        )
    write_symbols(folder / "syms.txt")
    return built


def write_symbols(place: Path, symbols: Sequence[str] = SYMBOLS) -> None:
    place.write_text("".join(f"{symbol} {number}\n" for number, symbol in enumerate(symbols)), encoding="utf-8")


def told(made: NetworkPlan, foreign: Mapping[str, Any]) -> dict[str, object]:
    """Give a network as the package's arguments name it, numbers in their constrained types."""
    number = foreign["PositiveInt"]

    def pairs(name: str) -> list[list[object]]:
        return [[number(size) for size in getattr(block, name)] for block in made.blocks]

    return {
        "num_input_channels": number(made.channels),
        "vertical_text": False,
        "cnn_num_features": [number(block.features) for block in made.blocks],
        "cnn_kernel_size": pairs("kernel"),
        "cnn_stride": pairs("stride"),
        "cnn_dilation": pairs("dilation"),
        "cnn_activation": [getattr(torch.nn, block.activation) for block in made.blocks],
        "cnn_poolsize": pairs("pool"),
        "cnn_dropout": [0.0 for _ in made.blocks],
        "cnn_batchnorm": [block.batch_norm for block in made.blocks],
        "rnn_layers": number(made.rnn_layers),
        "rnn_units": number(made.rnn_units),
        "rnn_dropout": 0.5,
        "rnn_type": getattr(torch.nn, made.rnn),
        "lin_dropout": 0.5,
        "num_output_labels": made.symbols,
        "image_sequencer": f"{made.sequencer}-{made.rows}",
    }


@contextmanager
def foreign_classes() -> Iterator[Mapping[str, Any]]:
    """Let classes of packages that are not installed be pickled by their names, and go again."""
    numbers = types.ModuleType("jsonargparse.typing")
    arguments = types.ModuleType("laia.common.arguments")
    made = {"PositiveInt": (numbers, int), "Monitor": (arguments, str)}
    classes = {
        name: type(name, (base,), {"__module__": module.__name__, "__reduce__": _reduced})
        for name, (module, base) in made.items()
    }
    for name, (module, _) in made.items():
        setattr(module, name, classes[name])
    parents = {name: types.ModuleType(name) for name in ("jsonargparse", "laia", "laia.common")}
    there = {**parents, numbers.__name__: numbers, arguments.__name__: arguments}
    sys.modules.update(there)
    try:
        yield classes
    finally:
        for name in there:
            del sys.modules[name]


def _reduced(self: Any) -> tuple[type, tuple[object, ...]]:
    base = type(self).__mro__[1]
    return type(self), (base(self),)


def with_first(made: NetworkPlan, **told: object) -> NetworkPlan:
    return replace(made, blocks=(replace(made.blocks[0], **told), *made.blocks[1:]))  # type: ignore[arg-type]


PLANS = {
    "pooled by means": plan(),
    "pooled by the highest": plan(sequencer="maxpool"),
    "of fixed height": plan(sequencer="none"),
    "without normalisation": plan(norm=False),
    "gated units": plan(rnn="GRU"),
    "gated units of fixed height": plan(rnn="GRU", sequencer="none"),
    "one memory": replace(plan(), rnn_layers=1),
    "three memories": replace(plan(), rnn_layers=3),
    "a bias beside normalisation": with_first(plan(), bias=True),
    "leaking more": with_first(plan(), slope=0.2),
    "strided and dilated": with_first(plan(), kernel=(3, 5), stride=(1, 2), dilation=(2, 1), pool=(2, 1)),
    "even kernels": with_first(plan(), kernel=(2, 4)),
    **{name: with_first(plan(), activation=name) for name in ("Tanh", "Sigmoid", "ELU", "PReLU", "Softplus")},
}
