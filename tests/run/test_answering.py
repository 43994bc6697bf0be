"""A batch that does not fit, or in which something is odd, costs nobody but the item that is to blame."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.page import Layout, ModelFacts
from htrkit.domain.stages import Item, OpenPage, Prepared, Raw
from htrkit.run.answering import Answering, DeviceLost, Failed, Outcome


class Device:
    """A stage that answers each item with its own cost; `met` may object to a batch."""

    model = ModelFacts("none", "0" * 64)

    def __init__(self, met: Callable[[Sequence[float]], None] = lambda _: None) -> None:
        self.met = met
        self.batches: list[list[float]] = []
        self.freed = 0
        self.shrunk: list[tuple[Step, int]] = []

    def prepare(self, page: OpenPage) -> Prepared:
        raise NotImplementedError

    def finish(self, prepared: Prepared, raws: Sequence[Raw]) -> Layout:
        raise NotImplementedError

    def infer(self, items: Sequence[Item]) -> Sequence[Raw]:
        costs = [item.cost for item in items]
        self.batches.append(costs)
        self.met(costs)
        return [Raw((np.array(cost),)) for cost in costs]

    def free(self) -> None:
        self.freed += 1

    def answers(self, *costs: float) -> list[Outcome]:
        answering = Answering({Step.RECOGNISE: lambda: self}, self.free, lambda *one: self.shrunk.append(one))
        return answering.outcomes(Step.RECOGNISE, [Item((), cost) for cost in costs])


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
    assert device.shrunk == [(Step.RECOGNISE, 4), (Step.RECOGNISE, 2), (Step.RECOGNISE, 2)]
    assert device.freed == 3


def test_an_item_that_does_not_fit_alone_is_the_only_one_without_an_answer() -> None:
    device = Device(refusing(RuntimeError("out of memory"), when=lambda costs: 99 in costs))
    outcomes = device.answers(1, 99, 2)
    assert read(outcomes) == [1, FailureClass.MEMORY, 2]
    assert isinstance(outcomes[1], Failed)
    assert "out of memory" in outcomes[1].stack


def test_an_odd_item_is_found_and_shrinks_nothing() -> None:
    device = Device(refusing(ValueError("odd"), when=lambda costs: 99 in costs))
    outcomes = device.answers(1, 2, 3, 99)
    assert read(outcomes) == [1, 2, 3, FailureClass.RECOGNITION]
    assert isinstance(outcomes[3], Failed)
    assert (outcomes[3].message, device.shrunk, device.freed) == ("ValueError: odd.", [], 0)


def test_an_odd_page_fails_its_layout() -> None:
    device = Device(refusing(ValueError("odd"), when=bool))
    answering = Answering({Step.SEGMENT: lambda: device}, device.free, lambda *_: None)
    assert read(answering.outcomes(Step.SEGMENT, [Item((), 1.0)])) == [FailureClass.LAYOUT]


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
