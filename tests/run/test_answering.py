"""A batch that does not fit, or in which something is odd, costs nobody but the item that is to blame."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from htrkit.core.batch_sizes import BackingOff, BatchSizes, Resized
from htrkit.core.batch_steering import BatchHeard, Computed, OutOfMemory
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import LineId
from htrkit.domain.page import Layout, ModelFacts
from htrkit.domain.stages import Item, OpenPage, Prepared, Raw
from htrkit.run.answering import Answering, DeviceLost, Failed, Outcome, Stages
from tests.fakes.simulated_memory import GB, SimulatedMemory


class Device:
    """A stage that answers each item with its own cost; `met` may object to a batch."""

    model = ModelFacts("none", "0" * 64)

    def __init__(self, met: Callable[[Sequence[float]], None] = lambda _: None) -> None:
        self.met = met
        self.batches: list[list[float]] = []
        self.memory = SimulatedMemory()
        self.resized: list[Resized] = []
        self.moved: list[Step] = []

    def prepare(self, page: OpenPage) -> Prepared:
        raise NotImplementedError

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        raise NotImplementedError

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        costs = [item.cost for item in items]
        self.batches.append(costs)
        self.met(costs)
        return [Raw((np.array(cost),)) for cost in costs]

    def answers(self, *costs: float, step: Step = Step.RECOGNISE, elsewhere: Stages | None = None) -> list[Outcome]:
        sizes = BatchSizes({step: BackingOff(len(costs))})
        answering = Answering(
            {step: lambda: self}, sizes, self.resized.append, self.memory, elsewhere or {}, self.moved.append
        )
        return answering.outcomes(step, [Item((), cost, LineId(f"l{place}")) for place, cost in enumerate(costs)])


def read(outcomes: Sequence[Outcome]) -> list[float | FailureClass]:
    return [float(np.asarray(one.arrays[0])) if isinstance(one, Raw) else one.failure for one in outcomes]


def refusing(error: Exception, *, when: Callable[[Sequence[float]], bool]) -> Callable[[Sequence[float]], None]:
    def met(costs: Sequence[float]) -> None:
        if when(costs):
            raise error

    return met


def test_a_batch_that_fits_is_computed_once() -> None:
    device = Device()
    assert read(device.answers(3, 1, 2)) == [3, 1, 2]
    assert device.batches == [[3, 1, 2]]


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
        MemoryError(),
        RuntimeError("CUDA error: out of memory"),
    ],
)
def test_a_batch_that_does_not_fit_is_halved_until_it_does(error: Exception) -> None:
    device = Device(refusing(error, when=lambda costs: len(costs) > 2))
    assert read(device.answers(*range(8))) == list(range(8))
    assert [(one.was, one.now) for one in device.resized] == [(8, 4), (4, 2)]
    assert all(one.for_want_of_memory for one in device.resized)
    assert device.memory.emptied == 2


def test_the_rest_of_a_batch_is_not_tried_at_a_size_that_has_just_proved_too_large() -> None:
    device = Device(refusing(RuntimeError("CUDA out of memory"), when=lambda costs: len(costs) > 21))
    assert read(device.answers(*[1.0] * 128)) == [1.0] * 128
    assert [len(batch) for batch in device.batches] == [128, 64, 32, *[16] * 8]


def test_an_item_that_does_not_fit_alone_is_the_only_one_without_an_answer() -> None:
    device = Device(refusing(RuntimeError("out of memory"), when=lambda costs: 99 in costs))
    outcomes = device.answers(1, 99, 2)
    assert read(outcomes) == [1, FailureClass.OOM, 2]
    assert isinstance(outcomes[1], Failed)
    assert "out of memory" in outcomes[1].stack
    assert outcomes[1].message == (
        "Too large for the device's memory, even alone (a line 99 pixels wide: 44.0 GB are free)."
    )


def test_a_page_that_does_not_fit_says_how_large_it_is() -> None:
    device = Device(refusing(RuntimeError("out of memory"), when=bool))
    (outcome,) = device.answers(212.34, step=Step.SEGMENT)
    assert isinstance(outcome, Failed)
    assert "(212.3 megapixels: 44.0 GB are free)" in outcome.message


def test_an_item_that_does_not_fit_alone_goes_to_the_cpu_where_that_is_allowed() -> None:
    device = Device(refusing(RuntimeError("out of memory"), when=lambda costs: 99 in costs))
    cpu = Device()
    assert read(device.answers(1, 99, 2, elsewhere={Step.RECOGNISE: lambda: cpu})) == [1, 99, 2]
    assert (cpu.batches, device.moved) == ([[99]], [Step.RECOGNISE])


def test_what_fails_on_the_cpu_too_fails_there() -> None:
    device = Device(refusing(RuntimeError("out of memory"), when=bool))
    cpu = Device(refusing(MemoryError(), when=bool))
    (outcome,) = device.answers(99, elsewhere={Step.RECOGNISE: lambda: cpu})
    assert isinstance(outcome, Failed)
    assert outcome.failure is FailureClass.OOM
    assert outcome.message == "Too large for the device's memory, even alone (a line 99 pixels wide)."


def test_an_odd_item_is_not_tried_on_the_cpu() -> None:
    device = Device(refusing(ValueError("odd"), when=bool))
    cpu = Device()
    assert read(device.answers(9, elsewhere={Step.RECOGNISE: lambda: cpu})) == [FailureClass.RECOGNITION]
    assert not cpu.batches


def test_an_odd_item_is_found_and_shrinks_nothing() -> None:
    device = Device(refusing(ValueError("odd"), when=lambda costs: 99 in costs))
    outcomes = device.answers(1, 2, 3, 99)
    assert read(outcomes) == [1, 2, 3, FailureClass.RECOGNITION]
    assert isinstance(outcomes[3], Failed)
    assert (outcomes[3].message, device.resized, device.memory.emptied) == ("ValueError: odd.", [], 0)


def test_an_odd_page_fails_its_layout() -> None:
    device = Device(refusing(ValueError("odd"), when=bool))
    assert read(device.answers(1.0, step=Step.SEGMENT)) == [FailureClass.LAYOUT]


@pytest.mark.parametrize(
    "words", ["CUDA error: an illegal memory access was encountered", "device-side assert triggered"]
)
def test_a_lost_device_is_no_items_fault_and_ends_the_server(words: str) -> None:
    device = Device(refusing(RuntimeError(words), when=bool))
    with pytest.raises(DeviceLost, match=words[:10]):
        device.answers(1, 2)
    assert device.batches == [[1, 2]]


def test_a_stage_that_forgets_an_item_is_a_fault_and_no_silence() -> None:
    device = Device()
    device.infer = lambda _: []  # type: ignore[method-assign]
    assert read(device.answers(1)) == [FailureClass.RECOGNITION]


class Listening:
    """A steering that writes down what it hears."""

    size = 8

    def __init__(self) -> None:
        self.heard: list[BatchHeard] = []

    def hear(self, heard: BatchHeard) -> int:
        self.heard.append(heard)
        return self.size


def test_the_steering_hears_what_a_batch_added_to_what_was_held_and_what_was_left_meanwhile() -> None:
    device, steering = Device(), Listening()
    device.met = lambda costs: device.memory.compute(len(costs))
    clock = iter([10.0, 12.5])
    answering = Answering(
        {Step.RECOGNISE: lambda: device},
        BatchSizes({Step.RECOGNISE: steering}),
        device.resized.append,
        device.memory,
        clock=lambda: next(clock),
    )
    answering.outcomes(Step.RECOGNISE, [Item((), 30.0), Item((), 20.0)])
    assert steering.heard == [Computed(2, 50.0, 2.5, peak_bytes=2 * GB, free_bytes=42 * GB)]


def test_the_steering_hears_how_much_was_free_where_a_batch_did_not_fit() -> None:
    device, steering = Device(), Listening()
    device.met = lambda costs: device.memory.compute(len(costs))
    device.memory.item_bytes = 20 * GB
    sizes = BatchSizes({Step.RECOGNISE: steering})
    answering = Answering({Step.RECOGNISE: lambda: device}, sizes, device.resized.append, device.memory)
    answering.outcomes(Step.RECOGNISE, [Item((), 30.0)] * 3)
    assert steering.heard[0] == OutOfMemory(3, 44 * GB)
    assert [type(one) for one in steering.heard] == [OutOfMemory, Computed, Computed, Computed]


def test_a_page_that_is_read_whole_is_called_one_where_it_does_not_fit() -> None:
    device = Device(refusing(RuntimeError("out of memory"), when=bool))
    answering = Answering(
        {Step.RECOGNISE: lambda: device}, BatchSizes({Step.RECOGNISE: BackingOff(1)}), device.resized.append
    )
    (outcome,) = answering.outcomes(Step.RECOGNISE, [Item((), 2.36)])
    assert isinstance(outcome, Failed)
    assert "(a whole page)" in outcome.message
