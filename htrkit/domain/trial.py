"""What the trial of a page came to."""

from dataclasses import dataclass

from htrkit.domain.finding import Finding
from htrkit.domain.page import PageRecord


@dataclass(frozen=True, slots=True)
class Trial:
    """What the trial of a page came to: what was read and at what cost, or what failed it."""

    record: PageRecord | None = None
    seconds: float = 0.0
    """Of the page, once the models were loaded."""
    start_seconds: float = 0.0
    """Imports and models."""
    memory_bytes: int = 0
    """What the processes that read held; 0 where the system does not tell."""
    finding: Finding | None = None

    @property
    def pages_a_minute(self) -> float | None:
        """At this page's pace, one page at a time; None where nothing was read."""
        return 60 / self.seconds if self.record is not None and self.seconds else None


NO_TRIAL = Trial()
