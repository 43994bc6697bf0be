"""How long a run will take still, as screens ask it of whoever knows."""

from dataclasses import dataclass
from typing import Protocol

from htrkit.core.interval import Interval
from htrkit.domain.events import Event, PageDone, PageFailed, PageSkipped, PageStarted
from htrkit.domain.names import PageKey


class Foretells(Protocol):
    """Hears of pages as they begin and end; moments are seconds of one clock."""

    workers: int
    """Pages that are read at once."""

    def begin(self, key: PageKey, at: float) -> None:
        """Take in that a page is in hand."""

    def hear(self, key: PageKey, seconds: float, at: float) -> None:
        """Take in that a page is done after so many seconds of its worker."""

    def hear_end(self, key: PageKey, at: float) -> None:
        """Take in that a page has ended otherwise."""

    def left(self, at: float) -> Interval | None:
        """Give the seconds that are left; None while nobody can say."""


@dataclass(slots=True)
class NothingForetold:
    """For runs of which nothing is foretold."""

    workers: int = 1

    def begin(self, key: PageKey, at: float) -> None:
        """Forget it."""

    def hear(self, key: PageKey, seconds: float, at: float) -> None:
        """Forget it."""

    def hear_end(self, key: PageKey, at: float) -> None:
        """Forget it."""

    def left(self, at: float) -> Interval | None:
        """Give nothing."""
        del at
        return None


def told_end(left: Foretells, event: Event, at: float) -> None:
    """Let it hear of an event, if that begins or ends a page."""
    match event:
        case PageStarted():
            left.begin(event.key, at)
        case PageDone():
            left.hear(event.key, event.seconds, at)
        case PageFailed() | PageSkipped():
            left.hear_end(event.key, at)
        case _:
            pass  # nothing else begins or ends a page
