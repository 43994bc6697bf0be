"""Seconds spent in each step of a page, and the step that is going on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from htrkit.domain.failure import Step


@dataclass(slots=True)
class StepTimes:
    """Times one page; the clock gives seconds."""

    clock: Callable[[], float]
    now: Step = Step.OPEN
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, step: Step) -> Iterator[None]:
        """Time one step."""
        self.now = step
        start = self.clock()
        yield
        self.seconds[step.value] = round(self.seconds.get(step.value, 0.0) + self.clock() - start, 4)
