"""One batch is answered on a device: halved where it does not fit or something in it is odd, and no item is lost."""

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from htrkit.core.batch_sizes import BackingOff, BatchSizes, Resized
from htrkit.core.batch_steering import Computed
from htrkit.core.out_of_memory import is_out_of_memory
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.stages import Ahead, Begun, Item, LaysAhead, Raw, Stage
from htrkit.run.device_memory import DeviceMemory, Unmeasured

DEVICE_LOST = ("cuda error", "cudnn error", "device-side assert", "hip error")
"""After these nothing can be computed any more in the process that met them."""


class DeviceLost(Exception):
    """The device answers no more in this process; another process may have more luck."""


@dataclass(frozen=True, slots=True)
class Failed:
    """An item that cannot be computed, even alone."""

    failure: FailureClass
    message: str
    stack: str


Outcome = Raw | Failed
Made = TypeVar("Made")
Stages = Mapping[Step, Callable[[], Stage]]
"""Each loaded when it is first asked for."""


def nobody(resized: Resized) -> None:
    """Hear of a size that nothing comes of."""


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A batch on its way to the device."""

    ahead: Ahead
    batch: Any
    """As the stage has it."""


@dataclass(frozen=True, slots=True)
class Started:
    """A batch that the device has, or will be given when it is waited for."""

    step: Step
    items: tuple[Item, ...]
    held_bytes: int
    """Of the device's memory, before it."""
    at: float
    begun: Begun | Failed | None = None
    """None where it is not laid out."""


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers batches with the stages of each step; the sizes learn from each batch, and `told` hears what they learn.

    With `elsewhere`, an item that the device cannot hold alone is computed there, on the CPU; `moved` hears of it.
    """

    stages: Stages
    sizes: BatchSizes
    told: Callable[[Resized], None]
    memory: DeviceMemory = field(default_factory=Unmeasured)
    elsewhere: Stages = field(default_factory=dict)
    moved: Callable[[Step], None] = lambda _: None
    clock: Callable[[], float] = time.monotonic

    def lay_out(self, step: Step, items: Sequence[Item]) -> LaidOut | None:
        """Begin to bring a batch to the device, which may be at work; None where the stage knows no such thing."""
        stage = self.stages[step]()
        ahead = stage.ahead if isinstance(stage, LaysAhead) else None
        if ahead is None:
            return None
        try:
            return LaidOut(ahead, ahead.lay_out(items))
        except Exception:  # noqa: BLE001 - whatever it is, it is met again where the batch is computed, and answered
            return None

    def begin(self, step: Step, items: Sequence[Item], laid_out: LaidOut | None = None) -> Started:
        """Let the device begin, if the batch is laid out for it; raises DeviceLost."""
        self.memory.begin()
        started = Started(step, tuple(items), self.memory.held_bytes(), self.clock())
        if laid_out is None:
            return started
        begun = self._caught(step, lambda: laid_out.ahead.begin(laid_out.batch))
        return replace(started, begun=begun)

    def finish(self, started: Started) -> list[Outcome]:
        """Wait for a batch: one outcome an item, in order; raises DeviceLost."""
        step, items = started.step, started.items
        outcomes: list[Outcome] = []
        most = len(items)
        while True:
            made = self._ended(started)
            if isinstance(made, Failed):
                made, most = self._after_failure(step, started.items, made, most)
            outcomes += made
            if len(outcomes) >= len(items):
                return outcomes
            started = self.begin(step, items[len(outcomes) : len(outcomes) + most])

    def outcomes(self, step: Step, items: Sequence[Item]) -> list[Outcome]:
        """One outcome an item, in order; raises DeviceLost."""
        return self.finish(self.begin(step, items))

    def _after_failure(self, step: Step, tried: Sequence[Item], failed: Failed, most: int) -> tuple[list[Outcome], int]:
        """Give the outcomes of items that failed together, if that says any, and how many to try next."""
        memory = failed.failure is FailureClass.OOM
        if memory:
            self._learn(step, tried)
        if len(tried) == 1:
            return [self._alone(step, tried[0], failed)], most
        if memory:
            # What is left of the batch is not tried again at a size that has just proved too large.
            return [], max(min(self.sizes.most(step, tried[0].cost), len(tried) // 2), 1)
        half = len(tried) // 2
        return [*self.outcomes(step, tried[:half]), *self.outcomes(step, tried[half:])], most

    def _ended(self, started: Started) -> list[Outcome] | Failed:
        """Wait for the device, or let it compute now; raises DeviceLost."""
        begun, items = started.begun, started.items
        if isinstance(begun, Failed):
            return begun
        infer = self.stages[started.step]().infer
        raws = self._caught(started.step, lambda: _one_each(items, infer(items) if begun is None else begun.raws()))
        if not isinstance(raws, Failed):
            self._learn_computed(started.step, items, started.held_bytes, self.clock() - started.at)
        return raws

    def _caught(self, step: Step, compute: Callable[[], Made]) -> Made | Failed:
        """Give what a device makes, or what went wrong with it; raises DeviceLost."""
        try:
            return compute()
        except Exception as error:
            if not is_out_of_memory(error) and _says_lost(error):
                raise DeviceLost(str(error)) from error
            return _failed(step, error)

    def _learn_computed(self, step: Step, items: Sequence[Item], held: int, seconds: float) -> None:
        costs = [item.cost for item in items]
        peak = self.memory.peak_bytes()
        # What was free while it was fullest: less than now by what the batch alone had taken.
        free = max(self.memory.free_bytes() - (peak - self.memory.held_bytes()), 0)
        heard = Computed(len(items), sum(costs), seconds, peak - held, free)
        if (resized := self.sizes.computed(step, costs, heard)) is not None:
            self.told(resized)

    def _learn(self, step: Step, items: Sequence[Item]) -> None:
        """Make room, and take in what did not fit; the error and all that its frames held is gone by now."""
        self.memory.empty_cache()
        costs = [item.cost for item in items]
        if (resized := self.sizes.out_of_memory(step, costs, self.memory.free_bytes())) is not None:
            self.told(resized)

    def _alone(self, step: Step, item: Item, failed: Failed) -> Outcome:
        """Give what becomes of an item that failed alone."""
        if failed.failure is not FailureClass.OOM:
            return failed
        if step not in self.elsewhere:
            return _with_size(step, item, failed, self.memory)
        self.moved(step)
        elsewhere = Answering(self.elsewhere, BatchSizes({step: BackingOff(1)}), nobody)
        return elsewhere.outcomes(step, [item])[0]


def _one_each(items: Sequence[Item], raws: Sequence[Raw]) -> list[Outcome]:
    return [raw for _, raw in zip(items, raws, strict=True)]


def _with_size(step: Step, item: Item, failed: Failed, memory: DeviceMemory) -> Failed:
    """Say how large the item is, and how much there was for it."""
    line = f"a line {item.cost:,.0f} pixels wide" if item.line is not None else "a whole page"
    size = f"{item.cost:,.1f} megapixels" if step is Step.SEGMENT else line
    free = f": {memory.free_bytes() / 1e9:.1f} GB are free" if memory.total_bytes else ""
    return Failed(failed.failure, f"Too large for the device's memory, even alone ({size}{free}).", failed.stack)


def _failed(step: Step, error: Exception) -> Failed:
    stack = "".join(traceback.format_exception(error))
    if is_out_of_memory(error):
        return Failed(FailureClass.OOM, "Too large for the memory there is, even alone.", stack)
    failure = FailureClass.LAYOUT if step is Step.SEGMENT else FailureClass.RECOGNITION
    return Failed(failure, f"{type(error).__name__}: {error}.", stack)


def _says_lost(error: Exception) -> bool:
    said = str(error).lower()
    return any(words in said for words in DEVICE_LOST)
