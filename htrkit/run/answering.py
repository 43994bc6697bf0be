"""One batch is answered on a device: halved where it does not fit or something in it is odd, and no item is lost."""

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from htrkit.core.batch_sizes import BackingOff, BatchSizes, Resized
from htrkit.core.batch_steering import Computed
from htrkit.core.out_of_memory import is_out_of_memory
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.stages import Item, Raw, Stage
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
Stages = Mapping[Step, Callable[[], Stage]]
"""Each loaded when it is first asked for."""


def nobody(resized: Resized) -> None:
    """Hear of a size that nothing comes of."""


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

    def outcomes(self, step: Step, items: Sequence[Item]) -> list[Outcome]:
        """One outcome an item, in order; raises DeviceLost."""
        outcomes: list[Outcome] = []
        most = len(items)
        while len(outcomes) < len(items):
            tried = items[len(outcomes) : len(outcomes) + most]
            found = self._tried(step, tried)
            if not isinstance(found, Failed):
                outcomes += found
                continue
            memory = found.failure is FailureClass.OOM
            if memory:
                self._learn(step, tried)
            if len(tried) == 1:
                outcomes.append(self._alone(step, tried[0], found))
            elif memory:
                # What is left of the batch is not tried again at a size that has just proved too large.
                most = max(min(self.sizes.most(step, tried[0].cost), len(tried) // 2), 1)
            else:
                half = len(tried) // 2
                outcomes += [*self.outcomes(step, tried[:half]), *self.outcomes(step, tried[half:])]
        return outcomes

    def _tried(self, step: Step, items: Sequence[Item]) -> list[Outcome] | Failed:
        """Compute items together; raises DeviceLost."""
        stage = self.stages[step]()
        self.memory.begin()
        held, start = self.memory.held_bytes(), self.clock()
        try:
            raws = [raw for _, raw in zip(items, stage.infer(items), strict=True)]
        except Exception as error:
            if not is_out_of_memory(error) and _says_lost(error):
                raise DeviceLost(str(error)) from error
            return _failed(step, error)
        self._learn_computed(step, items, held, self.clock() - start)
        return list(raws)

    def _learn_computed(self, step: Step, items: Sequence[Item], held: int, seconds: float) -> None:
        costs = [item.cost for item in items]
        peak = self.memory.peak_bytes()
        # What was free while it was fullest: less than now by what the batch alone had taken.
        free = max(self.memory.free_bytes() - (peak - self.memory.held_bytes()), 0)
        heard = Computed(len(items), max(costs) * len(costs), seconds, peak - held, free)
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
