"""Kraken's VGSL networks by layers of ours compute what kraken's own do, and wait for nothing."""

import numpy as np
import pytest
import torch

from htrkit.networks.torch_layers import plain
from htrkit.networks.torch_vgsl import Unknown, VgslNetwork
from tests.fakes.kraken_networks import chance, each_alone, line_network, map_network, map_of
from tests.fakes.torch_waits import NothingWaits

LINES = {
    "pooled": "[1,12,0,1 Cr3,3,4 Mp2,2 Cr3,3,4 Mp2,2 S1(1x0)1,3 Lbx6 O1c9]",
    "in colour": "[1,12,0,3 Cr3,3,4 Mp2,2 Cr3,3,4 Mp2,2 S1(1x0)1,3 Lbx6 O1c9]",
    "with dropout": "[1,12,0,1 Cr3,3,4 Do0.1,2 Mp2,2 S1(1x0)1,3 Lbx6 Do0.5 Lbx6 O1c9]",
    "strided": "[1,16,0,1 Cr5,5,4,2,2 Cr3,3,4,2,2 Cr3,3,4,2,1 S1(1x0)1,3 Lbx6 O1c9]",
    "dilated": "[1,12,0,1 Cr3,3,4,1,1,1,2 Mp2,2 Cr3,9,4,1,1,2,1 S1(1x0)1,3 Lfx6 O1c9]",
    "normed": "[1,12,0,1 Cr3,3,8 Gn4 Mp2,2 Cl3,9,8 Gn2 S1(1x0)1,3 Lbx6 O1c9]",
    "summed up": "[1,12,0,1 Cr3,3,4 Mp2,2 Lfys5 Lbx6 O1c9]",
    "columns read upwards and down": "[1,12,0,1 Cr3,3,4 Mp2,2 Lby3 Lbys5 Lbx6 O1c9]",
    "tanh and leaks": "[1,12,0,1 Clr3,3,4 Mp2,2 Ct3,3,4 S1(1x0)1,3 Lbx6 O1c9]",
    "sigmoids left out": "[1,12,0,1 Cs3,3,4 Mp2,2 S1(1x0)1,3 Lbx6 O1c9]",
    "even kernels": "[1,12,0,1 Cr2,2,4 Mp3,3,2,2 Cr4,4,4 S1(1x0)1,3 Lbx6 O1c9]",
    "single pixels": "[1,12,0,1 Cr3,3,4 Mp2,2 Cr1,1,6 Cr1,1,3,2,2 S1(1x0)1,3 Lbx6 O1c9]",
    "three memories": "[1,8,0,1 Cr3,3,4 Mp2,2 S1(1x0)1,3 Lbx5 Lfx7 Lbx3 O1c9]",
    "folded to the height it has": "[1,8,0,1 Cr3,3,4 Mp2,2 S1(1x4)1,3 Lbx5 O1c9]",
    "without a memory": "[1,8,0,1 Cr3,3,4 Mp2,2 S1(1x0)1,3 O1c9]",
}
MAPS = {
    "as blla": "[1,24,0,3 Cr7,7,8,2,2 Gn4 Cr3,3,8,2,2 Gn4 Lbx4 Lby4 Cr1,1,4 Gn2 Lby4 Lbx4 Cs1,1,4]",
    "one channel": "[1,24,0,1 Cr3,3,4,2,2 Gn2 Lbx3 Lby3 Cs1,1,4]",
    "one way": "[1,24,0,1 Cr3,3,4,2,2 Lfx3 Lfy3 Cs1,1,4]",
}
UNKNOWN = {
    "side by side": "[1,12,0,1 Cr3,3,8 (Cr3,3,4 Cr5,5,4) Mp2,2 S1(1x0)1,3 Lbx6 O1c9]",
    "softmax": "[1,12,0,1 Cm3,3,4 Mp2,2 S1(1x0)1,3 Lbx6 O1c9]",
}
WIDTHS = (33, 64, 9, 47, 8, 33, 130)
SINGLE = torch.float32


def side_by_side(lines: list[np.ndarray]) -> torch.Tensor:
    batch = np.zeros((len(lines), *lines[0].shape[:2], max(line.shape[2] for line in lines)), dtype=np.float32)
    for row, line in zip(batch, lines, strict=True):
        row[:, :, : line.shape[2]] = line
    return torch.from_numpy(batch)


@torch.inference_mode()
def read(network: VgslNetwork, lines: list[np.ndarray]) -> list[np.ndarray]:
    lengths = network.lengths([line.shape[2] for line in lines])
    with NothingWaits():
        logits = network.logits(
            side_by_side(lines).to(network.precision), torch.tensor(lengths, dtype=torch.int32)
        ).float()
    return [row[:, 0, :frames].numpy().T for row, frames in zip(logits, lengths[-1], strict=True)]


@pytest.mark.parametrize("name", LINES)
def test_lines_of_any_width_in_one_batch_are_read_as_kraken_reads_each_alone(name: str) -> None:
    model = line_network(LINES[name])
    _, channels, height, _ = model.input
    lines = chance(WIDTHS, height=height, channels=channels)
    for alone, beside in zip(each_alone(model, lines), read(VgslNetwork(model, SINGLE), lines), strict=True):
        assert beside.shape == alone.shape
        assert np.abs(beside - alone).max() < 1e-4
        assert alone.std() > 1e-3


def test_lines_that_all_fill_their_batch_need_no_ends() -> None:
    model = line_network()
    lines = chance((50, 50), height=12)
    network = VgslNetwork(model, SINGLE)
    with torch.inference_mode():
        logits = network.logits(side_by_side(lines))
    for alone, row in zip(each_alone(model, lines), logits, strict=True):
        assert np.abs(row[:, 0].numpy().T - alone).max() < 1e-4


@pytest.mark.parametrize("name", MAPS)
def test_pages_are_seen_as_kraken_sees_them(name: str) -> None:
    model = map_network(MAPS[name])
    (page,) = chance((57,), height=24, channels=model.input[1])
    with torch.inference_mode(), NothingWaits():
        found = VgslNetwork(model, SINGLE).logits(torch.from_numpy(page)[None])[0].numpy()
    expected = map_of(model, page)
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() < 1e-4


@pytest.mark.parametrize("precision", [torch.bfloat16, torch.float16])
def test_half_precision_reads_nearly_the_same(precision: torch.dtype) -> None:
    model = line_network(LINES["normed"])
    lines = chance(WIDTHS, height=12)
    exact = read(VgslNetwork(model, SINGLE), lines)
    halved = read(VgslNetwork(model, precision), lines)
    assert all(np.abs(one - other).max() < 0.2 for one, other in zip(exact, halved, strict=True))
    assert any((one != other).any() for one, other in zip(exact, halved, strict=True))


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_network_with_a_layer_that_is_not_known_is_refused(name: str) -> None:
    with pytest.raises(Unknown):
        VgslNetwork(line_network(UNKNOWN[name]), SINGLE)


def test_weights_lose_the_numbers_that_are_all_but_zero() -> None:
    weights = torch.tensor([1.0, -0.5, 1e-40, -1e-39, 1.2e-38, 0.0])
    expected = weights.clone()
    expected[2:4] = 0
    assert torch.equal(plain(weights, SINGLE), expected)
    assert weights[2] != 0


def test_the_models_own_weights_stay_as_they_are() -> None:
    model = line_network()
    before = {name: value.clone() for name, value in model.nn.state_dict().items()}
    read(VgslNetwork(model, torch.bfloat16), chance((20, 30), height=12))
    assert all(torch.equal(value, before[name]) for name, value in model.nn.state_dict().items())
