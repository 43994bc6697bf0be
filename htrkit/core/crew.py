"""What the schedule knows of each worker: whether it lives, what it holds, and when its time is up."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from htrkit.core.limits import LimitsInForce
from htrkit.core.recycling import Wear
from htrkit.core.work_clock import Timer
from htrkit.domain.failure import Step
from htrkit.domain.names import PageKey

_SLACK_SECONDS = 1e-6
"""Far above what sums of floats lose, so that the moment of a deadline is never found to be a little before it."""


Limit = tuple[float, str]
"""The reading of the work clock at which it is reached, and what is then to be said."""


def limit_of(timer: Timer, words: str) -> Iterator[Limit]:
    """Give the limit of a timer that counts; `{}` in the words stands for its seconds."""
    due = timer.due()
    if due is not None:
        yield due, words.format(f"{round(timer.limit_seconds, 1):g} s")


def first_due(limits: Iterable[Limit]) -> float | None:
    """Give the reading at which the first limit is reached."""
    return min((due for due, _ in limits), default=None)


def overrun(limits: Iterable[Limit], reading: float) -> str | None:
    """Tell in words which limit is overrun, if any: the first."""
    return next((words for due, words in sorted(limits) if due <= reading + _SLACK_SECONDS), None)


class Condition(Enum):
    """How far a worker's process is."""

    DOWN = auto()
    STARTING = auto()
    READY = auto()
    GIVEN_UP = auto()


@dataclass(slots=True)
class Hand:
    """A page in a worker's hand."""

    key: PageKey
    attempt: int
    since: float
    """The moment at which its step began, or at which it was given."""
    timer: Timer
    """Of its step."""
    page_timer: Timer | None
    step: Step | None = None

    @property
    def waits(self) -> bool:
        """Whether the page waits for a device."""
        return self.timer.since is None

    def enter_step(self, step: Step, limits: LimitsInForce, *, at: float, reading: float) -> None:
        """Let a step's clock begin."""
        self.go(reading)
        self.step, self.since, self.timer = step, at, Timer(limits.of(step), reading)

    def leave_step(self, limits: LimitsInForce, reading: float) -> None:
        """Let the limits learn how long the step took that the page came through."""
        if self.step is not None:
            limits.learn(self.step, self.timer.used(reading))

    def stand(self, reading: float) -> None:
        """Stop the page's clocks."""
        self.timer = self.timer.standing(reading)
        self.page_timer = self.page_timer and self.page_timer.standing(reading)

    def go(self, reading: float) -> None:
        """Let the page's clocks go on."""
        self.timer = self.timer.going(reading)
        self.page_timer = self.page_timer and self.page_timer.going(reading)


@dataclass(slots=True)
class Worker:
    """A worker and its process."""

    name: str
    condition: Condition = Condition.DOWN
    hand: Hand | None = None
    killed_for: str = ""
    """Why its process is being killed; empty while nobody wants that."""
    failed_starts: int = 0
    """In a row."""
    starting: Timer | None = None
    dropping: Timer | None = None
    """Runs from its being told to put a page down until it has."""
    retiring: Timer | None = None
    """Runs from its being told to end, between two pages, until it has."""
    wear: Wear = field(default_factory=Wear)

    @property
    def alive(self) -> bool:
        """Whether there is a process, be it one that is being killed."""
        return self.condition in {Condition.STARTING, Condition.READY}

    @property
    def idle(self) -> bool:
        """Whether it can take a page now."""
        held = self.hand is not None or self.dropping is not None or self.retiring is not None
        return self.condition is Condition.READY and not held and not self.killed_for

    @property
    def coming(self) -> bool:
        """Whether it may be able to take a page soon."""
        return self.condition is Condition.STARTING and not self.killed_for

    def start(self, timer: Timer) -> None:
        """Note that its process is started."""
        self.condition, self.starting = Condition.STARTING, timer

    def become_ready(self) -> None:
        """Note that its process is ready for pages."""
        self.condition, self.starting, self.failed_starts = Condition.READY, None, 0

    def die(self) -> None:
        """Note that its process is gone, and whether it was so before it was ready."""
        self.failed_starts += self.condition is Condition.STARTING
        self.condition, self.hand, self.killed_for = Condition.DOWN, None, ""
        self.starting = self.dropping = self.retiring = None
        self.wear = Wear()

    def limits(self) -> Iterator[Limit]:
        """Give when each limit is reached, and what is then to be said."""
        if self.killed_for:
            return
        if self.starting is not None:
            yield from limit_of(self.starting, "was not ready after {}")
        if self.dropping is not None:
            yield from limit_of(self.dropping, "had not put its page down after {}")
        if self.retiring is not None:
            yield from limit_of(self.retiring, "had not ended {} after it was told to")
        if self.hand is not None:
            step = self.hand.step
            yield from limit_of(
                self.hand.timer, "no step begun after {}" if step is None else f"{step} took longer than {{}}"
            )
            if self.hand.page_timer is not None:
                yield from limit_of(
                    self.hand.page_timer, f"the page took longer than {{}}, last in {step or 'no step'}"
                )
