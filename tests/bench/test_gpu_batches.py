"""The check of batches passes for steering that follows the memory, and fails for one that does not."""

from dataclasses import dataclass

import pytest

from bench.gpu import batches
from bench.gpu.batches import steered
from bench.gpu.outcomes import Findings
from htrkit.core.batch_steering import BatchLimits, Computed, OutOfMemory
from tests.fakes.simulated_memory import SimulatedMemory


@dataclass(slots=True)
class FakeNeighbour:
    """Takes memory of a simulated device."""

    memory: SimulatedMemory
    does_leave: bool = True

    def take(self, size: int) -> None:
        self.memory.others_bytes += size

    def leave(self) -> None:
        if self.does_leave:
            self.memory.others_bytes = 0


def found(memory: SimulatedMemory, *, real_item: float = 1.0) -> Findings:
    """Make the check on a simulated device; an item may really take more than it says."""

    def hold(blocks: int, block_bytes: int) -> None:
        memory.item_bytes = round(block_bytes * real_item)
        memory.compute(blocks)

    return steered(memory, hold, FakeNeighbour(memory))


class Deaf:
    """A steering that hears nothing."""

    item_bytes = 0

    def __init__(self, start: int, _: BatchLimits) -> None:
        self.size = start

    def hear(self, _: Computed | OutOfMemory) -> int:
        return self.size


def test_batches_that_follow_the_memory_pass() -> None:
    checked = found(SimulatedMemory())
    assert checked.wrong == ()
    assert [figure.name for figure in checked.figures] == [
        "item",
        "alone",
        "neighbour takes 18.4 GB",
        "neighbour leaves",
        "out of memory",
    ]


def test_the_figures_tell_every_size_and_what_fits() -> None:
    alone = next(figure for figure in found(SimulatedMemory()).figures if figure.name == "alone")
    assert str(alone.value).startswith("batches of 8 16 32 64 ")
    assert str(alone.value).endswith("fit below 90% of the card")


def test_a_steering_that_never_grows_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BatchSteering", Deaf)
    wrong = found(SimulatedMemory()).wrong
    assert [words.partition(":")[0] for words in wrong] == ["alone", "neighbour takes 18.4 GB", "neighbour leaves"]


def test_a_steering_that_stays_too_large_beside_the_neighbour_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BatchSteering", Deaf)
    monkeypatch.setattr(batches, "START", 90)
    wrong = found(SimulatedMemory()).wrong
    assert any(words.startswith("neighbour takes") for words in wrong)
    assert any("out of memory" in words for words in wrong) or "batches of 90" in wrong[0]


def test_items_that_fit_nowhere_fail() -> None:
    wrong = found(SimulatedMemory(), real_item=120.0).wrong
    assert any("items failed" in words for words in wrong)
