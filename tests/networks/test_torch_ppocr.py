"""Kraken's PP-OCRv6 networks by layers of ours compute what kraken's own do, and wait for nothing."""

import numpy as np
import pytest
import torch

from htrkit.networks.torch_ppocr import PpocrNetwork
from htrkit.networks.torch_vgsl import Unknown
from tests.fakes.kraken_networks import chance, each_alone, ppocr_network
from tests.fakes.torch_waits import NothingWaits
from tests.networks.test_torch_vgsl import read

WIDTHS = (70, 33, 121, 64)


@pytest.mark.parametrize("variant", ["small", "medium"])
def test_lines_of_any_width_in_one_batch_are_read_as_kraken_reads_each_alone(variant: str) -> None:
    model = ppocr_network(variant)
    lines = chance(WIDTHS, height=48, channels=3)
    for alone, beside in zip(each_alone(model, lines), read(PpocrNetwork(model, torch.float32), lines), strict=True):
        frames = len(alone)
        # Kraken takes the last frame for padding where its product of floats falls below a whole number.
        assert len(beside) - frames in {0, 1}
        if len(beside) == frames:
            assert np.abs(beside - alone).max() < 1e-3
        assert alone.std() > 1e-3


def test_lines_that_fill_their_batch_need_no_ends() -> None:
    model = ppocr_network()
    lines = chance((64, 64), height=48, channels=3)
    network = PpocrNetwork(model, torch.float32)
    with torch.inference_mode(), NothingWaits():
        logits = network.logits(torch.from_numpy(np.stack(lines)))
    for alone, row in zip(each_alone(model, lines), logits, strict=True):
        assert np.abs(row[:, 0].numpy().T - alone).max() < 1e-3


def test_a_variant_that_is_not_known_is_refused() -> None:
    with pytest.raises(Unknown):
        PpocrNetwork(ppocr_network("tiny"), torch.float32)
