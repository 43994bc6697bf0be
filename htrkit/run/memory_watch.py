"""Looks at the machine's memory now and then, and says when it is short and when it is not any more."""

from collections.abc import Callable
from dataclasses import dataclass, field

from htrkit.core.pressure import MemorySample, Pressure, Turn
from htrkit.devices.quotas import free_memory_bytes, total_memory_bytes
from htrkit.domain.events import Event, MemoryEnough, MemoryShort
from htrkit.domain.schedule import Heard, Pressed, Relieved

EVERY_SECONDS = 2.0


def sampled() -> MemorySample:
    """Look at the machine's memory, or at what a container or a job may have of it."""
    return MemorySample(total_memory_bytes(), free_memory_bytes())


@dataclass(frozen=True, slots=True)
class News:
    """What the journal is told, and what the schedule hears."""

    event: Event
    heard: Heard


@dataclass(slots=True)
class MemoryWatch:
    """Looks every `EVERY_SECONDS`."""

    limit_share: float
    sample: Callable[[], MemorySample] = sampled
    _pressure: Pressure = field(init=False)
    _next: float = 0.0

    def __post_init__(self) -> None:
        self._pressure = Pressure(self.limit_share)

    def look(self, at: float) -> News | None:
        """Give what has changed, if something has."""
        if at < self._next:
            return None
        self._next = at + EVERY_SECONDS
        sample = self.sample()
        match self._pressure.hear(sample):
            case Turn.SHORT:
                return News(MemoryShort(round(sample.used_share, 3), sample.free_bytes), Pressed(at))
            case Turn.ENOUGH:
                return News(MemoryEnough(round(sample.used_share, 3)), Relieved(at))
            case None:
                return None
