"""Chance plays the device servers too: their deaths, their batches, and whoever waits for them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from htrkit.config.choices import OnError
from htrkit.core.rules import Rules
from htrkit.domain.failure import Step
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import Finished, Heard, Ready, Served, Waiting
from htrkit.domain.serving import BatchBegun, BatchEnded, PutDown, ServerDied, ServerReady
from tests.fakes.run_books import STEP_SECONDS, Process
from tests.fakes.schedule_machine import PAGES, PLAN, ScheduleMachine
from tests.fakes.supervised import SupervisedRun

WORKERS = ("w0", "w1", "w2", "w3")
CHOSEN = st.integers(0, len(WORKERS) - 1)
SERVERS = ("s0", "s1")
SERVED_PLAN = {
    **PLAN,
    "pages": st.sampled_from([8, 5, 3, 2]),
    "workers": st.sampled_from([4, 3, 4, 2, 1]),
    "servers": st.sampled_from([2, 1, 2, 0]),
    "calm": st.sampled_from([True, True, False]),
}
NUMBER = st.sampled_from([1, 2, 3])
SOME = st.sets(st.sampled_from(WORKERS), max_size=3).map(lambda names: tuple(sorted(names)))
ANY_EVENT: st.SearchStrategy[Callable[[str, tuple[str, ...], float], Heard]] = st.sampled_from(
    [
        lambda name, _, at: ServerReady(name, at),
        lambda name, who, at: BatchBegun(name, Step.SEGMENT, who, at),
        lambda name, _, at: BatchEnded(name, at),
        lambda name, _, at: ServerDied(name, "SIGSEGV", at),
        lambda _, who, at: PutDown(who[0] if who else "nobody", at),
    ]
)

there_are_servers = precondition(lambda self: self.run.servers)
a_server_lives = precondition(lambda self: self.living())
a_server_is_free = precondition(lambda self: self.free())
a_batch_is_on = precondition(lambda self: self.busy())


class ServedMachine(ScheduleMachine):
    """As without servers, and the same of servers: any event at any time; in the end everybody behaves."""

    @initialize(**SERVED_PLAN)
    def plan(
        self,
        rules: Rules,
        pages: int,
        workers: int,
        strikes: Mapping[PageKey, int],
        servers: int,
        calm: bool,
    ) -> None:
        if calm:
            rules = replace(rules, on_error=OnError.CONTINUE, max_fail_rate=None, failed_starts=rules.failed_starts + 1)
        self.run = SupervisedRun(self.kind, PAGES[:pages], WORKERS[:workers], rules, strikes, SERVERS[:servers])
        if calm:
            self.all_that_start_are_ready()
            self.all_servers_are_ready()
            self.all_pages_wait()

    @precondition(lambda self: self.run.ended)
    @rule(**SERVED_PLAN)
    def another_run(
        self,
        rules: Rules,
        pages: int,
        workers: int,
        strikes: Mapping[PageKey, int],
        servers: int,
        calm: bool,
    ) -> None:
        self.plan(rules, pages, workers, strikes, servers, calm)

    def living(self) -> Sequence[str]:
        return [name for name, server in self.run.servers.items() if server.process is not Process.NONE]

    def free(self) -> Sequence[str]:
        """Give the servers that may begin a batch, if only the pages in their workers' hands wait."""
        return [name for name, server in self.run.servers.items() if server.rests and self.holders_at(name)]

    def busy(self) -> Sequence[str]:
        return [name for name, server in self.run.servers.items() if server.batch is not None]

    def holders_at(self, name: str) -> Sequence[str]:
        server = self.run.servers[name]
        return [one for one in self.run.live_hands() if one in server.linked and server.only in {"", one}]

    @there_are_servers
    @rule()
    def all_servers_are_ready(self) -> None:
        for name, server in self.run.servers.items():
            if server.process is Process.STARTING:
                self.run.tell(ServerReady(name, self.run.now))

    @a_server_lives
    @rule(chosen=CHOSEN, at_once=st.booleans())
    def a_server_died(self, chosen: int, at_once: bool) -> None:
        self._die(chosen_of(self.living(), chosen))
        if at_once:
            self.all_servers_are_ready()

    @precondition(lambda self: len(self.living()) == len(SERVERS))
    @rule(chosen=CHOSEN, in_trials=st.booleans())
    def a_server_died_until_it_was_given_up(self, chosen: int, in_trials: bool) -> None:
        name = chosen_of(self.living(), chosen)
        if in_trials:
            self.all_servers_are_ready()
            self.a_shared_batch_killed_every_server()
        for _ in range(self.run.rules.failed_starts + 1):
            self._die(name)

    def _die(self, name: str) -> None:
        self.run.tell(ServerDied(name, "SIGSEGV", self.run.now))

    @there_are_servers
    @rule()
    def all_pages_wait(self) -> None:
        for name in self.run.live_hands():
            self.run.tell(Waiting(name, self.run.now))

    @precondition(lambda self: self.run.waiting())
    @rule(chosen=CHOSEN)
    def a_page_was_served(self, chosen: int) -> None:
        self.run.tell(Served(chosen_of(self.run.waiting(), chosen), self.run.now))

    @a_server_is_free
    @rule(chosen=CHOSEN, number=NUMBER)
    def a_batch_began(self, chosen: int, number: int) -> None:
        self._begin(chosen_of(self.free(), chosen), number)

    def _begin(self, name: str, number: int) -> Sequence[str]:
        workers = self.holders_at(name)[:number]
        for worker in workers:
            if not self.run.workers[worker].waits:
                self.run.tell(Waiting(worker, self.run.now))
        self.run.tell(BatchBegun(name, Step.SEGMENT, tuple(workers), self.run.now))
        return workers

    @a_server_is_free
    @rule(chosen=CHOSEN, number=NUMBER)
    def a_batch_came_through(self, chosen: int, number: int) -> None:
        name = chosen_of(self.free(), chosen)
        workers = self._begin(name, number)
        self.run.tell(BatchEnded(name, self.run.now))
        for worker in workers:
            self.run.tell(Served(worker, self.run.now))

    @a_server_is_free
    @rule(chosen=CHOSEN, number=NUMBER)
    def a_batch_killed_its_server(self, chosen: int, number: int) -> None:
        name = chosen_of(self.free(), chosen)
        self._begin(name, number)
        self._die(name)
        self.all_servers_are_ready()

    @there_are_servers
    @rule()
    def a_shared_batch_killed_every_server(self) -> None:
        for name in self.free():
            self._begin(name, len(WORKERS))
            self._die(name)

    @a_batch_is_on
    @rule(chosen=CHOSEN)
    def a_batch_ended(self, chosen: int) -> None:
        self.run.tell(BatchEnded(chosen_of(self.busy(), chosen), self.run.now))

    @a_server_is_free
    @rule(chosen=CHOSEN, number=NUMBER, another=st.booleans())
    def a_batch_took_too_long(self, chosen: int, number: int, another: bool) -> None:
        name = chosen_of(self.free(), chosen)
        self._begin(name, number)
        self.run.pass_time(STEP_SECONDS[Step.SEGMENT])
        if another:
            self.run.tell(BatchEnded(name, self.run.now))
            self._begin(name, 1)
        self._die(name)

    @precondition(lambda self: self.dropping())
    @rule(lie=st.sampled_from([None, None, Finished, Ready, Waiting]))
    def all_pages_were_put_down(self, lie: Callable[[str, float], Heard] | None) -> None:
        for name in self.dropping():
            if lie is not None:
                self.run.tell(lie(name, self.run.now))
            self.run.tell(PutDown(name, self.run.now))

    def dropping(self) -> Sequence[str]:
        return [name for name, worker in self.run.workers.items() if worker.puts_down]

    @there_are_servers
    @rule(chosen=CHOSEN, who=SOME, event=ANY_EVENT)
    def whatever_of_a_server(
        self, chosen: int, who: tuple[str, ...], event: Callable[[str, tuple[str, ...], float], Heard]
    ) -> None:
        self.run.tell(event(chosen_of(list(self.run.servers), chosen), who, self.run.now))


def chosen_of(names: Sequence[str], chosen: int) -> str:
    return names[chosen % len(names)]
