"""One batch is answered on a device: halved where it does not fit or something in it is odd, and no item is lost."""

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.stages import Item, Raw, Stage

OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")
"""What libraries say when a device or the machine has no memory left."""
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


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers batches with the stages of each step.

    `freed` empties the device's cache; `shrunk` is told the size that fitted where a whole batch did not.
    """

    stages: Mapping[Step, Callable[[], Stage]]
    freed: Callable[[], None]
    shrunk: Callable[[Step, int], None]

    def outcomes(self, step: Step, items: Sequence[Item]) -> list[Outcome]:
        """One outcome an item, in order; raises DeviceLost."""
        try:
            return [raw for _, raw in zip(items, self.stages[step]().infer(items), strict=True)]
        except Exception as error:
            if _says(error, DEVICE_LOST) and not _is_memory(error):
                raise DeviceLost(str(error)) from error
            failed = _failed(step, error)
        # Outside the handler, so that what the error's frames hold is free before the next try.
        if failed.failure is FailureClass.MEMORY:
            self.freed()
        if len(items) == 1:
            return [failed]
        half = len(items) // 2
        if failed.failure is FailureClass.MEMORY:
            self.shrunk(step, half)
        return [*self.outcomes(step, items[:half]), *self.outcomes(step, items[half:])]


def _failed(step: Step, error: Exception) -> Failed:
    stack = "".join(traceback.format_exception(error))
    if _is_memory(error):
        return Failed(FailureClass.MEMORY, "The device has too little memory for a single item of this page.", stack)
    failure = FailureClass.LAYOUT if step is Step.SEGMENT else FailureClass.RECOGNITION
    return Failed(failure, f"{type(error).__name__}: {error}.", stack)


def _is_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or _says(error, OUT_OF_MEMORY)


def _says(error: Exception, words: Sequence[str]) -> bool:
    said = str(error).lower()
    return any(word in said for word in words)
