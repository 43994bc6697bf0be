"""Who does what next in a supervised run: every decision, taken on what is heard, without clock, process or file."""

from collections.abc import Mapping, Sequence
from itertools import cycle

from htrkit.core.crew import Condition, Hand, Worker, first_due
from htrkit.core.dispatch import pages_given, workers_started
from htrkit.core.limits import LimitsInForce
from htrkit.core.page_queue import PageQueue
from htrkit.core.rules import Rules
from htrkit.core.run_state import RunState
from htrkit.core.servers import Server
from htrkit.core.serving import (
    link_of,
    look_at_servers,
    note_wait,
    server_deadlines,
    settle_servers,
    stop_servers,
    take_of_server,
)
from htrkit.core.verdicts import after_death, after_refusal
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import (
    Asked,
    Died,
    Finished,
    GiveUp,
    Halt,
    Heard,
    InHand,
    NoMorePages,
    OfPage,
    Order,
    PagesAdded,
    Passed,
    Pressed,
    Ready,
    Refused,
    Relieved,
    RoomAgain,
    Served,
    StepBegun,
    Troubled,
    Waiting,
)
from htrkit.domain.serving import BatchBegun, BatchEnded, PutDown, ServerDied, ServerReady


class Schedule:
    """The state of a supervised run: `begin` once, then `hear` what happens and carry out the orders in their order.

    Events that cannot be (of a dead worker, of an empty hand, after the end) change nothing.
    """

    def __init__(  # noqa: PLR0913 - who works, by which rules, on what, and what was before
        self,
        pages: Sequence[PageKey],
        workers: Sequence[str],
        rules: Rules,
        *,
        servers: Sequence[str] = (),
        strikes: Mapping[PageKey, int] | None = None,
        attempts: Mapping[PageKey, int] | None = None,
        more: bool = False,
    ) -> None:
        """Take the pages in their order, and what earlier runs knew of them.

        With `servers`, networks run there, and each worker has one of them; without, workers run them. A page with
        strikes is tried alone, at the end; one that has had all its deaths and is asked for again has one more try.
        With `more`, pages are added later, and the run does not end before no more can come.
        """
        known = {key: min(count, rules.deaths - 1) for key, count in (strikes or {}).items()}
        queue = PageQueue(pages, strikes=known, attempts=attempts or {})
        self._run = RunState(
            rules,
            queue,
            {name: Worker(name) for name in workers},
            LimitsInForce(rules.limits),
            LimitsInForce(rules.limits),
            {name: Server(name) for name in servers},
            dict(zip(workers, cycle(servers), strict=False)),
        )
        self._run.course.awaits_pages = more

    def begin(self, at: float) -> list[Order]:
        """Give the first orders."""
        return self._settled(at)

    def hear(self, event: Heard) -> list[Order]:
        """Give the orders that follow from an event."""
        if self._run.course.ended:
            return []
        self._take(event)
        return self._settled(event.at)

    def in_hand(self) -> tuple[InHand, ...]:
        """Give the pages in workers' hands, in the order of the workers."""
        return tuple(
            InHand(worker.name, hand.key, hand.attempt, hand.step, hand.since)
            for worker in self._run.crew.values()
            if (hand := worker.hand) is not None
        )

    def left(self) -> int:
        """Give how many pages have not ended, those in hand included."""
        return self._run.pages.left

    def deadline_of(self, worker: str) -> float | None:
        """Give the moment at which a worker is killed if nothing more is heard of it; None where no clock runs."""
        due = first_due(self._run.crew[worker].limits())
        return None if due is None else self._run.course.clock.when(due)

    def next_deadline(self) -> float | None:
        """Give the moment at which `Passed` must be heard at the latest; None where nothing waits for time."""
        if self._run.course.ended:
            return None
        moments = [*map(self.deadline_of, self._run.crew), *server_deadlines(self._run), self._run.trouble_deadline()]
        return min((moment for moment in moments if moment is not None), default=None)

    def _take(self, event: Heard) -> None:
        match event:
            case Ready():
                self._welcome(event.worker)
            case StepBegun() | Waiting() | Served() | Finished() | Refused() | Troubled():
                worker = self._run.crew.get(event.worker)
                if worker is not None and worker.hand is not None:
                    self._take_of_page(event, worker, worker.hand)
            case PutDown():
                if (worker := self._run.crew.get(event.worker)) is not None:
                    worker.dropping = None
            case Died():
                self._bury(event)
            case ServerReady() | BatchBegun() | BatchEnded() | ServerDied():
                take_of_server(self._run, event)
            case Passed():
                self._run.look_at_limits(event.at)
                look_at_servers(self._run, event.at)
            case RoomAgain():
                self._run.course.go_on(event.at)
            case Pressed():
                self._run.save_memory(event.at)
            case Relieved():
                self._run.course.short_of_memory = False
            case Asked():
                self._halt_as_asked(event)
            case PagesAdded():
                self._run.pages.add(event.pages, strikes=event.strikes, attempts=event.attempts)
            case NoMorePages():
                self._run.course.awaits_pages = False

    def _take_of_page(self, event: OfPage, worker: Worker, hand: Hand) -> None:
        reading = self._run.course.clock.reading(event.at)
        match event:
            case StepBegun():
                hand.leave_step(self._run.limits, reading)
                hand.enter_step(event.step, self._run.limits, at=event.at, reading=reading)
            case Waiting():
                hand.stand(reading)
                note_wait(self._run, worker, reading)
            case Served():
                hand.go(reading)
            case Finished():
                hand.leave_step(self._run.limits, reading)
                worker.hand = None
                self._run.pages.done += 1
                self._run.pages.flagged += event.flagged
                self._run.look_at_wear(worker, event, reading)
                self._run.watch_rates(event.at)
            case Refused():
                worker.hand = None
                self._run.pronounce(after_refusal(hand.key, event, self._run.pages, self._run.rules), event.at)
            case Troubled():
                worker.hand = None
                self._run.pages.give_back(hand.key)
                self._run.pause(event)

    def _welcome(self, name: str) -> None:
        worker = self._run.crew.get(name)
        if worker is not None and worker.coming:
            worker.become_ready()

    def _bury(self, event: Died) -> None:
        worker = self._run.crew.get(event.worker)
        if worker is None or not worker.alive:
            return
        killed_for, hand = worker.killed_for, worker.hand
        worker.die()
        if worker.failed_starts >= self._run.rules.failed_starts:
            self._run.last_error = killed_for or event.cause
            worker.condition = Condition.GIVEN_UP
            self._run.orders.append(GiveUp(worker.name, self._run.last_error))
        if hand is not None:
            verdict = after_death(hand, event, self._run.pages, self._run.rules, killed_for=killed_for)
            self._run.pronounce(verdict, event.at)

    def _halt_as_asked(self, event: Asked) -> None:
        if self._run.course.asked:
            stop_servers(self._run)
            self._run.stop_at_once()
            return
        self._run.course.asked = True
        self._run.drain(event.halt, "", event.at)

    def _hand_out(self, at: float, reading: float) -> None:
        """Give pages to idle workers, and start workers for those that wait; while memory is short, one by one."""
        run, crew = self._run, self._run.crew.values()
        most = 1 if run.course.short_of_memory else len(crew)
        run.orders.extend(pages_given(crew, run.pages, run.limits, most=most, at=at, reading=reading))
        limit_seconds = run.rules.start_limit_seconds
        for start in workers_started(crew, run.pages, most=most, limit_seconds=limit_seconds, reading=reading):
            run.orders.extend((start, *link_of(run, start.worker)))

    def _settled(self, at: float) -> list[Order]:
        """Give all orders, after those that follow from the state alone."""
        crew = self._run.crew.values()
        reading = self._run.course.clock.reading(at)
        if not self._run.pages.left and not self._run.course.awaits_pages:
            self._run.end(None)
        elif self._run.course.halt is not None and not self.in_hand():
            self._run.end(self._run.course.halt, self._run.course.message)
        elif all(worker.condition is Condition.GIVEN_UP for worker in crew):
            self._run.end(Halt.NO_WORKER, self._run.last_error)
        elif self._run.course.gives:
            self._hand_out(at, reading)
        settle_servers(self._run, at)
        orders, self._run.orders = self._run.orders, []
        return orders
