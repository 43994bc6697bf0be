"""What a screen may know of a run between two events: who does what at this moment."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from htrkit.domain.failure import Step
from htrkit.domain.sample import MachineSample
from htrkit.domain.schedule import InHand


@dataclass(frozen=True, slots=True)
class OnDevice:
    """A device server, the batch that it has, or had last, and what waits for the next."""

    server: str
    step: Step | None = None
    """None before its first batch."""
    items: int = 0
    """In that batch."""
    waiting: int = 0
    """Items that the batch left in the queue when it was begun."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A run at one moment; it is shown and then forgotten."""

    at: float
    """Seconds of the run's clock, which never goes back."""
    hands: tuple[InHand, ...] = ()
    workers: int = 0
    """All of them, busy or not."""
    servers: tuple[OnDevice, ...] = ()
    """None where workers run the networks themselves."""
    ahead_bytes: int = 0
    """Of the files that are read ahead."""
    cpu_percent: int | None = None
    """Of all cores; None where nobody looked."""
    cores: int | None = None
    """That the run may use."""


@runtime_checkable
class Watcher(Protocol):
    """A listener that also wants to see what happens between events."""

    def sampled_by(self, sample: Callable[[], MachineSample]) -> None:
        """Take what gives the machine as it stands, to be called at any time from any thread."""

    def glimpse(self, glimpse: Glimpse) -> None:
        """Take one in; returns at once, whatever the screen does."""
