"""What the schedule knows of each device server: whether it lives, its batch, and whom it answers alone."""

from collections.abc import Collection, Iterator
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
    """Of its workers that hold one."""
    workers: frozenset[str]
    """For whom it was begun, those included that have let go of their page since their items were sent."""
    timer: Timer

    @property
    def shared(self) -> bool:
        """Whether several pages were in it: then none of them alone answers for the server's death."""
        return len(self.workers) > 1


@dataclass(slots=True)
class Server:
    """A device server and its process."""

    name: str
    condition: Condition = Condition.DOWN
    failed_starts: int = 0
    """Deaths in a row for which no page can answer, without a batch between them that came through."""
    killed_for: str = ""
    starting: Timer | None = None
    resting: Timer | None = None
    """Runs while no batch is on the device: a server that has lost what it was asked would rest for ever."""
    batch: Batch | None = None
    suspects: list[Suspect] = field(default_factory=list)
    """Pages that wait, and of which it may have died; the first is on trial."""
    answers: str = ""
    """The worker that its process was told to answer alone; empty: everybody."""

    @property
    def alive(self) -> bool:
        """Whether there is a process, be it one that is being killed."""
        return self.condition in {Condition.STARTING, Condition.READY}

    @property
    def works(self) -> bool:
        """Whether what it does is its own doing: a batch that is cut off by a kill is not to blame for it."""
        return self.condition is Condition.READY and not self.killed_for

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

    def have_patience(self, resting: Timer) -> None:
        """Let it rest as long again, if it rests: it was just asked for something else."""
        if self.resting is not None:
            self.resting = resting

    def suspect(self, pages: Collection[Suspect]) -> None:
        """Note pages that are to be tried, each alone."""
        self.suspects.extend(page for page in pages if page not in self.suspects)

    def die(self) -> None:
        """Note that its process is gone."""
        self.condition, self.killed_for, self.answers = Condition.DOWN, "", ""
        self.starting = self.resting = self.batch = None

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
