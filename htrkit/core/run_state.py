"""A supervised run between two events: its pages, workers and course, and what can be done to them."""

from dataclasses import dataclass, field

from htrkit.config.choices import OnError
from htrkit.core.course import Course
from htrkit.core.crew import Worker, overrun
from htrkit.core.limits import LimitsInForce
from htrkit.core.page_queue import PageQueue
from htrkit.core.rules import Rules
from htrkit.core.servers import Server
from htrkit.core.work_clock import Timer
from htrkit.domain.schedule import (
    Drain,
    End,
    Finished,
    Halt,
    Kill,
    Order,
    Pause,
    Retire,
    Retry,
    SetAside,
    Strike,
    Troubled,
)


@dataclass(slots=True)
class RunState:
    """The state, and the orders that came of it and were not yet given."""

    rules: Rules
    pages: PageQueue
    crew: dict[str, Worker]
    limits: LimitsInForce
    batch_limits: LimitsInForce
    """Of the batches on devices, a batch's step by itself."""
    servers: dict[str, Server] = field(default_factory=dict)
    """None where workers run the networks themselves."""
    homes: dict[str, str] = field(default_factory=dict)
    """The server of each worker."""
    course: Course = field(default_factory=Course)
    orders: list[Order] = field(default_factory=list)
    last_error: str = ""
    """Of the worker or server that was given up last."""

    def pronounce(self, verdict: Strike | Retry | SetAside, at: float) -> None:
        """End a page as failed, or tell of its next try."""
        self.orders.append(verdict)
        if not isinstance(verdict, SetAside):
            return
        self.pages.failed += 1
        if self.rules.on_error is OnError.ABORT:
            self.drain(Halt.FAILED_PAGE, f"{verdict.key}: {verdict.message}", at)
        self.watch_rates(at)

    def watch_rates(self, at: float) -> None:
        """Halt the run where too many pages failed, or raised an alarm."""
        failed, flagged, ended = self.pages.failed, self.pages.flagged, self.pages.ended
        if self.rules.too_many_failed(failed=failed, ended=ended):
            self.drain(Halt.FAIL_RATE, f"{failed} of {ended} pages failed.", at)
        if self.rules.too_many_flagged(flagged=flagged, ended=ended):
            self.drain(Halt.ALARM_RATE, f"{flagged} of {ended} pages raised an alarm.", at)

    def look_at_wear(self, worker: Worker, event: Finished, reading: float) -> None:
        """Let a worker's process end that has been used enough, if there is more to do."""
        reason = worker.wear.page_done(event.memory_bytes, self.rules.recycling)
        if reason is not None and self.pages.left:
            worker.retiring = Timer(self.limits.given_seconds, reading)
            self.orders.append(Retire(worker.name, reason))

    def save_memory(self, at: float) -> None:
        """Let go of the workers without a page, but for one where nobody has any."""
        self.course.short_of_memory = True
        idle = [worker for worker in self.crew.values() if worker.idle]
        if not any(worker.hand is not None for worker in self.crew.values()):
            idle = idle[1:]
        reading = self.course.clock.reading(at)
        for worker in idle:
            worker.retiring = Timer(self.limits.given_seconds, reading)
            self.orders.append(Retire(worker.name, "memory is short"))

    def pause(self, event: Troubled) -> None:
        """Give out no page until the trouble is over; none any more for one that does not pass."""
        if not event.passes:
            self.drain(Halt.TROUBLE, event.reason, event.at)
            return
        if self.course.troubled:
            return
        self.course.pause(event.reason, event.at)
        if self.course.paused:
            self.orders.append(Pause(event.reason))

    def drain(self, halt: Halt, message: str, at: float) -> None:
        """Give out no page any more; pages in hand come to their end."""
        if self.course.halt is None and (self.pages.left or self.course.awaits_pages):
            self.course.drain(halt, message, at)
            self.orders.append(Drain(halt))

    def stop_at_once(self) -> None:
        """Kill everybody; pages in hand are as if they had never been taken."""
        for worker in self.crew.values():
            if worker.alive and not worker.killed_for:
                self.orders.append(Kill(worker.name, "the run was stopped at once"))
            if worker.hand is not None:
                self.pages.give_back(worker.hand.key)
            worker.die()
        self.end(self.course.halt, self.course.message)

    def look_at_limits(self, at: float) -> None:
        """Kill whoever has overrun a limit, and end a pause that lasts too long."""
        over = self.trouble_deadline()
        if over is not None and over <= at:
            self.drain(Halt.TROUBLE, self.course.trouble, at)
        if self.course.paused:
            return
        for worker in self.crew.values():
            reason = overrun(worker.limits(), self.course.clock.reading(at))
            if reason is not None:
                self.kill(worker, reason)

    def kill(self, worker: Worker, reason: str) -> None:
        """Kill a worker for time."""
        if worker.hand is not None and self.course.troubled:
            # A page that hangs on a disk in trouble is blameless; the run only drains now, so nobody else takes it.
            self.pages.give_back(worker.hand.key)
            worker.hand = None
        worker.killed_for = reason
        self.orders.append(Kill(worker.name, reason))

    def trouble_deadline(self) -> float | None:
        """Give the moment at which a pause has lasted too long; None where the run is not paused."""
        since = self.course.trouble_since
        return since + self.rules.trouble_limit_seconds if since is not None and self.course.paused else None

    def end(self, halt: Halt | None, message: str = "") -> None:
        """End the run; the first end counts."""
        if not self.course.ended:
            self.course.ended = True
            self.orders.append(End(halt, message))
