"""Plain bookkeeping of a supervised run: what every event must bring, by the rules alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from htrkit.config.choices import OnError
from htrkit.core.limits import Fixed, Limits
from htrkit.core.rules import Rules
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import (
    Asked,
    Died,
    Drain,
    Finished,
    GiveUp,
    Halt,
    Heard,
    Kill,
    Passed,
    Pause,
    Ready,
    Refused,
    Retry,
    RoomAgain,
    Served,
    SetAside,
    StepBegun,
    Strike,
    Troubled,
    Waiting,
)
from htrkit.domain.serving import PutDown

STEP_SECONDS = {step: 10.0 * (place + 1) for place, step in enumerate(Step)}
LIMITS = Limits({step: Fixed(seconds) for step, seconds in STEP_SECONDS.items()}, given_seconds=15, page_seconds=45)
"""Whole numbers, so that times can be compared exactly."""


class Process(Enum):
    NONE = auto()
    STARTING = auto()
    READY = auto()


class Place(Enum):
    """Where a page is."""

    WAITS = auto()
    IN_HAND = auto()
    DONE = auto()
    FAILED = auto()


@dataclass
class FakeWorker:
    process: Process = Process.NONE
    doomed: bool = False
    given_up: bool = False
    failed_starts: int = 0
    page: "FakePage | None" = None
    waits: bool = False
    puts_down: bool = False
    clocks: dict[str, list[float]] = field(default_factory=dict)
    """Of each limit in force: seconds used, seconds allowed."""

    def die(self) -> None:
        self.process, self.doomed, self.puts_down = Process.NONE, False, False
        self.let_go()

    def let_go(self) -> None:
        self.page, self.waits, self.clocks = None, False, {}

    def counting(self, *, paused: bool) -> bool:
        return bool(self.clocks) and not (self.waits or self.doomed or paused)

    def seconds_left(self) -> float:
        return min(allowed - used for used, allowed in self.clocks.values())


@dataclass
class FakePage:
    key: PageKey
    place: Place = Place.WAITS
    flagged: bool = False
    deaths: int = 0
    tries: int = 0
    refusals: int = 0
    behind: set[str] = field(default_factory=set)
    """Pages that must be taken before it."""
    suspected: bool = False
    """It waits, and a server died that had it on its device beside others."""
    in_front: bool = False
    """Given back untouched: it comes before all others of its kind."""


class Books:
    """The state of a run as the rules tell it, kept apart from the schedule that is tested."""

    def __init__(
        self, pages: Sequence[str], workers: Sequence[str], rules: Rules, strikes: Mapping[PageKey, int]
    ) -> None:
        self.rules = rules
        self.now = 100.0
        self.pages: dict[PageKey, FakePage] = {}
        for key in map(PageKey, pages):
            earlier = min(strikes.get(key, 0), rules.deaths - 1)
            self.pages[key] = FakePage(key, deaths=earlier, behind=set(self.pages))
        self.workers = {name: FakeWorker() for name in workers}
        self.trouble_since: float | None = None
        self.halt: Halt | None = None
        self.asked = False
        self.ended = False

    @property
    def paused(self) -> bool:
        return self.trouble_since is not None and self.halt is None

    @property
    def goes(self) -> bool:
        return self.trouble_since is None and self.halt is None and not self.ended

    def at(self, place: Place) -> list[FakePage]:
        return [page for page in self.pages.values() if page.place is place]

    def left(self) -> list[FakePage]:
        return self.at(Place.WAITS) + self.at(Place.IN_HAND)

    def live_hands(self) -> dict[str, FakeWorker]:
        return {name: worker for name, worker in self.workers.items() if worker.page is not None}

    def expected(self, event: Heard) -> list[tuple[object, ...]]:
        """Book an event, and give the orders that it must bring, but for those that follow from the state alone."""
        match event:
            case Passed():
                return self._expected_of_time()
            case RoomAgain():
                self.trouble_since = None
                return []
            case Asked():
                return self._expected_when_asked(event.halt)
            case Died():
                return self._expected_of_death(event.worker)
            case Ready():
                worker = self.workers[event.worker]
                if worker.process is Process.STARTING and not worker.doomed:
                    worker.process, worker.failed_starts, worker.clocks = Process.READY, 0, {}
                return []
            case PutDown():
                worker = self.workers.get(event.worker, FakeWorker())
                if worker.puts_down:
                    worker.puts_down, worker.clocks = False, {}
                return []
            case StepBegun() | Waiting() | Served() | Finished() | Refused() | Troubled():
                worker = self.workers[event.worker]
                return [] if worker.page is None else self._expected_of_page(event, worker, worker.page)
            case _:
                raise AssertionError(event)

    def _expected_of_page(self, event: Heard, worker: FakeWorker, page: FakePage) -> list[tuple[object, ...]]:
        match event:
            case StepBegun():
                worker.waits = False
                worker.clocks["step"] = [0.0, STEP_SECONDS[event.step]]
            case Waiting() | Served():
                worker.waits = isinstance(event, Waiting)
            case Finished():
                worker.let_go()
                page.place, page.flagged = Place.DONE, event.flagged
                return self._brake()
            case Refused():
                worker.let_go()
                page.refusals += event.passing
                if event.passing and page.refusals <= self.rules.retries:
                    self._put_last(page)
                    return [(Retry, page.key)]
                return self._set_aside(page, event.failure)
            case Troubled():
                worker.let_go()
                self._put_back(page)
                if self.trouble_since is None:
                    self.trouble_since = self.now
                    return [(Pause,)] if self.halt is None else []
        return []

    def _expected_of_death(self, name: str) -> list[tuple[object, ...]]:
        worker, page = self.workers[name], self.workers[name].page
        if worker.process is Process.NONE:
            return []
        worker.failed_starts += worker.process is Process.STARTING
        killed = worker.doomed
        worker.die()
        if worker.failed_starts == self.rules.failed_starts:
            worker.given_up = True
            return [(GiveUp, name)]
        return [] if page is None else self._count_death(page, killed=killed)

    def _count_death(self, page: FakePage, *, killed: bool) -> list[tuple[object, ...]]:
        page.deaths += 1
        assert page.deaths <= self.rules.deaths, "a page died too often"
        if page.deaths == self.rules.deaths:
            return self._set_aside(page, FailureClass.TIMEOUT if killed else FailureClass.DIED)
        self._put_last(page)
        return [(Strike, page.key, page.deaths, killed)]

    def _expected_of_time(self) -> list[tuple[object, ...]]:
        orders = []
        if self.paused and self.now - (self.trouble_since or 0.0) >= self.rules.trouble_limit_seconds:
            orders += self._drain(Halt.TROUBLE)
        for name, worker in self.workers.items():
            if worker.counting(paused=self.paused) and worker.seconds_left() <= 0:
                if worker.page is not None and self.trouble_since is not None:
                    self._put_back(worker.page)
                    worker.let_go()
                orders.append((Kill, name))
        return orders

    def _expected_when_asked(self, halt: Halt) -> list[tuple[object, ...]]:
        if not self.asked:
            self.asked = True
            return self._drain(halt)
        orders = [
            (Kill, name)
            for name, worker in self.workers.items()
            if worker.process is not Process.NONE and not worker.doomed
        ]
        for worker in self.workers.values():
            if worker.page is not None:
                worker.page.place = Place.WAITS
            worker.die()
        return orders

    def _set_aside(self, page: FakePage, failure: FailureClass) -> list[tuple[object, ...]]:
        page.place = Place.FAILED
        orders: list[tuple[object, ...]] = [(SetAside, page.key, page.tries, failure)]
        if self.rules.on_error is OnError.ABORT:
            orders += self._drain(Halt.FAILED_PAGE)
        return orders + self._brake()

    def _brake(self) -> list[tuple[object, ...]]:
        failed = len(self.at(Place.FAILED))
        ended = failed + len(self.at(Place.DONE))
        flagged = sum(page.flagged for page in self.at(Place.DONE))
        rates = (
            (Halt.FAIL_RATE, failed, self.rules.max_fail_rate),
            (Halt.ALARM_RATE, flagged, self.rules.max_alarm_rate),
        )
        for halt, pages, rate in rates:
            if rate is not None and ended >= self.rules.rate_minimum and pages > rate * ended:
                return self._drain(halt)
        return []

    def _drain(self, halt: Halt) -> list[tuple[object, ...]]:
        if self.halt is not None or not self.left():
            return []
        self.halt = halt
        return [(Drain, halt)]

    def _put_last(self, page: FakePage) -> None:
        page.place, page.in_front = Place.WAITS, False
        page.behind = {other.key for other in self.at(Place.WAITS) if other is not page}

    def _put_back(self, page: FakePage) -> None:
        page.place, page.in_front, page.behind = Place.WAITS, True, set()
        page.tries -= 1
