"""The run's own loop: it hears processes, signals and the clock, asks the schedule, and carries its orders out."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Protocol

from htrkit.core.alarms_confidence import ConfidenceWatch
from htrkit.core.schedule import Schedule
from htrkit.core.shown import shown
from htrkit.domain.events import (
    Event,
    PageDone,
    PageFailed,
    PageRetried,
    PageStarted,
    PageStruck,
    RunContinued,
    RunDraining,
    RunPaused,
    ServerGivenUp,
    WorkerGivenUp,
    WorkerRetired,
)
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import (
    Asked,
    Drain,
    End,
    Give,
    GiveUp,
    Heard,
    Kill,
    Order,
    Passed,
    Pause,
    Retire,
    Retry,
    RoomAgain,
    SetAside,
    Start,
    Strike,
)
from htrkit.domain.serving import Drop, GiveUpServer, KillServer, Link, ServeOnly, StartServer
from htrkit.domain.source import PageSource
from htrkit.run.curve import Curve
from htrkit.run.glimpse import Glimpsing
from htrkit.run.hearing import Hand, Hearing
from htrkit.run.interrupts import Interrupts
from htrkit.run.memory_watch import EVERYBODY, AskBack, Deed, Hear, HoldAhead, MemoryWatch, Tell
from htrkit.run.messages import AnswerOnly, DropPage, GiveBack, TakePage
from htrkit.run.read_ahead import ReadAhead
from htrkit.run.sampler import Sampler
from htrkit.run.switchboard import Gone, Staff, Switchboard

TICK_SECONDS = 0.5
PROBE_SECONDS = 1.0
"""When a paused run first looks whether there is room again; each time that this proved wrong, twice as late."""


class Inlet(Protocol):
    """Where pages come from while the run goes on."""

    def fileno(self) -> int:
        """For a selector: readable when something has come."""

    def heard(self, at: float) -> Iterator[Heard]:
        """Give what has come, without waiting; the sources of pages that are added are known by then."""


@dataclass(slots=True)
class Supervisor:
    """One run over its pages, with processes; `tell` hears every event, in order."""

    schedule: Schedule
    sources: Mapping[PageKey, PageSource]
    staff: Staff
    tell: Callable[[Event], None]
    passed: Callable[[str], bool]
    """Tells whether the trouble with an input, by its path, or with OUT (empty) has passed."""
    memory: MemoryWatch
    ahead: ReadAhead
    sampler: Sampler = field(default_factory=Sampler)
    glimpsing: Glimpsing = field(default_factory=Glimpsing)
    confidence: ConfidenceWatch = field(default_factory=ConfidenceWatch)
    clock: Callable[[], float] = time.monotonic
    inlet: Inlet | None = None
    """None where all pages are known from the beginning."""
    _hearing: Hearing = field(default_factory=Hearing)
    _board: Switchboard = field(init=False)
    _paused_since: float | None = None
    _probe_at: float = 0.0
    _pauses: int = 0
    """Since a page was last done."""
    _curve: Curve = field(init=False)
    _end: End | None = None

    def __post_init__(self) -> None:
        self._board = Switchboard(self.staff)
        self._hearing.confidence = self.confidence
        self.sampler.processes, self.sampler.ahead_bytes = self._board.pids, self.ahead.ahead_bytes
        self._curve = Curve(self.sampler)

    def run(self) -> End:
        """Take the pages to their end; nothing of ours runs any more when this returns."""
        try:
            with Interrupts() as interrupts:
                self._board.watch(interrupts)
                if self.inlet is not None:
                    self._board.watch(self.inlet)
                self.ahead.start(source.path for source in self.sources.values())
                for order in self.schedule.begin(self.clock()):
                    self._obey(order)
                while self._end is None:
                    self._turn(interrupts)
            self._tell_all(self._hearing.fed())
            self._tell_all(self._curve.last())
            return self._end
        finally:
            self.ahead.close()
            self._board.dismiss(at_once=self._end is None or bool(self._hearing.hands))

    def _turn(self, interrupts: Interrupts) -> None:
        """Wait for something to happen, and hear all of it."""
        for heard in self._board.heard(self._patience()):
            if self._end is None or isinstance(heard, Gone):
                told, event = self._hearing.of(heard, self.clock())
                self._tell_all(told)
                if event is not None:
                    self._hear(event)
        if self.inlet is not None:
            for heard_of_pages in self.inlet.heard(self.clock()):
                self._hear(heard_of_pages)
        for halt in interrupts.heard():
            self._hear(Asked(halt, self.clock()))
        self._probe()
        if self._end is None:
            self._look_at_memory()
        if self._end is None:
            self._hear(Passed(self.clock()))
        self.glimpsing.look(self.clock(), self.schedule, self._hearing.batches, self.ahead)

    def _look_at_memory(self) -> None:
        """Act on what has changed, and tell now and then how everything stands."""
        at = self.clock()
        for deed in self.memory.look(at, self.sampler.devices):
            self._do(deed)
        self._tell_all(self._curve.points(at))

    def _do(self, deed: Deed) -> None:
        match deed:
            case HoldAhead():
                self.ahead.hold(on=deed.on)
            case Tell():
                self.tell(deed.event)
            case Hear():
                self._hear(deed.heard)
            case AskBack():
                for name in self._board.pids() if deed.process == EVERYBODY else (deed.process,):
                    self._board.say(name, GiveBack())

    def _patience(self) -> float:
        deadline = self.schedule.next_deadline()
        if deadline is None:
            return TICK_SECONDS
        return min(max(deadline - self.clock(), 0.0), TICK_SECONDS)

    def _tell_all(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, PageDone):
                self._pauses = 0
            self.tell(event)

    def _hear(self, heard: Heard) -> None:
        for order in self.schedule.hear(heard):
            self._obey(order)

    def _obey(self, order: Order) -> None:
        match order:
            case Start():
                self._board.start_worker(order.worker)
            case StartServer():
                self._board.start_server(order.server)
            case Link():
                self._hearing.homes[order.worker] = order.server
                self._board.link(order.worker, order.server)
            case ServeOnly():
                self._board.say(order.server, AnswerOnly(order.worker))
            case Drop():
                self._hearing.hands.pop(order.worker, None)
                self._board.say(order.worker, DropPage())
            case Give():
                self._give(order)
            case Kill():
                self._board.kill(order.worker, order.reason)
            case Retire():
                self._hearing.retired.add(order.worker)
                self._board.let_go(order.worker)
                self.tell(WorkerRetired(order.worker, order.reason))
            case KillServer():
                self._board.kill(order.server, order.reason)
            case Pause():
                self._pause(order)
            case End():
                self._end = order
            case GiveUp() | GiveUpServer() | Strike() | Retry() | SetAside() | Drain():
                self.tell(self._event_of(order))

    def _event_of(self, order: GiveUp | GiveUpServer | Strike | Retry | SetAside | Drain) -> Event:
        """Give what an order that is only to be written down says."""
        match order:
            case GiveUp():
                return WorkerGivenUp(order.worker, order.message)
            case GiveUpServer():
                return ServerGivenUp(order.server, order.message)
            case Strike():
                return PageStruck(order.key, order.step, order.cause, order.strikes, order.stack)
            case Retry():
                return PageRetried(order.key, order.failure, order.step, order.message)
            case Drain():
                return RunDraining(str(order.halt))
            case SetAside():
                image = shown(self.sources[order.key].path)
                return PageFailed(
                    order.key, image, order.failure, order.step, order.message, order.attempts, order.stack
                )

    def _give(self, order: Give) -> None:
        self._hearing.hands[order.worker] = Hand(order.key, order.attempt)
        self.ahead.taken(self.sources[order.key].path)
        self.tell(PageStarted(order.key, order.attempt))
        self._curve.begin(self.clock())
        self._board.mark_page(order.worker)
        self._board.say(order.worker, TakePage(asdict(self.sources[order.key]), order.attempt))

    def _pause(self, order: Pause) -> None:
        self._paused_since = self.clock()
        self._probe_at = self._paused_since + PROBE_SECONDS * 2**self._pauses
        self._pauses += 1
        self.tell(RunPaused(order.reason))

    def _probe(self) -> None:
        """Look now and then whether a paused run can go on."""
        now = self.clock()
        if self._paused_since is None or now < self._probe_at:
            return
        self._probe_at = now + PROBE_SECONDS
        if all(self.passed(path) for path in self._hearing.troubles):
            self._hearing.troubles.clear()
            self.tell(RunContinued(round(now - self._paused_since, 1)))
            self._paused_since = None
            self._hear(RoomAgain(now))
