"""Seconds spent in each step of a page, and the step that is going on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from htrkit.domain.failure import Step

Entered = Callable[[Step], None]
"""Is told of each step as a page enters it."""


def nobody(_: Step) -> None:
    """Be told, and do nothing."""


@dataclass(slots=True)
class StepTimes:
    """Times one page; the clock gives seconds."""

    clock: Callable[[], float]
    entered: Entered = nobody
    now: Step = Step.OPEN
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, step: Step) -> Iterator[None]:
        """Time one step."""
        self.now = step
        self.entered(step)
        start = self.clock()
        yield
        self.seconds[step.value] = round(self.seconds.get(step.value, 0.0) + self.clock() - start, 4)
