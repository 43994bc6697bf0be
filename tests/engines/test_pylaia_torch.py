"""PyLaia's networks on a device: nothing waits for it, and text and confidences are those of the reference."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from htrkit.domain.computing import Computing, CpuBackend
from htrkit.domain.engine import Precision
from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import Item, LaysAhead, LoadOrder
from htrkit.engines.pylaia_checkpoint import load_pylaia
from htrkit.engines.pylaia_lines import PylaiaLines
from htrkit.engines.pylaia_reader import Wanted
from htrkit.engines.pylaia_torch import TorchSymbols, symbol_batches
from htrkit.networks.torch_lane import HostLane
from htrkit.networks.torch_lines import LinesAhead
from tests.fakes.kraken_networks import chance
from tests.fakes.pylaia_models import network, plan, write_model
from tests.fakes.torch_waits import NothingWaits, fake_lane

SIZES = ((16, 61), (23, 24), (16, 40), (40, 90), (16, 5))


def items() -> list[Item]:
    return [Item((chance((width,), height=height)[0],), cost=width) for height, width in SIZES]


def lines() -> list[Any]:
    return [item.arrays[0] for item in items()]


@torch.inference_mode()
def reference(made: Any, line: Any) -> torch.Tensor:
    scores, _ = made(torch.from_numpy(np.asarray(line))[None], [line.shape[2]])
    return scores[:, 0]


@pytest.mark.parametrize("rnn", ["LSTM", "GRU"])
def test_batches_go_to_a_device_without_waiting_for_it(rnn: str) -> None:
    """All of what a GPU is told, on tensors of the CPU's: only the results are waited for."""
    built = network(plan(rnn=rnn))
    lane, cuda = fake_lane()
    ahead = LinesAhead(symbol_batches(built, lane, Precision.SINGLE, Wanted.BEST))
    with NothingWaits():
        first = ahead.begin(ahead.lay_out(items()))
        second = ahead.begin(ahead.lay_out(items()[:2]))
    assert not [line for line in cuda.diary if line.startswith("caller")]
    for line, raw in zip(lines(), first.raws(), strict=True):
        sure, best = reference(built, line).softmax(1).max(1)
        labels, confidences = (np.asarray(array) for array in raw.arrays)
        assert np.array_equal(labels, best.numpy())
        assert np.abs(confidences - sure.numpy()).max() < 1e-5
    assert len(second.raws()) == 2


def test_what_a_language_model_is_shown_comes_the_same_way() -> None:
    built = network(plan())
    lane, _ = fake_lane()
    ahead = LinesAhead(symbol_batches(built, lane, Precision.SINGLE, Wanted.ALL))
    with NothingWaits():
        begun = ahead.begin(ahead.lay_out(items()))
    for line, raw in zip(lines(), begun.raws(), strict=True):
        assert np.abs(np.asarray(raw.arrays[0]) - reference(built, line).log_softmax(1).numpy()).max() < 1e-5


@pytest.mark.parametrize("precision", [Precision.HALF, Precision.BRAIN])
def test_reduced_precision_is_taken_where_it_is_asked_for(precision: Precision) -> None:
    built = network(plan())
    exact = symbol_batches(built, HostLane(), Precision.SINGLE, Wanted.ALL).frames(lines())
    reduced = symbol_batches(built, HostLane(), precision, Wanted.ALL).frames(lines())
    for (one,), (other,) in zip(exact, reduced, strict=True):
        assert 0 < np.abs(one - other).max() < 0.1


def test_a_network_that_overflows_in_half_precision_is_read_in_single() -> None:
    built = network(plan(norm=False))
    with torch.no_grad():
        # As large as half precision bears, and more; made small again before the memories.
        built.conv[0].conv.weight.mul_(1e6)  # type: ignore[union-attr,operator,index]
        built.rnn.weight_ih_l0.mul_(1e-6)
        built.rnn.weight_ih_l0_reverse.mul_(1e-6)
    exact, half = (
        symbol_batches(built, HostLane(), precision, Wanted.BEST).frames(lines())
        for precision in (Precision.SINGLE, Precision.HALF)
    )
    for (labels, sure), (others, as_sure) in zip(exact, half, strict=True):
        assert np.array_equal(labels, others)
        assert np.array_equal(sure, as_sure)


def test_a_network_on_the_cpu_is_not_laid_out_ahead_and_one_on_a_gpu_is(tmp_path: Path) -> None:
    write_model(tmp_path, plan())
    stage = PylaiaLines(LoadOrder(str(tmp_path), ModelFacts("m", "0" * 64)))
    assert isinstance(stage, LaysAhead)
    assert stage.ahead is None
    lane, _ = fake_lane()
    batches = symbol_batches(network(plan()), lane, Precision.SINGLE, Wanted.BEST)
    stage._reader = TorchSymbols(batches, "cuda:0")
    ahead = stage.ahead
    assert ahead is not None
    same(ahead.begin(ahead.lay_out(items())).raws(), stage.infer(items()))


def same(some: Any, others: Any) -> None:
    for one, other in zip(some, others, strict=True):
        for array, beside in zip(one.arrays, other.arrays, strict=True):
            assert np.array_equal(array, beside)


def test_no_lines_are_no_batch() -> None:
    assert symbol_batches(network(plan()), HostLane(), Precision.SINGLE, Wanted.BEST).frames([]) == []


def test_where_nothing_computes_nothing_is_read(tmp_path: Path) -> None:
    write_model(tmp_path, plan())
    stage = PylaiaLines(LoadOrder(str(tmp_path), ModelFacts("m", "0" * 64), computes=False))
    assert stage.ahead is None
    with pytest.raises(RuntimeError, match="no network was loaded"):
        stage.infer(items())


# Against the genuine package's checkpoints


@pytest.mark.parametrize("name", ["m0-trained", "m128-trained"])
@pytest.mark.parametrize("precision", [Precision.SINGLE, Precision.BRAIN, Precision.HALF])
def test_real_checkpoints_say_in_any_batch_and_precision_what_the_reference_says(
    shared: Path, name: str, precision: Precision
) -> None:
    genuine = shared / "data" / "pylaia"
    computing = Computing(CpuBackend.TORCH, precision)
    stage = PylaiaLines(LoadOrder(str(genuine / name), ModelFacts("m", "0" * 64), computing=computing))
    found = stage.infer([Item((line,), cost=1) for line in real_lines(genuine, name)])
    built, _ = load_pylaia(genuine / name)
    for line, raw in zip(real_lines(genuine, name), found, strict=True):
        sure, best = reference(built, line).softmax(1).max(1)
        labels, confidences = (np.asarray(array) for array in raw.arrays)
        assert said(labels) == said(best.numpy())
        most = 1e-4 if precision is Precision.SINGLE else 0.2
        assert np.abs(confidences - sure.numpy()).max() < most
        if precision is Precision.SINGLE:
            assert np.array_equal(labels, best.numpy())


def real_lines(genuine: Path, name: str) -> list[Any]:
    found = []
    for place in sorted((genuine / "lines").glob("*.png")):
        with Image.open(place) as picture:
            grey = picture.convert("L")
        if name.startswith("m128"):
            grey = grey.resize((int(grey.width * 128 / grey.height), 128), Image.Resampling.LANCZOS)
        found.append(((255 - np.asarray(grey, dtype=np.float32)) / 255)[np.newaxis])
    return found


def said(labels: Any) -> list[int]:
    return [int(label) for label, before in zip(labels, [0, *labels], strict=False) if label not in (0, before)]
