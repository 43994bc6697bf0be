"""Chance plays the workers, the disk and the user, and looks for an order of events that makes a schedule go wrong."""

from collections.abc import Callable, Mapping, Sequence

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from htrkit.config.choices import OnError
from htrkit.core.rules import Rules
from htrkit.core.schedule import Schedule
from htrkit.domain.failure import Step
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import (
    Asked,
    Died,
    Finished,
    Halt,
    Heard,
    Ready,
    RoomAgain,
    Served,
    StepBegun,
    Troubled,
    Waiting,
)
from tests.fakes.run_books import LIMITS, Process
from tests.fakes.supervised import SupervisedRun, refused

WORKERS = ("w0", "w1", "w2")
PAGES = tuple("abcdefgh")
PLAN = {
    "rules": st.builds(
        Rules,
        limits=st.just(LIMITS),
        retries=st.integers(0, 2),
        deaths=st.sampled_from([2, 2, 1, 3]),
        failed_starts=st.integers(1, 3),
        on_error=st.sampled_from([OnError.CONTINUE, OnError.CONTINUE, OnError.ABORT]),
        max_fail_rate=st.sampled_from([None, None, 0.0, 0.5]),
        max_alarm_rate=st.sampled_from([None, None, None, 0.0, 0.5]),
        rate_minimum=st.integers(1, 4),
        start_limit_seconds=st.just(25.0),
        server_rest_seconds=st.just(35.0),
        trouble_limit_seconds=st.just(30.0),
    ),
    "pages": st.sampled_from([8, 5, 3, 1, 0]),
    "workers": st.sampled_from([2, 3, 1]),
    "strikes": st.dictionaries(st.sampled_from(PAGES).map(PageKey), st.integers(1, 3), max_size=2),
}
CHOSEN = st.integers(0, len(WORKERS) - 1)
HALTS = st.sampled_from([Halt.INTERRUPTED, Halt.TERMINATED])
ANY_EVENT: st.SearchStrategy[Callable[[str, float], Heard]] = st.sampled_from(
    [
        Ready,
        Finished,
        Waiting,
        Served,
        lambda name, at: StepBegun(name, Step.SEGMENT, at),
        lambda name, at: refused(name, at, passing=False),
        lambda name, at: Troubled(name, "disk full", at),
        lambda name, at: Died(name, "SIGSEGV", at),
    ]
)

goes_on = precondition(lambda self: not self.run.ended)
some_page_is_in_hand = precondition(lambda self: self.run.live_hands())
somebody_starts = precondition(lambda self: self.starting())


class ScheduleMachine(RuleBasedStateMachine):
    """Any event may come at any time, also where it cannot be; in the end everybody behaves."""

    kind: type[Schedule] = Schedule

    @initialize(**PLAN)
    def plan(self, rules: Rules, pages: int, workers: int, strikes: Mapping[PageKey, int]) -> None:
        self.run = SupervisedRun(self.kind, PAGES[:pages], WORKERS[:workers], rules, strikes)

    @precondition(lambda self: self.run.ended)
    @rule(**PLAN)
    def another_run(self, rules: Rules, pages: int, workers: int, strikes: Mapping[PageKey, int]) -> None:
        self.plan(rules, pages, workers, strikes)

    def starting(self) -> Sequence[str]:
        return [name for name, worker in self.run.workers.items() if worker.process is Process.STARTING]

    def holder(self, chosen: int) -> str:
        holders = list(self.run.live_hands())
        return holders[chosen % len(holders)]

    @somebody_starts
    @rule()
    def all_that_start_are_ready(self) -> None:
        for name in self.starting():
            self.run.tell(Ready(name, self.run.now))

    @somebody_starts
    @rule(chosen=CHOSEN)
    def died_before_it_was_ready(self, chosen: int) -> None:
        starting = self.starting()
        self.run.tell(Died(starting[chosen % len(starting)], "no model", self.run.now))

    @some_page_is_in_hand
    @rule(chosen=CHOSEN, step=st.sampled_from(Step))
    def step_begun(self, chosen: int, step: Step) -> None:
        self.run.tell(StepBegun(self.holder(chosen), step, self.run.now))

    @some_page_is_in_hand
    @rule(chosen=CHOSEN, seconds=st.sampled_from([1.0, 12.0]))
    def waits_a_while(self, chosen: int, seconds: float) -> None:
        name = self.holder(chosen)
        self.run.tell(Waiting(name, self.run.now))
        self.run.pass_time(seconds)
        self.run.tell(Served(name, self.run.now))

    @some_page_is_in_hand
    @rule(chosen=CHOSEN, flagged=st.sampled_from([False, False, True]))
    def finished(self, chosen: int, flagged: bool) -> None:
        self.run.tell(Finished(self.holder(chosen), self.run.now, flagged=flagged))

    @some_page_is_in_hand
    @rule(chosen=CHOSEN, passing=st.booleans())
    def refused(self, chosen: int, passing: bool) -> None:
        self.run.tell(refused(self.holder(chosen), self.run.now, passing=passing))

    @some_page_is_in_hand
    @rule(chosen=CHOSEN)
    def troubled(self, chosen: int) -> None:
        self.run.tell(Troubled(self.holder(chosen), "disk full", self.run.now))

    @some_page_is_in_hand
    @rule(chosen=CHOSEN)
    def died_with_a_page(self, chosen: int) -> None:
        self.run.tell(Died(self.holder(chosen), "SIGSEGV", self.run.now))

    @rule(chosen=CHOSEN, event=ANY_EVENT)
    def whatever(self, chosen: int, event: Callable[[str, float], Heard]) -> None:
        self.run.tell(event(WORKERS[chosen % len(self.run.workers)], self.run.now))

    @goes_on
    @rule(seconds=st.sampled_from([1.0, 5.0, 12.0, 40.0]))
    def time_passes(self, seconds: float) -> None:
        self.run.pass_time(seconds)

    @precondition(lambda self: self.run.trouble_since is not None and not self.run.ended)
    @rule()
    def room_again(self) -> None:
        self.run.tell(RoomAgain(self.run.now))

    @precondition(lambda self: self.run.paused)
    @rule()
    def trouble_stays(self) -> None:
        for _ in range(3):
            self.run.pass_time(40)

    # Not at once: a run that is asked to end shows little more.
    @precondition(lambda self: self.run.now > 115 and not self.run.ended)
    @rule(halt=HALTS)
    def asked(self, halt: Halt) -> None:
        self.run.tell(Asked(halt, self.run.now))

    def teardown(self) -> None:
        if hasattr(self, "run"):
            self.run.wind_down()
