"""A run without processes: fake workers obey a schedule, and everything it orders is held against the books."""

from collections.abc import Mapping, Sequence

from htrkit.core.rules import Rules
from htrkit.core.schedule import Schedule
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import (
    Died,
    Drain,
    End,
    Finished,
    Give,
    GiveUp,
    Halt,
    Heard,
    Kill,
    Order,
    Passed,
    Ready,
    Refused,
    Retry,
    RoomAgain,
    SetAside,
    Start,
    Strike,
)
from tests.fakes.run_books import LIMITS, Books, FakePage, Place, Process


class SupervisedRun(Books):
    """Fake workers under a schedule; `tell` an event, and an order that breaks a rule is an AssertionError."""

    def __init__(
        self,
        kind: type[Schedule],
        pages: Sequence[str],
        workers: Sequence[str],
        rules: Rules,
        strikes: Mapping[PageKey, int],
    ) -> None:
        super().__init__(pages, workers, rules, strikes)
        self.schedule = kind(list(self.pages), workers, rules, strikes=strikes)
        self._obey(self.schedule.begin(self.now))
        self.check()

    def tell(self, event: Heard) -> None:
        """Let the schedule hear an event, and carry out what it orders."""
        expected = [] if self.ended else self.expected(event)
        orders = self.schedule.hear(event)
        told = [_short(order) for order in orders if not isinstance(order, Start | Give | End)]
        assert told == expected, f"after {event}"
        self._obey(orders)
        self.check()

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        for worker in self.workers.values():
            if worker.counting(paused=self.paused):
                for clock in worker.clocks.values():
                    clock[0] += seconds
        self.tell(Passed(self.now))

    def wind_down(self) -> None:
        """Let everybody behave until the end, which must come."""
        for _ in range(20 + 10 * len(self.pages)):
            if self.trouble_since is not None:
                self.tell(RoomAgain(self.now))
            for name, worker in self.workers.items():
                if worker.doomed:
                    self.tell(Died(name, "SIGKILL", self.now))
                elif worker.process is Process.STARTING:
                    self.tell(Ready(name, self.now))
                elif worker.page is not None:
                    self.tell(Finished(name, self.now))
        assert self.ended, "everybody behaved, and the run does not end"
        assert self.schedule.next_deadline() is None

    def check(self) -> None:
        """Hold what the schedule tells of itself against the bookkeeping."""
        held = [(name, worker.page.key) for name, worker in self.workers.items() if worker.page is not None]
        assert [(one.worker, one.key) for one in self.schedule.in_hand()] == held
        assert len(held) == len({key for _, key in held}) == len(self.at(Place.IN_HAND)), "a page in two hands"
        assert self.schedule.left() == len(self.at(Place.WAITS)) + len(held), "the accounting does not add up"
        if not self.ended:
            self._check_nobody_idles()
            self._check_deadlines()

    def _check_nobody_idles(self) -> None:
        idle = [one for one in self.workers.values() if one.process is Process.READY and not (one.page or one.doomed)]
        hands = self.at(Place.IN_HAND)
        if not (self.goes and idle) or any(page.deaths for page in hands):
            return
        assert not [page for page in self.at(Place.WAITS) if not (page.deaths and hands)], "a worker idles for nothing"

    def _check_deadlines(self) -> None:
        moments = []
        for name, worker in self.workers.items():
            counts = worker.counting(paused=self.paused)
            moment = self.now + worker.seconds_left() if counts else None
            assert self.schedule.deadline_of(name) == moment, f"the clock of {name}"
            moments.append(moment)
        if self.paused and self.trouble_since is not None:
            moments.append(self.trouble_since + self.rules.trouble_limit_seconds)
        assert self.schedule.next_deadline() == min((one for one in moments if one is not None), default=None)

    def _obey(self, orders: Sequence[Order]) -> None:
        for order in orders:
            assert not self.ended, f"ordered after the end: {order}"
            match order:
                case Start():
                    self._start(order.worker)
                case Give():
                    self._take_in_hand(order)
                case Kill():
                    self.workers[order.worker].doomed = self.workers[order.worker].process is not Process.NONE
                case End():
                    self._end(order)
                case _:
                    pass

    def _start(self, name: str) -> None:
        worker = self.workers[name]
        assert self.goes, "a worker is started for nothing"
        assert worker.process is Process.NONE
        assert not worker.given_up
        worker.process, worker.waits = Process.STARTING, False
        worker.clocks = {"start": [0.0, self.rules.start_limit_seconds]}

    def _take_in_hand(self, give: Give) -> None:
        worker, page = self.workers[give.worker], self.pages[give.key]
        assert self.goes, "a page is given out of a run that does not go"
        assert worker.process is Process.READY
        assert not worker.doomed
        assert worker.page is None, "two pages in one hand"
        assert page.place is Place.WAITS, "a page that does not wait is given"
        page.tries += 1
        assert give.attempt == page.tries
        self._check_turn(page)
        for other in self.pages.values():
            other.behind.discard(page.key)
        page.place, page.in_front = Place.IN_HAND, False
        worker.page, worker.waits = page, False
        worker.clocks = {"page": [0.0, LIMITS.page_seconds or 0.0], "step": [0.0, LIMITS.given_seconds]}

    def _check_turn(self, page: FakePage) -> None:
        hands = self.at(Place.IN_HAND)
        waiting = [other for other in self.at(Place.WAITS) if other is not page]
        alike = [other for other in waiting if bool(other.deaths) == bool(page.deaths)]
        assert not any(other.deaths for other in hands), "a struck page is not alone"
        assert page.in_front or not any(other.in_front for other in alike), "a page given back waits its turn again"
        assert not [other for other in alike if other.key in page.behind], "a page is taken before its turn"
        if page.deaths:
            assert not hands, "a struck page is not alone"
            assert all(other.deaths for other in waiting), "a struck page is tried before the end"

    def _end(self, end: End) -> None:
        self.ended = True
        assert not self.at(Place.IN_HAND) or self.asked, "the run ends over a page in hand"
        if not self.at(Place.WAITS):
            assert end.halt is None
        elif self.halt is not None:
            assert end.halt is self.halt
        else:
            assert end.halt is Halt.NO_WORKER
            assert all(worker.given_up for worker in self.workers.values())


def refused(worker: str, at: float, *, passing: bool) -> Refused:
    failure = FailureClass.RECOGNITION if passing else FailureClass.BROKEN
    return Refused(worker, failure, Step.OPEN, "cannot be read", at, passing=passing)


def _short(order: Order) -> tuple[object, ...]:
    match order:
        case Strike():
            return (Strike, order.key, order.strikes)
        case Retry():
            return (Retry, order.key)
        case SetAside():
            return (SetAside, order.key, order.attempts)
        case Kill() | GiveUp():
            return (type(order), order.worker)
        case Drain():
            return (Drain, order.halt)
        case _:
            return (type(order),)
