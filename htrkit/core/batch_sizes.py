"""How many of the items that wait go into a device's next batch: by step, by what they cost, by how it went so far."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from htrkit.core.batch_steering import BatchHeard, BatchSteering, Computed, OutOfMemory
from htrkit.domain.failure import Step

COSTS_KEPT = 512
"""Items by which what is usual is told: some batches' worth, so that a run may change its pages."""
USUAL_PLACE = 0.9
"""Of ten items, nine cost no more than what is usual."""
TOLERATED = 1.25
"""So much above what is usual still counts as usual: what such items need is learned by the way."""
GROWS_AGAIN_AFTER = 100
"""Batches without out-of-memory after which a size that was halved is doubled again."""


class Steering(Protocol):
    """Says how many usual items a batch may hold, and learns from each."""

    @property
    def size(self) -> int:
        """1 or more."""

    def hear(self, heard: BatchHeard) -> int:
        """Take in a batch; give the size of the next."""


class BackingOff:
    """A size that was asked for: halved where it does not fit, and tried again when that is long ago."""

    def __init__(self, size: int) -> None:
        self._asked = self._size = max(size, 1)
        self._since = 0

    @property
    def size(self) -> int:
        """The items that the next batch may hold, 1 or more."""
        return self._size

    def hear(self, heard: BatchHeard) -> int:
        """Take in a batch; give the items that the next one may hold."""
        match heard:
            case Computed():
                self._since += 1
                if self._since >= GROWS_AGAIN_AFTER:
                    self._size, self._since = min(self._size * 2, self._asked), 0
            case OutOfMemory():
                self._size, self._since = max(min(self._size, heard.items // 2), 1), 0
        return self._size


@dataclass(frozen=True, slots=True)
class Resized:
    """A step's batches hold another number of usual items now."""

    step: Step
    was: int
    now: int
    for_want_of_memory: bool


@dataclass(slots=True)
class _Sized:
    """One step's size, and what its items cost usually."""

    steering: Steering
    costs: deque[float] = field(default_factory=lambda: deque(maxlen=COSTS_KEPT))
    usual: float = 0.0

    def learn(self, costs: Sequence[float]) -> None:
        self.costs.extend(costs)
        ordered = sorted(self.costs)
        self.usual = ordered[min(int(len(ordered) * USUAL_PLACE), len(ordered) - 1)]

    def worth(self, cost: float) -> float:
        """Give how many usual items one of this cost counts for, 1 or more."""
        return cost / self.usual if self.usual > 0 and cost > self.usual * TOLERATED else 1.0


class BatchSizes:
    """The sizes of every step's batches on one device.

    A batch is padded to its costliest item, so that one that costs twice the usual takes the room of two: fewer go
    together then, and an item that does not fit alone is met alone, without a lesson for all others.
    """

    def __init__(self, steerings: Mapping[Step, Steering]) -> None:
        self._steps = {step: _Sized(steering) for step, steering in steerings.items()}

    def most(self, step: Step, cost: float) -> int:
        """Give the items that a batch may hold whose costliest item costs that much, 1 or more."""
        sized = self._steps[step]
        return max(int(sized.steering.size / sized.worth(cost)), 1)

    def item_bytes(self, step: Step) -> int:
        """Give the bytes that a usual item takes, as far as batches have told; 0 where none has."""
        steering = self._steps[step].steering
        return steering.item_bytes if isinstance(steering, BatchSteering) else 0

    def computed(self, step: Step, costs: Sequence[float], heard: Computed) -> Resized | None:
        """Take in a batch that was computed, with what each of its items cost; `heard` counts the items as they are."""
        sized = self._steps[step]
        sized.learn(costs)
        return self._hear(step, Computed(_usual_items(sized, costs), *_rest(heard)))

    def out_of_memory(self, step: Step, costs: Sequence[float], free_bytes: int) -> Resized | None:
        """Take in a batch that did not fit; an item larger than usual that is alone says nothing of the others."""
        sized = self._steps[step]
        if len(costs) == 1 and sized.worth(costs[0]) > 1:
            return None
        return self._hear(step, OutOfMemory(_usual_items(sized, costs), free_bytes))

    def _hear(self, step: Step, heard: BatchHeard) -> Resized | None:
        steering = self._steps[step].steering
        was = steering.size
        now = steering.hear(heard)
        return Resized(step, was, now, isinstance(heard, OutOfMemory)) if now != was else None


def _usual_items(sized: _Sized, costs: Sequence[float]) -> int:
    """Give the usual items that take as much room as these, padded to the costliest."""
    return max(round(len(costs) * sized.worth(max(costs))), 1)


def _rest(heard: Computed) -> tuple[float, float, int, int]:
    return heard.cost, heard.seconds, heard.peak_bytes, heard.free_bytes
