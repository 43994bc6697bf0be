"""When memory is short, and when it is not any more: with a gap between, so that a run does not flutter."""

from dataclasses import dataclass, field
from enum import StrEnum

GAP = 0.05
"""So much of the memory must come free below a limit before it counts as enough again."""
MARGIN = 0.03
"""So far below the limit nothing more is read ahead, so that pages may go on for longer."""


@dataclass(frozen=True, slots=True)
class MemorySample:
    """Memory at a moment: a device's, the machine's, or what a container or a job may have."""

    total_bytes: int
    free_bytes: int
    """What could still be had."""

    @property
    def used_share(self) -> float:
        """0 to 1; nothing where there is no memory to speak of."""
        return 1 - self.free_bytes / self.total_bytes if self.total_bytes else 0.0


class Turn(StrEnum):
    """What has changed since the last sample."""

    TIGHT = "tight"
    """Nothing more should be read ahead."""
    SHORT = "short"
    """Fewer pages should be in hand, and what nobody needs be given back."""
    ENOUGH = "enough"
    """Pages may go on as before."""
    ROOMY = "roomy"
    """And files may be read ahead again."""


@dataclass(slots=True)
class Mark:
    """A share of the memory, 0 to 1, that it goes over, or comes well below again."""

    share: float
    over: bool = False

    def crossed(self, used_share: float) -> bool:
        """Take in what is used; tell whether that changes `over`."""
        was = self.over
        self.over = used_share > (self.share - GAP if was else self.share)
        return self.over != was


@dataclass(slots=True)
class Pressure:
    """Knows how short memory is; `limit_share` of it, 0 to 1, is too much."""

    limit_share: float
    _ahead: Mark = field(init=False)
    _pages: Mark = field(init=False)

    def __post_init__(self) -> None:
        self._ahead, self._pages = Mark(self.limit_share - MARGIN), Mark(self.limit_share)

    @property
    def short(self) -> bool:
        """Whether fewer pages should be in hand."""
        return self._pages.over

    def hear(self, sample: MemorySample) -> tuple[Turn, ...]:
        """Take in a sample; tell what it changes, in the order in which it is to be acted on.

        What is read ahead is the first to go and the last to come again.
        """
        ahead, pages = self._ahead.crossed(sample.used_share), self._pages.crossed(sample.used_share)
        turns = (
            (Turn.TIGHT, ahead and self._ahead.over),
            (Turn.SHORT, pages and self._pages.over),
            (Turn.ENOUGH, pages and not self._pages.over),
            (Turn.ROOMY, ahead and not self._ahead.over),
        )
        return tuple(turn for turn, holds in turns if holds)
