"""Every rule for device servers has a schedule that breaks it on purpose, and the machine of chance finds each out."""

from collections.abc import Collection

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from htrkit.core.crew import Condition
from htrkit.core.schedule import Schedule
from htrkit.core.servers import Batch, Server, Suspect
from htrkit.core.work_clock import Timer
from htrkit.domain.schedule import Asked, Heard, Order
from htrkit.domain.serving import (
    GiveUpServer,
    KillServer,
    ServeOnly,
    ServerDied,
    StartServer,
)
from tests.fakes.planted import BUDGET, PARTS, machine_of
from tests.fakes.served_machine import ServedMachine

# Blame.


class StrikesOneOfMany(Batch):
    __slots__ = ()

    @property
    def shared(self) -> bool:
        return False


class StrikesEverybody(Schedule):
    def _take(self, event: Heard) -> None:
        super()._take(event)
        if isinstance(event, ServerDied):
            for suspect in self._run.servers[event.server].suspects:
                self._run.pages.strike(suspect.key)


class StrikesNobody(Batch):
    __slots__ = ()

    @property
    def shared(self) -> bool:
        return True


class TakesPagesOfInnocents(Schedule):
    def _take(self, event: Heard) -> None:
        super()._take(event)
        if isinstance(event, ServerDied):
            for suspect in self._run.servers[event.server].suspects:
                self._run.pages.give_back(suspect.key)
                self._run.crew[suspect.worker].hand = None


class StrikesWhoeverHoldsAPage(Schedule):
    """Also who waits no longer."""

    def _take(self, event: Heard) -> None:
        if isinstance(event, ServerDied) and (batch := self._run.servers[event.server].batch) is not None:
            for page in batch.pages:
                hand = self._run.crew[page.worker].hand
                if hand is not None and hand.key == page.key:
                    hand.stand(self._run.course.clock.reading(event.at))
        super()._take(event)


class ForgetsThatItKilled(Server):
    __slots__ = ()

    @property
    def works(self) -> bool:
        return self.condition is Condition.READY


class TakesItsOwnKillForADeath(Schedule):
    def _take(self, event: Heard) -> None:
        if isinstance(event, ServerDied):
            self._run.servers[event.server].killed_for = ""
        super()._take(event)


# Trials.


class ForgetsSuspects(Server):
    __slots__ = ()

    def suspect(self, pages: Collection[Suspect]) -> None:
        pass


class ForgetsTheTrialThatADeathCutShort(Server):
    __slots__ = ()

    def die(self) -> None:
        del self.suspects[:1]
        super().die()


class TriesOneOnly(Server):
    __slots__ = ()

    def suspect(self, pages: Collection[Suspect]) -> None:
        super().suspect(list(pages)[:1])


class BreaksOffTrials(Server):
    __slots__ = ()

    def suspect(self, pages: Collection[Suspect]) -> None:
        for page in pages:
            if page not in self.suspects:
                self.suspects.insert(0, page)


class NeverLetsTheOthersBack(Schedule):
    def hear(self, event: Heard) -> list[Order]:
        return [order for order in super().hear(event) if not (isinstance(order, ServeOnly) and not order.worker)]


class TakesARestartForATrialThatGoesOn(Server):
    __slots__ = ()

    def die(self) -> None:
        answers = self.answers
        super().die()
        self.answers = answers


# Servers that do not live.


class NeverForgivesFailedStarts(Server):
    __slots__ = ()

    def come_through(self, resting: Timer) -> None:
        failed = self.failed_starts
        super().come_through(resting)
        self.failed_starts = failed


class ForgivesFailedStartsWhenReady(Server):
    __slots__ = ()

    def become_ready(self, resting: Timer) -> None:
        super().become_ready(resting)
        self.failed_starts = 0


class NeverCountsFailedStarts(Schedule):
    def _take(self, event: Heard) -> None:
        if isinstance(event, ServerDied):
            self._run.servers[event.server].failed_starts = -9
        super()._take(event)


class StartsWhatWasGivenUp(Schedule):
    def _take(self, event: Heard) -> None:
        super()._take(event)
        if isinstance(event, ServerDied):
            self._run.servers[event.server].condition = Condition.DOWN


class LeavesWorkersWithAServerGivenUp(Schedule):
    def _take(self, event: Heard) -> None:
        homes = dict(self._run.homes)
        super()._take(event)
        self._run.homes.update(homes)


class LosesTrialsOfAServerGivenUp(Schedule):
    def _take(self, event: Heard) -> None:
        if isinstance(event, ServerDied):
            server = self._run.servers[event.server]
            if server.failed_starts == self._run.rules.failed_starts - 1 and server.batch is None:
                server.suspects.clear()
        super()._take(event)


class GivesUpAServerInSilence(Schedule):
    def hear(self, event: Heard) -> list[Order]:
        return [order for order in super().hear(event) if not isinstance(order, GiveUpServer)]


class RestartsNoServerInADrain(Schedule):
    def hear(self, event: Heard) -> list[Order]:
        halted = self._run.course.halt is not None
        return [order for order in super().hear(event) if not (isinstance(order, StartServer) and halted)]


class StartsServersForNothing(Schedule):
    def _settled(self, at: float) -> list[Order]:
        orders = super()._settled(at)
        down = [one for one in self._run.servers.values() if one.condition is Condition.DOWN]
        for server in down:
            server.start(Timer(self._run.rules.start_limit_seconds, self._run.course.clock.reading(at)))
        return orders + [StartServer(server.name) for server in down]


class SparesServersAtOnce(Schedule):
    def hear(self, event: Heard) -> list[Order]:
        orders = super().hear(event)
        return [one for one in orders if not (isinstance(one, KillServer) and isinstance(event, Asked))]


MUTANTS = (
    StrikesOneOfMany,
    StrikesEverybody,
    StrikesNobody,
    TakesPagesOfInnocents,
    StrikesWhoeverHoldsAPage,
    ForgetsThatItKilled,
    TakesItsOwnKillForADeath,
    ForgetsSuspects,
    ForgetsTheTrialThatADeathCutShort,
    TriesOneOnly,
    BreaksOffTrials,
    NeverLetsTheOthersBack,
    TakesARestartForATrialThatGoesOn,
    NeverForgivesFailedStarts,
    ForgivesFailedStartsWhenReady,
    NeverCountsFailedStarts,
    StartsWhatWasGivenUp,
    LeavesWorkersWithAServerGivenUp,
    LosesTrialsOfAServerGivenUp,
    GivesUpAServerInSilence,
    RestartsNoServerInADrain,
    StartsServersForNothing,
    SparesServersAtOnce,
)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_schedule_that_breaks_a_rule_for_servers_is_found_out(mutant: type) -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine_of(mutant, ServedMachine), settings=settings(BUDGET, max_examples=3000))


@pytest.mark.parametrize("same", PARTS)
def test_a_schedule_with_servers_made_anew_of_the_same_parts_is_not(same: type) -> None:
    run_state_machine_as_test(machine_of(same, ServedMachine), settings=settings(BUDGET, max_examples=30))
