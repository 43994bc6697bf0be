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
    Pause,
    Ready,
    Refused,
    Retry,
    RoomAgain,
    Served,
    SetAside,
    Start,
    Strike,
)
from htrkit.domain.serving import (
    BatchBegun,
    BatchEnded,
    Drop,
    GiveUpServer,
    KillServer,
    Link,
    PutDown,
    ServeOnly,
    ServerDied,
    ServerReady,
    StartServer,
)
from tests.fakes.fake_servers import FakeServers
from tests.fakes.run_books import LIMITS, FakePage, Place, Process

OWN_DEATHS = {"SIGSEGV", "SIGKILL", "no model"}
"""What is told of those that die; whoever was killed for time is said to have died of that."""
OF_THE_STATE = Start | Give | End | StartServer | Link | ServeOnly
"""Orders that no single event brings; they are held against the state."""


class SupervisedRun(FakeServers):
    """Fake workers under a schedule; `tell` an event, and an order that breaks a rule is an AssertionError."""

    def __init__(
        self,
        kind: type[Schedule],
        pages: Sequence[str],
        workers: Sequence[str],
        rules: Rules,
        strikes: Mapping[PageKey, int],
        servers: Sequence[str] = (),
    ) -> None:
        super().__init__(pages, workers, rules, strikes, servers)
        self.schedule = kind(list(self.pages), workers, rules, servers=servers, strikes=strikes)
        self._obey(self.schedule.begin(self.now))
        self.check()

    def tell(self, event: Heard) -> None:
        """Let the schedule hear an event, and carry out what it orders."""
        expected = [] if self.ended else self.expected(event)
        orders = self.schedule.hear(event)
        told = [_short(order) for order in orders if not isinstance(order, OF_THE_STATE)]
        assert told == expected, f"after {event}"
        self._obey(orders)
        self.check()

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        for worker in self.workers.values():
            if worker.counting(paused=self.paused):
                for clock in worker.clocks.values():
                    clock[0] += seconds
        self.let_servers_age(seconds)
        self.tell(Passed(self.now))

    def wind_down(self) -> None:
        """Let everybody behave until the end, which must come."""
        for _ in range(20 + 10 * len(self.pages)):
            if self.trouble_since is not None:
                self.tell(RoomAgain(self.now))
            for name in self.servers:
                self._behave_as_server(name)
            for name in self.workers:
                self._behave_as_worker(name)
        assert self.ended, "everybody behaved, and the run does not end"
        assert self.schedule.next_deadline() is None

    def _behave_as_worker(self, name: str) -> None:
        worker = self.workers[name]
        if worker.doomed:
            self.tell(Died(name, "SIGKILL", self.now))
        elif worker.process is Process.STARTING:
            self.tell(Ready(name, self.now))
        elif worker.puts_down:
            self.tell(PutDown(name, self.now))
        elif worker.page is not None and not (worker.waits and self.servers):
            self.tell(Finished(name, self.now))

    def _behave_as_server(self, name: str) -> None:
        server = self.servers[name]
        if server.doomed:
            self.tell(ServerDied(name, "SIGKILL", self.now))
        elif server.process is Process.STARTING:
            self.tell(ServerReady(name, self.now))
        elif server.process is Process.READY and server.batch is not None:
            self.tell(BatchEnded(name, self.now))
        elif waiting := self.those_answered(name):
            self.tell(BatchBegun(name, Step.SEGMENT, waiting, self.now))
            self.tell(BatchEnded(name, self.now))
            for worker in waiting:
                self.tell(Served(worker, self.now))

    def check(self) -> None:
        """Hold what the schedule tells of itself against the bookkeeping."""
        held = [(name, worker.page.key) for name, worker in self.workers.items() if worker.page is not None]
        assert [(one.worker, one.key) for one in self.schedule.in_hand()] == held
        assert len(held) == len({key for _, key in held}) == len(self.at(Place.IN_HAND)), "a page in two hands"
        assert self.schedule.left() == len(self.left()), "the accounting does not add up"
        if not self.ended:
            self._check_nobody_idles()
            self._check_deadlines()
            self.check_servers()

    def _check_nobody_idles(self) -> None:
        ready = [one for one in self.workers.values() if one.process is Process.READY and not one.doomed]
        idle = [one for one in ready if not (one.page or one.puts_down)]
        hands = self.at(Place.IN_HAND)
        if not (self.goes and idle) or any(page.deaths for page in hands):
            return
        held = hands or self._pages_are_put_down()
        assert not [page for page in self.at(Place.WAITS) if not (page.deaths and held)], "a worker idles for nothing"

    def _pages_are_put_down(self) -> bool:
        return any(worker.puts_down for worker in self.workers.values())

    def _check_deadlines(self) -> None:
        moments = []
        for name, worker in self.workers.items():
            counts = worker.counting(paused=self.paused)
            moment = self.now + worker.seconds_left() if counts else None
            assert self.schedule.deadline_of(name) == moment, f"the clock of {name}"
            moments.append(moment)
        moments += self.server_deadlines()
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
                case StartServer() | KillServer() | Link() | ServeOnly() | Drop() | GiveUpServer():
                    self.obey_for_servers(order)
                case GiveUp() | Strike() | Retry() | SetAside() | Pause() | Drain():
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
        assert not worker.puts_down, "a page is given to a worker that has not put down another"
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
            assert not self._pages_are_put_down(), "a page may be in two hands"
            assert all(other.deaths for other in waiting), "a struck page is tried before the end"

    def _end(self, end: End) -> None:
        self.ended = True
        if not self.left():
            assert end.halt is None
        elif self.halt is not None and not self.at(Place.IN_HAND):
            assert end.halt is self.halt
        elif all(worker.given_up for worker in self.workers.values()):
            assert end.halt is Halt.NO_WORKER
        else:
            assert end.halt is Halt.NO_DEVICE, "the run ends over a page in hand"
            assert self.servers
            assert all(server.given_up for server in self.servers.values())


def refused(worker: str, at: float, *, passing: bool) -> Refused:
    failure = FailureClass.RECOGNITION if passing else FailureClass.BROKEN
    return Refused(worker, failure, Step.OPEN, "cannot be read", at, passing=passing)


def _short(order: Order) -> tuple[object, ...]:
    match order:
        case Strike():
            return (Strike, order.key, order.strikes, order.cause not in OWN_DEATHS)
        case Retry():
            return (Retry, order.key)
        case SetAside():
            return (SetAside, order.key, order.attempts, order.failure)
        case Kill() | GiveUp() | Drop():
            return (type(order), order.worker)
        case KillServer() | GiveUpServer():
            return (type(order), order.server)
        case Drain():
            return (Drain, order.halt)
        case _:
            return (type(order),)
