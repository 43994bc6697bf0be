"""What the schedule knows of each device server: whether it lives, its batch, and whom it answers alone."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from htrkit.core.crew import Condition, Limit, limit_of
from htrkit.core.work_clock import Timer
from htrkit.domain.failure import Step
from htrkit.domain.names import PageKey


@dataclass(frozen=True, slots=True)
class Suspect:
    """A page in a worker's hand of which a server may have died."""

    worker: str
    key: PageKey


@dataclass(frozen=True, slots=True)
class Batch:
    """What a server has on its device."""

    step: Step
    pages: tuple[Suspect, ...]
    timer: Timer


@dataclass(slots=True)
class Server:
    """A device server and its process."""

    name: str
    condition: Condition = Condition.DOWN
    failed_starts: int = 0
    """Deaths in a row of which no page can be blamed, without a batch between them."""
    killed_for: str = ""
    starting: Timer | None = None
    resting: Timer | None = None
    """Runs while a worker waits and no batch is begun: a server that has lost something would rest for ever."""
    batch: Batch | None = None
    suspects: deque[Suspect] = field(default_factory=deque)
    """Pages still to be tried alone."""
    on_trial: Suspect | None = None

    @property
    def alive(self) -> bool:
        """Whether there is a process, be it one that is being killed."""
        return self.condition in {Condition.STARTING, Condition.READY}

    def start(self, timer: Timer) -> None:
        """Note that its process is started."""
        self.condition, self.starting = Condition.STARTING, timer

    def become_ready(self, resting: Timer) -> None:
        """Note that its networks are on its device."""
        self.condition, self.starting, self.resting = Condition.READY, None, resting

    def begin(self, batch: Batch) -> None:
        """Note that a batch is on the device."""
        self.batch, self.resting = batch, None

    def come_through(self, resting: Timer) -> None:
        """Note that the batch is over."""
        self.batch, self.resting, self.failed_starts = None, resting, 0

    def die(self) -> Sequence[Suspect]:
        """Note that its process is gone; give the pages that it had on its device."""
        pages = () if self.batch is None else self.batch.pages
        self.failed_starts += self.batch is None
        if self.on_trial is not None and self.batch is None:
            self.suspects.appendleft(self.on_trial)
        self.condition, self.killed_for = Condition.DOWN, ""
        self.starting = self.resting = self.batch = self.on_trial = None
        return pages

    def limits(self, *, awaited: bool) -> Iterator[Limit]:
        """Give when each limit is reached, and what is then to be said; `awaited`: whether a page waits for it."""
        if self.killed_for:
            return
        if self.starting is not None:
            yield from limit_of(self.starting, "was not ready after {}")
        if self.batch is not None:
            yield from limit_of(self.batch.timer, f"a batch took longer than {{}} to {self.batch.step}")
        if self.resting is not None and awaited:
            yield from limit_of(self.resting, "took up nothing for {} though pages waited")
