"""How a run as a whole stands: going, paused, coming to a halt, ended."""

from dataclasses import dataclass, field

from htrkit.core.work_clock import WorkClock
from htrkit.domain.schedule import Halt


@dataclass(slots=True)
class Course:
    """A run's course; it only goes forward, but for troubles that pass."""

    halt: Halt | None = None
    """Why no page is given out any more."""
    message: str = ""
    """More about the halt, in words."""
    asked: bool = False
    """Whether somebody has asked for the end."""
    trouble_since: float | None = None
    trouble: str = ""
    ended: bool = False
    short_of_memory: bool = False
    awaits_pages: bool = False
    """Whether more pages may come."""
    clock: WorkClock = field(default_factory=WorkClock)
    """Stands while the run is paused; goes on when it drains, so that the drain ends."""

    @property
    def troubled(self) -> bool:
        """Whether the disk or the network is in trouble, as far as is known."""
        return self.trouble_since is not None

    @property
    def paused(self) -> bool:
        """Whether the run waits for a trouble to pass."""
        return self.troubled and self.halt is None

    @property
    def gives(self) -> bool:
        """Whether pages are given out."""
        return not self.troubled and self.halt is None and not self.ended

    def pause(self, reason: str, at: float) -> None:
        """Note a trouble; the clock stands."""
        self.trouble_since, self.trouble = at, reason
        if self.halt is None:
            self.clock.stand(at)

    def go_on(self, at: float) -> None:
        """Note that the trouble is over."""
        self.trouble_since, self.trouble = None, ""
        self.clock.go_on(at)

    def drain(self, halt: Halt, message: str, at: float) -> None:
        """Note that no page is given out any more."""
        self.halt, self.message = halt, message
        self.clock.go_on(at)
