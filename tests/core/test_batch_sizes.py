"""Sizes count in items of usual cost: what costs more takes the room of several, and teaches nothing about the rest."""

import random

import pytest

from htrkit.core.batch_sizes import GROWS_AGAIN_AFTER, BackingOff, BatchSizes, Resized
from htrkit.core.batch_sizing import remembered_batch
from htrkit.core.batch_steering import BatchLimits, BatchSteering, Computed, OutOfMemory
from htrkit.core.batching import BatchQueue, Waiting
from htrkit.domain.failure import Step
from tests.fakes.simulated_device import GB, SimulatedDevice

LINE = Step.RECOGNISE


def computed(items: int = 4) -> Computed:
    return Computed(items, 1.0, 1.0, 0, 0)


def taught(size: int, *costs: float) -> BatchSizes:
    sizes = BatchSizes({LINE: BackingOff(size)})
    sizes.computed(LINE, costs, computed(len(costs)))
    return sizes


def test_before_anything_was_computed_every_item_is_usual() -> None:
    assert BatchSizes({LINE: BackingOff(8)}).most(LINE, 99_999) == 8


@pytest.mark.parametrize(("cost", "most"), [(10, 8), (100, 8), (125, 8), (126, 6), (200, 4), (790, 1), (9000, 1)])
def test_what_costs_more_takes_the_room_of_several(cost: float, most: int) -> None:
    assert taught(8, *[100.0] * 10).most(LINE, cost) == most


def test_one_item_in_ten_may_cost_more_and_is_not_what_is_usual() -> None:
    assert taught(8, *[100.0] * 19, 1000.0).most(LINE, 1000.0) == 1


def test_what_is_usual_follows_the_pages() -> None:
    sizes = taught(8, *[100.0] * 512)
    sizes.computed(LINE, [200.0] * 400, computed())
    assert sizes.most(LINE, 200.0) == 8


def test_items_that_cost_nothing_are_usual() -> None:
    assert taught(8, 0.0, 0.0).most(LINE, 5.0) == 8


def test_a_size_that_was_asked_for_is_halved_and_told() -> None:
    sizes = BatchSizes({LINE: BackingOff(8)})
    assert sizes.out_of_memory(LINE, [1.0] * 8, 0) == Resized(LINE, 8, 4, for_want_of_memory=True)
    assert sizes.out_of_memory(LINE, [1.0] * 8, 0) is None, "it was under way when the other did not fit"
    assert sizes.out_of_memory(LINE, [1.0], 0) == Resized(LINE, 4, 1, for_want_of_memory=True)


def test_a_size_that_was_halved_comes_back_when_that_is_long_ago_and_no_further() -> None:
    sizes = BatchSizes({LINE: BackingOff(8)})
    sizes.out_of_memory(LINE, [1.0] * 8, 0)
    told = [sizes.computed(LINE, [1.0] * 4, computed()) for _ in range(3 * GROWS_AGAIN_AFTER)]
    assert [one for one in told if one] == [Resized(LINE, 4, 8, for_want_of_memory=False)]
    assert told.index(next(one for one in told if one)) == GROWS_AGAIN_AFTER - 1


def test_a_large_item_that_does_not_fit_alone_says_nothing_of_the_others() -> None:
    sizes = taught(8, *[100.0] * 10)
    assert sizes.out_of_memory(LINE, [900.0], 0) is None
    assert sizes.most(LINE, 100.0) == 8


def test_steps_have_sizes_of_their_own() -> None:
    sizes = BatchSizes({LINE: BackingOff(8), Step.SEGMENT: BackingOff(1)})
    sizes.computed(LINE, [100.0] * 8, computed())
    assert (sizes.most(Step.SEGMENT, 5000.0), sizes.most(LINE, 100.0)) == (1, 8)


def test_what_a_usual_item_takes_is_known_of_what_is_steered_only() -> None:
    steering = BatchSteering(4, BatchLimits(64, 46 * GB, 0))
    sizes = BatchSizes({LINE: steering, Step.SEGMENT: BackingOff(1)})
    assert sizes.item_bytes(LINE) == 0
    sizes.computed(LINE, [100.0] * 4, Computed(4, 400.0, 1.0, 8 * GB, 30 * GB))
    assert (sizes.item_bytes(LINE), sizes.item_bytes(Step.SEGMENT)) == (2 * GB, 0)


@pytest.mark.parametrize(
    ("items", "item_gb", "free_gb", "size"),
    [(48, 0.5, 44, 48), (48, 0.5, 24, 38), (48, 0, 5, 48), (500, 0.001, 44, 128), (48, 5, 6, 1), (0, 0, 44, 1)],
)
def test_a_remembered_size_is_taken_as_far_as_it_fits_now(items: int, item_gb: float, free_gb: int, size: int) -> None:
    limits = BatchLimits(128, 46 * GB, 0)
    assert remembered_batch(items, round(item_gb * GB), free_gb * GB, limits) == size


class Lines:
    """A device on which lines of any width are read, batch by batch as the queue gives them."""

    def __init__(self, device: SimulatedDevice, start: int, most: int = 128) -> None:
        self.device = device
        self.sizes = BatchSizes({LINE: BatchSteering(start, BatchLimits(most, device.total_bytes, 0))})
        self.queue = BatchQueue(self.sizes.most, dry_seconds=0.0)
        self.failed: list[float] = []
        self.out_of_memory: list[int] = []
        self.batches = 0
        self._number = 0

    def wait(self, *widths: float) -> None:
        for width in widths:
            self._number += 1
            self.queue.add(Waiting("w0", self._number, LINE, width), 0.0)

    def go(self) -> None:
        while batch := self.queue.take(1.0):
            self._compute([item.cost for item in batch])

    def _compute(self, widths: list[float]) -> None:
        self.batches += 1
        device = self.device
        peak = round(len(widths) * max(widths) / 1000 * device.item_bytes)
        free = device.total_bytes - device.others_bytes - device.model_bytes
        if peak <= free:
            heard = Computed(len(widths), len(widths) * max(widths), device.seconds(len(widths)), peak, free - peak)
            self.sizes.computed(LINE, widths, heard)
            return
        self.out_of_memory.append(self.batches)
        self.sizes.out_of_memory(LINE, widths, free)
        if len(widths) == 1:
            self.failed += widths
            return
        half = len(widths) // 2
        self._compute(widths[:half])
        self._compute(widths[half:])


def test_lines_of_any_width_run_out_of_memory_once_in_a_thousand_batches_at_most() -> None:
    chance = random.Random(7)
    lines = Lines(SimulatedDevice(item_bytes=400_000_000), start=16)
    for _ in range(2500):
        lines.wait(*(min(chance.lognormvariate(6.9, 0.5), 8000) for _ in range(120)))
        lines.go()
    late = [number for number in lines.out_of_memory if number > 12]
    assert not lines.failed
    assert lines.batches > 3000
    assert len(late) <= lines.batches / 1000


def test_a_line_that_fits_nowhere_fails_alone_and_costs_the_others_nothing() -> None:
    lines = Lines(SimulatedDevice(item_bytes=GB), start=16)
    for _ in range(20):
        lines.wait(*[1000.0] * 60)
        lines.go()
    before = lines.sizes.most(LINE, 1000.0)
    lines.wait(90_000.0, *[1000.0] * 60)
    lines.go()
    assert lines.failed == [90_000.0]
    assert len(lines.out_of_memory) <= 1
    assert lines.sizes.most(LINE, 1000.0) == before >= 35


def test_a_neighbour_that_takes_ten_gigabytes_is_made_room_for_and_the_size_comes_back() -> None:
    lines = Lines(SimulatedDevice(item_bytes=GB // 2), start=16)
    for _ in range(20):
        lines.wait(*[1000.0] * 128)
        lines.go()
    before = lines.sizes.most(LINE, 1000.0)
    lines.device.others_bytes = 10 * GB
    lines.wait(*[1000.0] * before * 5)
    lines.go()
    assert lines.sizes.most(LINE, 1000.0) <= before - 18
    lines.device.others_bytes = 0
    lines.wait(*[1000.0] * 400)
    lines.go()
    assert (lines.sizes.most(LINE, 1000.0), lines.failed) == (before, [])


def test_out_of_memory_is_heard_in_usual_items() -> None:
    heard: list[OutOfMemory | Computed] = []

    class Hearing:
        size = 8

        def hear(self, one: OutOfMemory | Computed) -> int:
            heard.append(one)
            return 8

    sizes = BatchSizes({LINE: Hearing()})
    sizes.computed(LINE, [100.0] * 9, computed(9))
    sizes.out_of_memory(LINE, [300.0, 100.0], 7)
    assert heard[1:] == [OutOfMemory(6, 7)]
