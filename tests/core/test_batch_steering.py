"""Batches on a simulated device grow to what fits and pays, and follow what others take of it."""

import random
from dataclasses import replace

import pytest

from htrkit.core.batch_sizing import starting_batch
from htrkit.core.batch_steering import BatchLimits, BatchSteering, Computed, OutOfMemory
from htrkit.engines.catalog import ENGINES
from tests.fakes.simulated_device import GB, SimulatedDevice, SteeredRun, amortised

MOST = 128


def steered(device: SimulatedDevice, *, start: int = 8, most: int = MOST, share: float = 0.9) -> SteeredRun:
    limits = BatchLimits(most, device.total_bytes, device.model_bytes, share)
    return SteeredRun(device, BatchSteering(start, limits))


def near(size: int, largest: int) -> bool:
    """Within 5 % of the largest, or one item where that is less than an item."""
    return largest - max(0.05 * largest, 1) <= size <= largest


@pytest.mark.parametrize("item_mb", [5, 40, 290, 301, 330, 700, 1500, 4000, 9000, 30_000])
@pytest.mark.parametrize("start", [1, 8, 48, 128])
@pytest.mark.parametrize("others_gb", [0, 9])
def test_within_twelve_batches_the_size_is_the_largest_that_fits(item_mb: int, start: int, others_gb: int) -> None:
    device = SimulatedDevice(item_bytes=item_mb * 10**6, others_bytes=others_gb * GB)
    run = steered(device, start=start).go(12)

    assert near(run.steering.size, device.largest())
    assert run.failed == 0
    settled = run.steering.size
    run.out_of_memory = 0
    run.go(1000)
    assert run.out_of_memory == 0
    assert set(run.sizes[12:]) == {settled}


@pytest.mark.parametrize("row", ENGINES, ids=lambda row: row.name)
@pytest.mark.parametrize("truth", [0.1, 0.5, 1.0, 3.0])
def test_every_engine_comes_to_its_largest_however_wrong_its_table_is(row: object, truth: float) -> None:
    (row,) = [one for one in ENGINES if one is row]
    memory = row.memory[0]
    item = round(memory.of_item() * truth)
    device = SimulatedDevice(model_bytes=memory.model_bytes, item_bytes=item)
    start = starting_batch(row, device.total_bytes - device.model_bytes)
    run = steered(device, start=start, most=row.batch.most).go(12)

    assert near(run.steering.size, device.largest(most=row.batch.most))
    assert run.failed == 0


def test_a_start_that_is_much_too_large_is_halved_and_nothing_fails() -> None:
    device = SimulatedDevice(item_bytes=2 * GB)
    run = steered(device, start=128).go(12)

    assert (run.out_of_memory, run.failed) == (3, 0), "128, 64 and 32 do not fit"
    assert near(run.steering.size, device.largest())


@pytest.mark.parametrize("start", [4, 40])
def test_everybody_together_stays_below_the_share_that_is_set(start: int) -> None:
    run = steered(SimulatedDevice(), start=start, share=0.8).go(50)
    assert max(run.peaks) <= 0.8
    assert near(run.steering.size, SimulatedDevice().largest(share=0.8))


def test_when_a_neighbour_takes_ten_gigabytes_the_size_follows_within_five_batches_and_comes_back() -> None:
    device = SimulatedDevice(item_bytes=500_000_000)
    run = steered(device).go(20)
    before = run.steering.size

    device.others_bytes = 10 * GB
    run.go(5)
    assert near(run.steering.size, device.largest())
    assert run.failed == 0
    taken = run.out_of_memory
    run.go(1000)
    assert run.out_of_memory - taken == 0

    device.others_bytes = 0
    run.go(5)
    assert run.steering.size == before


def test_when_a_neighbour_leaves_nothing_for_a_batch_the_size_is_one_until_it_is_gone() -> None:
    device = SimulatedDevice(item_bytes=GB)
    run = steered(device).go(10)
    device.others_bytes = 42 * GB
    run.go(5)
    assert (run.steering.size, run.failed) == (1, 0)
    device.others_bytes = 0
    run.go(7)
    assert near(run.steering.size, device.largest())


def test_out_of_memory_with_next_to_nothing_left_goes_straight_to_what_fits() -> None:
    run = steered(SimulatedDevice()).go(12)
    assert run.steering.hear(OutOfMemory(128, 9_250_000_000)) == 15  # less than half; 4.6 GB must stay free
    assert run.steering.hear(OutOfMemory(15, 4_000_000_000)) == 1


def test_an_item_that_does_not_fit_alone_leaves_a_size_of_one() -> None:
    run = steered(SimulatedDevice(item_bytes=50 * GB), start=2).go(1)
    assert (run.steering.size, run.failed) == (1, 2)


def test_pages_that_differ_cost_at_most_one_out_of_memory_in_a_thousand_batches() -> None:
    chance = random.Random(5)
    costs = [chance.lognormvariate(0, 0.1) for _ in range(4000)]
    run = steered(SimulatedDevice(item_bytes=400_000_000, costs=costs)).go(12)
    assert run.failed == 0
    run.out_of_memory = 0
    run.go(3000)
    assert run.out_of_memory <= 3
    assert sum(run.sizes[-2000:]) / 2000 > 0.6 * SimulatedDevice(item_bytes=400_000_000).largest()


def test_a_batch_that_needs_more_than_could_be_seen_coming_does_not_come_again_for_a_thousand_batches() -> None:
    """A device whose memory is in pieces: it says that there is more than it can give."""
    steering = BatchSteering(16, BatchLimits(128, 46 * GB, 2 * GB))

    def compute(size: int) -> Computed | OutOfMemory:
        if size > 70:
            return OutOfMemory(size, 44 * GB)
        return Computed(size, size, 1 + size / 50, 2 * GB + size * GB // 5, 44 * GB - size * GB // 5)

    missed = 0
    for _ in range(1000):
        heard = compute(steering.size)
        missed += isinstance(heard, OutOfMemory)
        steering.hear(heard)
    assert missed <= 6
    late = 0
    for _ in range(900):
        heard = compute(steering.size)
        late += isinstance(heard, OutOfMemory)
        steering.hear(heard)
    assert late <= 1


def test_an_out_of_memory_that_nobody_can_explain_is_forgiven_in_the_course_of_a_few_thousand_batches() -> None:
    device = SimulatedDevice()
    run = steered(device).go(12)
    largest = run.steering.size
    run.steering.hear(OutOfMemory(largest, device.total_bytes - device.model_bytes))
    run.go(1000)
    assert run.steering.size < largest
    run.go(3000)
    assert run.steering.size == largest


def test_one_odd_page_counts_for_sixteen_batches_and_no_longer() -> None:
    device = SimulatedDevice(item_bytes=GB // 2, costs=[*[1.0] * 20, 1.1])
    run = steered(device).go(20)
    largest = run.steering.size
    run.go(16)
    assert set(run.sizes[22:]) == {run.steering.size}
    assert run.steering.size == 71 < largest == 78
    run.go(2)
    assert run.steering.size == largest


def test_a_device_that_is_slower_than_before_is_measured_by_what_it_is_now() -> None:
    device = SimulatedDevice()
    run = steered(device).go(12)
    largest = run.steering.size
    device.seconds = lambda items: 3 * amortised(items)
    run.go(220)
    assert run.steering.size == largest
    assert sum(run.sizes[-100:]) == 100 * largest


def test_a_size_that_is_slower_is_left_again() -> None:
    device = SimulatedDevice(seconds=lambda items: 0.1 + 0.01 * items + (0.05 * (items - 32) if items > 32 else 0))
    run = steered(device, start=4).go(12)
    assert run.steering.size == 32
    run.go(500)
    assert run.sizes.count(32) > 480


def test_one_slow_batch_alone_stops_no_growth() -> None:
    limits = BatchLimits(128, 46 * GB, 0)
    steering = BatchSteering(8, limits)
    device = SimulatedDevice(model_bytes=0)
    heard = device.compute(8)
    assert isinstance(heard, Computed)
    assert steering.hear(heard) == 16
    slow = device.compute(16)
    assert isinstance(slow, Computed)
    assert steering.hear(replace(slow, seconds=9.0)) == 16
    for _ in range(3):
        heard = device.compute(steering.size)
        steering.hear(heard)
    assert steering.size > 16


@pytest.mark.parametrize("seed", range(20))
def test_batches_that_take_now_more_and_now_less_time_do_not_stop_the_growth(seed: int) -> None:
    chance = random.Random(seed)
    device = SimulatedDevice(seconds=lambda items: (0.5 + 0.02 * items) * chance.lognormvariate(0, 0.1))
    run = steered(device).go(250)
    assert sum(run.sizes[12:]) / 238 >= 0.75 * device.largest()
    assert run.steering.size >= 0.9 * device.largest()


def test_batches_that_were_not_full_prove_nothing_and_change_nothing() -> None:
    device = SimulatedDevice()
    steering = BatchSteering(16, BatchLimits(128, device.total_bytes, device.model_bytes))
    for _ in range(20):
        assert steering.hear(device.compute(3)) == 16


def test_a_batch_that_took_no_time_by_the_clock_is_no_trouble() -> None:
    device = SimulatedDevice(seconds=lambda _: 0.0)
    assert near(steered(device).go(12).steering.size, device.largest())


def test_no_step_up_is_more_than_a_doubling() -> None:
    run = steered(SimulatedDevice(item_bytes=1_000_000), start=3).go(12)
    assert all(after <= 2 * before for before, after in zip(run.sizes, run.sizes[1:], strict=False))
    assert run.steering.size == MOST


@pytest.mark.parametrize(("start", "most", "size"), [(0, 8, 1), (500, 32, 32), (-3, 4, 1)])
def test_the_first_size_lies_within_what_makes_sense(start: int, most: int, size: int) -> None:
    assert BatchSteering(start, BatchLimits(most, GB, 0)).size == size
