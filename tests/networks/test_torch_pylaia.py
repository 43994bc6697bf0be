"""PyLaia's networks by layers of ours compute what the reference makes of each line alone, and wait for nothing."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from htrkit.engines.pylaia_plan import NetworkPlan
from htrkit.networks.torch_pylaia import PylaiaLayers
from tests.fakes.kraken_networks import chance
from tests.fakes.pylaia_models import PLANS, network, plan
from tests.fakes.torch_waits import NothingWaits

WIDTHS = (61, 24, 40, 5, 17, 61)
SINGLE = torch.float32


@torch.inference_mode()
def alone(made: NetworkPlan, lines: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    built = network(made)
    return [built(torch.from_numpy(line)[None], [line.shape[2]])[0][:, 0].numpy() for line in lines]


@torch.inference_mode()
def together(layers: PylaiaLayers, lines: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    lengths = layers.lengths([line.shape[2] for line in lines])
    batch = np.zeros((len(lines), *lines[0].shape[:2], 64), dtype=np.float32)
    for row, line in zip(batch, lines, strict=True):
        row[:, :, : line.shape[2]] = line
    with NothingWaits():
        logits = layers.logits(torch.from_numpy(batch).to(layers.precision), torch.tensor(lengths, dtype=torch.int32))
    whole = logits.float()
    return [row[:, 0, :frames].numpy().T for row, frames in zip(whole, lengths[-1], strict=True)]


@pytest.mark.parametrize("name", PLANS)
def test_lines_of_any_width_in_one_batch_are_read_as_the_reference_reads_each_alone(name: str) -> None:
    made = PLANS[name]
    for height in (16,) if made.fixed_height else (16, 23, 5):
        lines = chance(WIDTHS, height=height)
        found = together(PylaiaLayers(network(made), SINGLE), lines)
        for one, beside in zip(alone(made, lines), found, strict=True):
            assert beside.shape == one.shape
            assert np.abs(beside - one).max() < 1e-5
            assert one.std() > 1e-3


@pytest.mark.parametrize("rnn", ["LSTM", "GRU"])
def test_marks_that_shut_nothing_would_be_seen(rnn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant of the test above: the way back brings along what it made of the padding."""
    monkeypatch.setattr("htrkit.networks.torch_memory.SHUT", 0.0)
    made, lines = plan(rnn=rnn), chance(WIDTHS, height=16)
    found = together(PylaiaLayers(network(made), SINGLE), lines)
    assert max(np.abs(a - b).max() for a, b in zip(alone(made, lines), found, strict=True)) > 1e-3


def test_lines_that_all_fill_their_batch_need_no_ends() -> None:
    lines = chance((48, 48), height=16)
    with torch.inference_mode():
        logits = PylaiaLayers(network(plan()), SINGLE).logits(torch.from_numpy(np.stack(lines)))
    for one, row in zip(alone(plan(), lines), logits, strict=True):
        assert np.abs(row[:, 0].numpy().T - one).max() < 1e-5


@pytest.mark.parametrize(("precision", "most"), [(torch.bfloat16, 0.1), (torch.float16, 0.01)])
@pytest.mark.parametrize("rnn", ["LSTM", "GRU"])
def test_reduced_precision_stays_close(precision: torch.dtype, most: float, rnn: str) -> None:
    made, lines = plan(rnn=rnn), chance(WIDTHS, height=16)
    layers = PylaiaLayers(network(made), precision)
    for one, beside in zip(alone(made, lines), together(layers, lines), strict=True):
        assert 0 < np.abs(beside - one).max() < most


def test_a_line_in_reduced_precision_is_read_beside_others_as_alone() -> None:
    layers, lines = PylaiaLayers(network(plan()), torch.bfloat16), chance(WIDTHS, height=16)
    for line, beside in zip(lines, together(layers, lines), strict=True):
        assert np.abs(together(layers, [line])[0] - beside).max() < 0.02


def test_another_height_than_the_networks_own_is_said() -> None:
    layers = PylaiaLayers(network(plan(sequencer="none")), SINGLE)
    with pytest.raises(ValueError, match="5 rows instead of 4: the line has another height"):
        layers.logits(torch.zeros(1, 1, 20, 32))
