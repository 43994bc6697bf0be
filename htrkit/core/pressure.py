"""When memory is short, and when it is not any more: with a gap between, so that a run does not flutter."""

from dataclasses import dataclass
from enum import StrEnum

GAP = 0.05
"""So much of the memory must come free below the limit before it counts as enough again."""


@dataclass(frozen=True, slots=True)
class MemorySample:
    """Memory at a moment: the machine's, or what a container or a job may have."""

    total_bytes: int
    free_bytes: int
    """What could still be had."""

    @property
    def used_share(self) -> float:
        """0 to 1; nothing where there is no memory to speak of."""
        return 1 - self.free_bytes / self.total_bytes if self.total_bytes else 0.0


class Turn(StrEnum):
    """What has changed since the last sample."""

    SHORT = "short"
    ENOUGH = "enough"


@dataclass(slots=True)
class Pressure:
    """Knows whether memory is short; `limit_share` of it, 0 to 1, is too much."""

    limit_share: float
    short: bool = False

    def hear(self, sample: MemorySample) -> Turn | None:
        """Take in a sample; tell what it changes."""
        if not self.short and sample.used_share > self.limit_share:
            self.short = True
            return Turn.SHORT
        if self.short and sample.used_share < self.limit_share - GAP:
            self.short = False
            return Turn.ENOUGH
        return None
