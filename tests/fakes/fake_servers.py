"""Fake device servers, and the rules for them: what their events must bring, and what may be ordered when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from htrkit.core.rules import Rules
from htrkit.domain.failure import Step
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import Asked, Died, Heard, Passed, Waiting
from htrkit.domain.serving import (
    BatchBegun,
    BatchEnded,
    Drop,
    ForServers,
    GiveUpServer,
    KillServer,
    Link,
    OfServer,
    ServeOnly,
    ServerDied,
    ServerReady,
    StartServer,
)
from tests.fakes.run_books import LIMITS, STEP_SECONDS, Books, FakePage, Process


@dataclass
class FakeBatch:
    step: Step
    pages: dict[str, FakePage]
    """Of its own workers that held one when it began."""
    alone: bool
    used: float = 0.0


@dataclass
class FakeServer:
    process: Process = Process.NONE
    doomed: bool = False
    given_up: bool = False
    failed_starts: int = 0
    """Deaths since a batch came through, but for those that a page answers for."""
    batch: FakeBatch | None = None
    starts_since: float = 0.0
    rests_since: float = 0.0
    """Seconds that it has been at it."""
    only: str = ""
    """The worker that it answers alone, as it was told."""
    linked: set[str] = field(default_factory=set)

    @property
    def rests(self) -> bool:
        return self.process is Process.READY and self.batch is None

    def die(self) -> None:
        self.process, self.doomed, self.batch, self.only = Process.NONE, False, None, ""
        self.linked.clear()


class FakeServers(Books):
    """Books of a run with device servers; without any, nothing is expected of them."""

    def __init__(
        self,
        pages: Sequence[str],
        workers: Sequence[str],
        rules: Rules,
        strikes: Mapping[PageKey, int],
        servers: Sequence[str],
    ) -> None:
        super().__init__(pages, workers, rules, strikes)
        self.servers = {name: FakeServer() for name in servers}
        self.homes: dict[str, str] = {}
        """The server that a worker was linked with last."""

    def waiting_at(self, server: FakeServer) -> list[str]:
        """Give the workers whose page waits for the server."""
        return [name for name in self.workers if name in server.linked and self.workers[name].waits]

    def waiting(self) -> list[str]:
        """Give the workers whose page waits."""
        return [name for name, worker in self.workers.items() if worker.waits]

    def those_answered(self, name: str) -> tuple[str, ...]:
        """Give the waiting workers that the server may take up."""
        server = self.servers[name]
        if not server.rests:
            return ()
        return tuple(one for one in self.waiting_at(server) if server.only in {"", one})

    def expected(self, event: Heard) -> list[tuple[object, ...]]:
        """Book an event, and give the orders that it must bring, but for those that follow from the state alone."""
        if isinstance(event, OfServer):
            orders = self._expected_of_server(event)
        elif isinstance(event, Asked) and self.asked:
            doomed = [name for name, one in self.servers.items() if one.process is not Process.NONE and not one.doomed]
            orders = [(KillServer, name) for name in doomed] + super().expected(event)
        else:
            orders = super().expected(event)
            if isinstance(event, Passed):
                orders += [(KillServer, name) for name in self._servers_too_late()]
            elif isinstance(event, Waiting) and self.workers[event.worker].page is not None:
                self._begin_rest_anew(event.worker)
            elif isinstance(event, Died):
                for server in self.servers.values():
                    server.linked -= {event.worker}
        for page in self.pages.values():
            page.suspected &= any(one.page is page and one.waits for one in self.workers.values())
        return orders

    def _begin_rest_anew(self, worker: str) -> None:
        for server in self.servers.values():
            if worker in server.linked:
                server.rests_since = 0.0

    def _expected_of_server(self, event: OfServer) -> list[tuple[object, ...]]:
        server = self.servers[event.server]
        if server.process is Process.NONE:
            return []
        match event:
            case ServerReady():
                if server.process is Process.STARTING:
                    server.process, server.rests_since = Process.READY, 0.0
            case BatchBegun():
                if server.process is Process.READY and not server.doomed:
                    server.batch = self._batch(server, event)
            case BatchEnded():
                if server.batch is not None:
                    server.batch, server.failed_starts, server.rests_since = None, 0, 0.0
            case ServerDied():
                return self._expected_of_servers_death(event.server, server)
        return []

    def _batch(self, server: FakeServer, event: BatchBegun) -> FakeBatch:
        named = set(event.workers) & set(self.workers)
        holders = {name: page for name in sorted(named & server.linked) if (page := self.workers[name].page)}
        return FakeBatch(event.step, holders, alone=len(named) == 1)

    def _expected_of_servers_death(self, name: str, server: FakeServer) -> list[tuple[object, ...]]:
        batch, killed = server.batch, server.doomed
        server.die()
        held = {} if batch is None else batch.pages
        waiting = [who for who, page in held.items() if self.workers[who].page is page and self.workers[who].waits]
        if batch is None or not waiting:
            server.failed_starts += 1
            server.given_up = server.failed_starts == self.rules.failed_starts
            return [(GiveUpServer, name)] if server.given_up else []
        if not batch.alone:
            for who in waiting:
                held[who].suspected = True
            return []
        (who,) = waiting
        worker = self.workers[who]
        worker.let_go()
        worker.puts_down, worker.clocks = True, {"drop": [0.0, LIMITS.given_seconds]}
        return [(Drop, who), *self._count_death(held[who], killed=killed)]

    # Time.

    def let_servers_age(self, seconds: float) -> None:
        for server in self.servers.values():
            if not self.paused:
                server.starts_since += seconds
                server.rests_since += seconds
                if server.batch is not None:
                    server.batch.used += seconds

    def _seconds_left(self, server: FakeServer) -> float | None:
        if server.doomed or self.paused or server.process is Process.NONE:
            return None
        if server.process is Process.STARTING:
            return self.rules.start_limit_seconds - server.starts_since
        if server.batch is not None:
            return STEP_SECONDS[server.batch.step] - server.batch.used
        return self.rules.server_rest_seconds - server.rests_since if self.waiting_at(server) else None

    def _servers_too_late(self) -> list[str]:
        left = {name: self._seconds_left(server) for name, server in self.servers.items()}
        return [name for name, seconds in left.items() if seconds is not None and seconds <= 0]

    def server_deadlines(self) -> list[float]:
        left = [self._seconds_left(server) for server in self.servers.values()]
        return [self.now + seconds for seconds in left if seconds is not None]

    # Orders.

    def obey_for_servers(self, order: ForServers) -> None:
        match order:
            case StartServer():
                server = self.servers[order.server]
                assert self._servers_are_wanted(), "a server is started for nothing"
                assert server.process is Process.NONE
                assert not server.given_up
                server.process, server.starts_since = Process.STARTING, 0.0
            case KillServer():
                self.servers[order.server].doomed = True
            case Link():
                self._link(order)
            case ServeOnly():
                self._serve_only(order)
            case GiveUpServer() | Drop():
                pass

    def _servers_are_wanted(self) -> bool:
        return self.goes or bool(self.live_hands())

    def _link(self, order: Link) -> None:
        worker, server = self.workers[order.worker], self.servers[order.server]
        assert server.process is not Process.NONE, "a link with a dead server"
        assert worker.process is not Process.NONE, "a link with a dead worker"
        assert not any(order.worker in one.linked for one in self.servers.values()), "linked twice"
        home = self.homes.setdefault(order.worker, order.server)
        assert home == order.server or self.servers[home].given_up, "a worker is moved for nothing"
        self.homes[order.worker] = order.server
        server.linked.add(order.worker)
        if worker.waits:
            server.rests_since = 0.0

    def _serve_only(self, order: ServeOnly) -> None:
        server = self.servers[order.server]
        assert server.process is not Process.NONE, "a dead server is told whom to answer"
        assert order.worker != server.only, "told twice whom to answer"
        assert not self._suspected(server.only), "a trial is broken off"
        server.only, server.rests_since = order.worker, 0.0

    def _suspected(self, worker: str) -> bool:
        page = self.workers[worker].page if worker else None
        return page is not None and page.suspected

    def check_servers(self) -> None:
        """Hold the servers' state after all orders against the rules."""
        wanted = self._servers_are_wanted()
        for server in self.servers.values():
            assert server.given_up or server.process is not Process.NONE or not wanted, "a server is missing"
            standing_out = [name for name in server.linked if self._suspected(name)]
            assert server.only in (standing_out or [""]), "not the right one is answered alone"
        if not self.servers or not wanted:
            return
        assert not all(server.given_up for server in self.servers.values()), "no device is left, and the run goes on"
        for name, worker in self.workers.items():
            links = sum(name in server.linked for server in self.servers.values())
            assert links == (worker.process is not Process.NONE), f"{name} has {links} links"
