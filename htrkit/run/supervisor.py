"""The run's own loop: it hears workers, signals and the clock, asks the schedule, and carries its orders out."""

import selectors
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

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
    WorkerGivenUp,
    WorkerLost,
    WorkerStarted,
)
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import (
    Asked,
    Died,
    Drain,
    End,
    Finished,
    Give,
    GiveUp,
    Heard,
    Kill,
    Order,
    Passed,
    Pause,
    Ready,
    Refused,
    Retry,
    RoomAgain,
    SetAside,
    Start,
    StepBegun,
    Strike,
    Troubled,
)
from htrkit.domain.source import PageSource
from htrkit.run.interrupts import Interrupts
from htrkit.run.messages import (
    CannotStart,
    FromWorker,
    InStep,
    IsDone,
    IsReady,
    IsRefused,
    IsTroubled,
    SetUp,
    TakePage,
)
from htrkit.run.processes import DEATH_SECONDS, WorkerProcess, started

TICK_SECONDS = 0.5
PROBE_SECONDS = 1.0
"""When a paused run first looks whether there is room again; each time that this proved wrong, twice as late."""
FAREWELL_SECONDS = 3.0
"""How long workers are given to end by themselves when all is over."""


@dataclass(frozen=True, slots=True)
class Staff:
    """What workers are made of, and where they leave their noise."""

    set_up: SetUp
    logs: Path
    environment: Mapping[str, str]
    inherited: tuple[int, ...] = ()
    """Open files that workers inherit."""
    command: Sequence[str] | None = None
    """Another module than our own, for drills."""


@dataclass(slots=True)
class _Hand:
    """A page in a worker's hand."""

    key: PageKey
    attempt: int


@dataclass(slots=True)
class Supervisor:
    """One run over its pages, with processes; `tell` hears every event, in order."""

    schedule: Schedule
    sources: Mapping[PageKey, PageSource]
    staff: Staff
    tell: Callable[[Event], None]
    has_room: Callable[[], bool]
    clock: Callable[[], float] = time.monotonic
    _processes: dict[str, WorkerProcess] = field(default_factory=dict)
    _hands: dict[str, _Hand] = field(default_factory=dict)
    _last_words: dict[str, str] = field(default_factory=dict)
    _doomed: dict[str, float] = field(default_factory=dict)
    """Workers that were killed, and when they are given up if they do not die."""
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _paused_since: float | None = None
    _probe_at: float = 0.0
    _pauses: int = 0
    """Since a page was last done."""
    _end: End | None = None

    def run(self) -> End:
        """Take the pages to their end; nothing of ours runs any more when this returns."""
        try:
            with Interrupts() as interrupts:
                self._selector.register(interrupts, selectors.EVENT_READ)
                for order in self.schedule.begin(self.clock()):
                    self._obey(order)
                while self._end is None:
                    self._turn(interrupts)
            return self._end
        finally:
            self._dismiss()

    def _turn(self, interrupts: Interrupts) -> None:
        """Wait for something to happen, and hear all of it."""
        for key, _ in self._selector.select(self._patience()):
            if key.fileobj is interrupts:
                for halt in interrupts.heard():
                    self._hear(Asked(halt, self.clock()))
            elif isinstance(key.data, WorkerProcess):
                self._listen(key.data)
        for name in [name for name, due in self._doomed.items() if self.clock() >= due]:
            if (process := self._processes.get(name)) is not None:
                self._bury(process)
            self._doomed.pop(name, None)
        self._probe()
        if self._end is None:
            self._hear(Passed(self.clock()))

    def _patience(self) -> float:
        deadline = self.schedule.next_deadline()
        if deadline is None:
            return TICK_SECONDS
        return min(max(deadline - self.clock(), 0.0), TICK_SECONDS)

    def _listen(self, process: WorkerProcess) -> None:
        messages = process.hear()
        if messages is None:
            self._bury(process)
            return
        for message in messages:
            if self._end is None:
                self._take_in(process, message)

    def _take_in(self, process: WorkerProcess, message: FromWorker) -> None:
        now, name = self.clock(), process.name
        match message:
            case IsReady():
                process.device = message.device
                self.tell(WorkerStarted(name, process.popen.pid, message.seconds, message.device))
                self._hear(Ready(name, now))
            case CannotStart():
                self._last_words[name] = f"{message.what} {message.mend}"
            case InStep():
                self._hear(StepBegun(name, message.step, now))
            case IsDone():
                self._done(process, message.page)
                self._hear(Finished(name, now))
            case IsRefused():
                self._hands.pop(name, None)
                heard = Refused(
                    name, message.failure, message.step, message.message, now, message.passing, message.stack
                )
                self._hear(heard)
            case IsTroubled():
                self._hands.pop(name, None)
                self._hear(Troubled(name, message.reason, now))

    def _done(self, process: WorkerProcess, page: PageDone) -> None:
        hand = self._hands.pop(process.name, None)
        self._pauses = 0
        if hand is not None and hand.key == page.key:
            self.tell(replace(page, attempts=hand.attempt, worker=process.name, device=process.device))

    def _bury(self, process: WorkerProcess) -> None:
        """Take a process that has gone off the list, and say so."""
        name = process.name
        self._selector.unregister(process.channel)
        del self._processes[name]
        self._doomed.pop(name, None)
        stack, cause = process.stack(), process.buried()
        cause = self._last_words.pop(name, cause)
        hand = self._hands.pop(name, None)
        self.tell(WorkerLost(name, cause, hand.key if hand else None))
        self._hear(Died(name, cause, self.clock(), stack))

    def _hear(self, heard: Heard) -> None:
        for order in self.schedule.hear(heard):
            self._obey(order)

    def _obey(self, order: Order) -> None:
        match order:
            case Start():
                self._start(order.worker)
            case Give():
                self._give(order)
            case Kill():
                if (process := self._processes.get(order.worker)) is not None:
                    self._last_words.setdefault(order.worker, order.reason)
                    process.kill_with_stacks()
                    self._doomed[order.worker] = self.clock() + DEATH_SECONDS
            case GiveUp():
                self.tell(WorkerGivenUp(order.worker, order.message))
            case Strike():
                self.tell(PageStruck(order.key, order.step, order.cause, order.strikes, order.stack))
            case Retry():
                self.tell(PageRetried(order.key, order.failure, order.step, order.message))
            case SetAside():
                self._set_aside(order)
            case Pause():
                self._paused_since = self.clock()
                self._probe_at = self._paused_since + PROBE_SECONDS * 2**self._pauses
                self._pauses += 1
                self.tell(RunPaused(order.reason))
            case Drain():
                self.tell(RunDraining(str(order.halt)))
            case End():
                self._end = order

    def _start(self, name: str) -> None:
        process = started(
            name,
            self.staff.logs / f"{name}.log",
            environment=dict(self.staff.environment),
            inherited=self.staff.inherited,
            command=self.staff.command,
        )
        self._processes[name] = process
        self._selector.register(process.channel, selectors.EVENT_READ, process)
        process.say(self.staff.set_up)

    def _give(self, order: Give) -> None:
        process = self._processes[order.worker]
        self._hands[order.worker] = _Hand(order.key, order.attempt)
        self.tell(PageStarted(order.key, order.attempt))
        process.mark_page()
        process.say(TakePage(asdict(self.sources[order.key]), order.attempt))

    def _set_aside(self, order: SetAside) -> None:
        image = shown(self.sources[order.key].path)
        self.tell(PageFailed(order.key, image, order.failure, order.step, order.message, order.attempts, order.stack))

    def _probe(self) -> None:
        """Look now and then whether a paused run can go on."""
        now = self.clock()
        if self._paused_since is None or now < self._probe_at:
            return
        self._probe_at = now + PROBE_SECONDS
        if self.has_room():
            self.tell(RunContinued(round(now - self._paused_since, 1)))
            self._paused_since = None
            self._hear(RoomAgain(now))

    def _dismiss(self) -> None:
        """Close every channel, so that workers end; kill what has not ended soon."""
        for process in self._processes.values():
            process.channel.close()
        deadline = time.monotonic() + (0.0 if self._end is None or self._hands else FAREWELL_SECONDS)
        for process in self._processes.values():
            while process.popen.poll() is None and time.monotonic() < deadline:
                time.sleep(0.01)
            process.kill()
            process.buried()
        self._processes.clear()
        self._selector.close()
