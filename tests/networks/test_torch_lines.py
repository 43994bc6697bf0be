"""Lines of any sizes go to a device in batches, and what overflowed there is read again."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from htrkit.networks.torch_finish import BestLabels, LogProbabilities
from htrkit.networks.torch_lines import LineBatches
from tests.fakes.kraken_networks import chance
from tests.fakes.torch_waits import NothingWaits, fake_lane


class Summing:
    """Gives two labels a column: of ink, and of paper."""

    def __init__(self, *, takes_mixed: bool = True, precision: torch.dtype = torch.float32, times: float = 1) -> None:
        self.precision = precision
        self.takes_mixed = takes_mixed
        self.seen: list[tuple[int, ...]] = []
        self._times = times

    def lengths(self, widths: Sequence[int]) -> list[list[int]]:
        return [list(widths)] if self.takes_mixed else []

    def logits(self, pixels: torch.Tensor, ends: torch.Tensor | None = None) -> torch.Tensor:
        del ends
        self.seen.append(tuple(pixels.shape))
        columns = pixels.mean((1, 2), keepdim=True).squeeze(1) * self._times
        return torch.stack([columns, self._times - columns], 1)


def lines_of(*shapes: tuple[int, int]) -> list[NDArray[np.float32]]:
    return [chance((width,), height=height)[0] for height, width in shapes]


def ink(line: NDArray[np.float32]) -> NDArray[np.bool_]:
    return np.asarray(line.mean((0, 1)) < 0.5)


def test_lines_of_one_height_share_a_batch_and_come_back_in_order() -> None:
    lane, _ = fake_lane()
    network = Summing()
    lines = lines_of((16, 40), (9, 33), (16, 61), (9, 50))
    said = LineBatches(network, lane, BestLabels()).frames(lines)
    assert network.seen == [(2, 1, 16, 61), (2, 1, 9, 50)]
    for line, (labels, _) in zip(lines, said, strict=True):
        assert (labels == ink(line)).all()


def test_where_widths_do_not_mix_a_batch_is_of_one() -> None:
    lane, _ = fake_lane()
    network = Summing(takes_mixed=False)
    said = LineBatches(network, lane, BestLabels()).frames(lines_of((16, 40), (16, 8), (16, 40)))
    assert network.seen == [(2, 1, 16, 40), (1, 1, 16, 8)]
    assert [len(labels) for labels, _ in said] == [40, 8, 40]


def test_all_probabilities_are_the_networks_own() -> None:
    lane, _ = fake_lane()
    lines = lines_of((16, 40), (16, 33))
    said = LineBatches(Summing(), lane, LogProbabilities()).frames(lines)
    for line, (seen,) in zip(lines, said, strict=True):
        assert seen.shape == (line.shape[2], 2)
        assert np.abs(np.exp(seen).sum(1) - 1).max() < 1e-6
        assert (seen.argmax(1) == ink(line)).all()


def halved(wider: Any, lane: Any, finish: Any) -> LineBatches[Any]:
    return LineBatches(Summing(precision=torch.float16, times=1e5), lane, finish, wider)


def test_a_batch_with_a_number_that_overflowed_is_read_again_from_what_the_device_has() -> None:
    lane, cuda = fake_lane()
    wider = Summing()
    for finish in (BestLabels(), LogProbabilities()):
        reader = halved(LineBatches(wider, lane, finish), lane, finish)
        lines = lines_of((16, 40), (16, 64))
        with NothingWaits():
            begun = reader.begin(reader.lay_out(lines))
        sent = cuda.diary.count("copying: mark")
        for line, said in zip(lines, begun.frames(), strict=True):
            assert all(np.isfinite(array).all() for array in said)
            assert len(said[0]) == line.shape[2]
        assert cuda.diary.count("copying: mark") == sent
    assert wider.seen == [(2, 1, 16, 64)] * 2


def test_a_batch_of_sound_numbers_is_read_once() -> None:
    lane, _ = fake_lane()
    wider = Summing()
    reader = LineBatches(Summing(precision=torch.float16), lane, BestLabels(), LineBatches(wider, lane, BestLabels()))
    reader.frames(lines_of((16, 40)))
    assert wider.seen == []
