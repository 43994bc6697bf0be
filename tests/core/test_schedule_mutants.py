"""Every rule has a schedule that breaks it on purpose, and the machine of chance finds each out."""

from collections.abc import Collection
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from htrkit.core.course import Course
from htrkit.core.crew import Condition, Hand, Worker
from htrkit.core.page_queue import PageQueue
from htrkit.core.run_state import RunState
from htrkit.core.schedule import Schedule
from htrkit.core.work_clock import WorkClock
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import Died, End, Finished, Halt, Heard, Kill, Order, Ready, Retry, SetAside, Strike
from tests.fakes.planted import BUDGET, PARTS, machine_of
from tests.fakes.schedule_machine import ScheduleMachine


class ForgetsThePageOfADeadWorker(Schedule):
    def _bury(self, event: Died) -> None:
        self._run.crew[event.worker].hand = None
        super()._bury(event)


class TakesTheDeadForTheLiving(Schedule):
    def _bury(self, event: Died) -> None:
        condition = self._run.crew[event.worker].condition
        super()._bury(event)
        if condition is Condition.READY:
            self._run.crew[event.worker].condition = condition


class StrikesTheInnocent(Schedule):
    def _bury(self, event: Died) -> None:
        super()._bury(event)
        for one in self.in_hand():
            self._run.pages.strike(one.key)


class RequeuesAPageSetAside(RunState):
    __slots__ = ()

    def pronounce(self, verdict: Strike | Retry | SetAside, at: float) -> None:
        super().pronounce(verdict, at)
        if isinstance(verdict, SetAside):
            self.pages.put_last(verdict.key)


class EndsAPageTwice(RunState):
    __slots__ = ()

    def pronounce(self, verdict: Strike | Retry | SetAside, at: float) -> None:
        super().pronounce(verdict, at)
        if isinstance(verdict, SetAside):
            self.orders.append(verdict)


class BelievesTheEmptyHanded(Schedule):
    def _take(self, event: Heard) -> None:
        if isinstance(event, Finished) and self._run.crew[event.worker].hand is None and self._run.pages.left:
            self._run.pages.done += 1
        super()._take(event)


class BelievesTheDead(Schedule):
    def _take(self, event: Heard) -> None:
        if isinstance(event, Ready) and self._run.crew[event.worker].condition is Condition.DOWN:
            self._run.crew[event.worker].condition = Condition.READY
        super()._take(event)


class AllowsOneMoreDeath(Schedule):
    def begin(self, at: float) -> list[Order]:
        self._run.rules = replace(self._run.rules, deaths=self._run.rules.deaths + 1)
        return super().begin(at)


class ForgetsEarlierStrikes(Schedule):
    def begin(self, at: float) -> list[Order]:
        self._run.pages._fresh.extend(self._run.pages._struck)
        self._run.pages._struck.clear()
        self._run.pages._strikes.clear()
        return super().begin(at)


class StartsForEver(Schedule):
    def _bury(self, event: Died) -> None:
        self._run.crew[event.worker].failed_starts = 0
        super()._bury(event)


class KillsInAPause(RunState):
    __slots__ = ()

    def look_at_limits(self, at: float) -> None:
        for worker in self.crew.values():
            if self.course.paused and worker.hand is not None and not worker.killed_for:
                self.kill(worker, "haste")
        super().look_at_limits(at)


class SparesTheStarting(RunState):
    __slots__ = ()

    def kill(self, worker: Worker, reason: str) -> None:
        if worker.condition is Condition.READY:
            super().kill(worker, reason)


class BlamesPagesForTheDisk(RunState):
    __slots__ = ()

    def kill(self, worker: Worker, reason: str) -> None:
        worker.killed_for = reason
        self.orders.append(Kill(worker.name, reason))


class EndsOverPagesInHand(RunState):
    __slots__ = ()

    def drain(self, halt: Halt, message: str, at: float) -> None:
        super().drain(halt, message, at)
        self.end(halt, message)


class CountsFlaggedPagesAsFailed(RunState):
    __slots__ = ()

    def watch_rates(self, at: float) -> None:
        self.pages.failed, failed = self.pages.failed + self.pages.flagged, self.pages.failed
        super().watch_rates(at)
        self.pages.failed = failed


class HeedlessOfAlarms(RunState):
    __slots__ = ()

    def watch_rates(self, at: float) -> None:
        self.pages.flagged, flagged = 0, self.pages.flagged
        super().watch_rates(at)
        self.pages.flagged = flagged


class NeverStopsAtOnce(RunState):
    __slots__ = ()

    def stop_at_once(self) -> None:
        pass


class EndsTwice(Schedule):
    def hear(self, event: Heard) -> list[Order]:
        return super().hear(event) or [End(None)] * self._run.course.ended


class HeedlessOfHalts(Course):
    __slots__ = ()

    @property
    def gives(self) -> bool:
        return not self.troubled and not self.ended


class HeedlessOfTroubles(Course):
    __slots__ = ()

    @property
    def gives(self) -> bool:
        return self.halt is None and not self.ended


class ClockThatNeverStands(WorkClock):
    def stand(self, at: float) -> None:
        pass


class GreedyWorker(Worker):
    __slots__ = ()

    @property
    def idle(self) -> bool:
        return self.condition is Condition.READY and not self.killed_for


class WorkerBetweenLives(Worker):
    __slots__ = ()

    @property
    def idle(self) -> bool:
        return self.condition is Condition.READY and self.hand is None


class CountsTheWaiting(Hand):
    __slots__ = ()

    def stand(self, reading: float) -> None:
        pass


class RetriesAtOnce(PageQueue):
    def put_last(self, key: PageKey) -> None:
        self._line_of(key).appendleft(key)


class TriesStruckPagesAmongOthers(PageQueue):
    def put_last(self, key: PageKey) -> None:
        self._fresh.append(key)


class TriesStruckPagesInCompany(PageQueue):
    def take(self, in_hand: Collection[PageKey], put_down: int = 0) -> PageKey | None:
        return super().take(in_hand, put_down) or super().take(())


class CountsTroubleAsAttempt(PageQueue):
    def give_back(self, key: PageKey) -> None:
        super().give_back(key)
        self._attempts[key] += 1


class PutsTroubledPagesLast(PageQueue):
    def give_back(self, key: PageKey) -> None:
        self._attempts[key] -= 1
        self.put_last(key)


class RetriesForEver(PageQueue):
    def refuse(self, key: PageKey) -> int:
        return min(super().refuse(key), 0)


MUTANTS = (
    ForgetsThePageOfADeadWorker,
    TakesTheDeadForTheLiving,
    StrikesTheInnocent,
    RequeuesAPageSetAside,
    EndsAPageTwice,
    BelievesTheEmptyHanded,
    BelievesTheDead,
    AllowsOneMoreDeath,
    ForgetsEarlierStrikes,
    StartsForEver,
    KillsInAPause,
    SparesTheStarting,
    BlamesPagesForTheDisk,
    EndsOverPagesInHand,
    CountsFlaggedPagesAsFailed,
    HeedlessOfAlarms,
    NeverStopsAtOnce,
    EndsTwice,
    HeedlessOfHalts,
    HeedlessOfTroubles,
    ClockThatNeverStands,
    GreedyWorker,
    WorkerBetweenLives,
    CountsTheWaiting,
    RetriesAtOnce,
    TriesStruckPagesAmongOthers,
    TriesStruckPagesInCompany,
    CountsTroubleAsAttempt,
    PutsTroubledPagesLast,
    RetriesForEver,
)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_schedule_that_breaks_a_rule_is_found_out(mutant: type) -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine_of(mutant, ScheduleMachine), settings=BUDGET)


@pytest.mark.parametrize("same", PARTS)
def test_a_schedule_made_anew_of_the_same_parts_is_not(same: type) -> None:
    run_state_machine_as_test(machine_of(same, ScheduleMachine), settings=settings(BUDGET, max_examples=30))
