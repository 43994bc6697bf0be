"""Batches get onto a device and results off it without anybody waiting who need not."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from htrkit.networks.torch_lane import CPU, HostLane, Spec, lane_to
from tests.fakes.torch_waits import NothingWaits, Waits, fake_lane

SPECS = (Spec((2, 3), torch.float32), Spec((5,), torch.int32), Spec((1, 1, 7), torch.float32))


def test_a_parcel_holds_its_tensors_one_after_the_other_in_one_piece() -> None:
    parcel = HostLane().parcel(*SPECS)
    for number, tensor in enumerate(parcel.tensors):
        tensor.fill_(number + 1)
    first, second, third = parcel.tensors
    assert [tuple(one.shape) for one in (first, second, third)] == [spec.shape for spec in SPECS]
    assert (first.unique().tolist(), second.unique().tolist(), third.unique().tolist()) == ([1], [2], [3])
    assert all(one.data_ptr() % 64 == first.data_ptr() % 64 for one in (second, third))


def test_on_the_cpu_nothing_is_copied() -> None:
    lane = lane_to(CPU)
    parcel = lane.parcel(*SPECS)
    sent = lane.send(parcel)
    with lane.computing(sent):
        made = sent.tensors[0]
        made.fill_(4)
        fetched = lane.fetch(made)
    assert fetched.numbers().tolist() == [[4, 4, 4], [4, 4, 4]]
    assert parcel.tensors[0].data_ptr() == made.data_ptr()


def test_a_batch_is_copied_beside_the_computing_and_awaited_by_the_stream_alone() -> None:
    lane, cuda = fake_lane()
    first, second = lane.send(lane.parcel(*SPECS)), lane.send(lane.parcel(*SPECS))
    with lane.computing(first):
        fetched = lane.fetch(first.tensors[0])
        assert cuda.entered == ["computing"]
    assert cuda.diary == [
        *("copying: mark", "copying: mark"),
        "computing: wait for everybody's",
        *("computing: wait for copying", "computing: hold", "computing: mark"),
    ]
    fetched.numbers()
    assert cuda.diary[-1] == "caller: wait for computing"
    assert second.tensors[0].data_ptr() != first.tensors[0].data_ptr()


def test_results_are_the_callers_own() -> None:
    lane, _ = fake_lane()
    sent = lane.send(lane.parcel(Spec((2,), torch.int32)))
    with lane.computing(sent):
        sent.tensors[0].fill_(3)
        fetched = lane.fetch(sent.tensors[0])
    numbers = fetched.numbers()
    assert numbers.base is None or not np.shares_memory(numbers, fetched.numbers())
    assert numbers.tolist() == [3, 3]


@pytest.mark.parametrize(
    "deed",
    [
        lambda tensor: tensor.sum().item(),
        lambda tensor: int(tensor.min()),
        lambda tensor: bool((tensor > 0).all()),
        lambda tensor: tensor[tensor > 0.5],
        lambda tensor: tensor.to("meta"),
    ],
    ids=["a number", "a smallest number", "a truth", "a choice", "another device"],
)
def test_the_watch_objects_to_whatever_waits(deed: Callable[[torch.Tensor], object]) -> None:
    with NothingWaits(), pytest.raises(Waits):
        deed(torch.rand(4))
