"""Every rule for links, pages put down and servers' time has a schedule that breaks it, and chance finds each out."""

from collections.abc import Collection, Iterator

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from htrkit.core.crew import Condition, Limit, Worker
from htrkit.core.page_queue import PageQueue
from htrkit.core.schedule import Schedule
from htrkit.core.servers import Server
from htrkit.core.work_clock import Timer
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import Died, Halt, Heard, Order, Start
from htrkit.domain.serving import (
    Drop,
    GiveUpServer,
    Link,
    PutDown,
    StartServer,
)
from tests.fakes.planted import BUDGET, machine_of
from tests.fakes.served_machine import ServedMachine

# Links.


class LinksNobodyWithAServerThatStartsAnew(Schedule):
    def hear(self, event: Heard) -> list[Order]:
        orders = super().hear(event)
        started = {order.server for order in orders if isinstance(order, StartServer)}
        return [order for order in orders if not (isinstance(order, Link) and order.server in started)]


class LinksNoWorkerThatStartsAnew(Schedule):
    def hear(self, event: Heard) -> list[Order]:
        orders = super().hear(event)
        started = {order.worker for order in orders if isinstance(order, Start)}
        return [order for order in orders if not (isinstance(order, Link) and order.worker in started)]


class LinksNobodyWhoMoves(Schedule):
    def hear(self, event: Heard) -> list[Order]:
        orders = super().hear(event)
        moved = any(isinstance(order, GiveUpServer) for order in orders)
        return [order for order in orders if not (isinstance(order, Link) and moved)]


class LinksTheDead(Schedule):
    def hear(self, event: Heard) -> list[Order]:
        orders = super().hear(event)
        if isinstance(event, Died) and event.worker in self._run.homes:
            orders.append(Link(event.worker, self._run.homes[event.worker]))
        return orders


# Putting down.


class NeverTellsToPutDown(Schedule):
    def hear(self, event: Heard) -> list[Order]:
        return [order for order in super().hear(event) if not isinstance(order, Drop)]


class GivesBeforeThePageIsPutDown(Worker):
    __slots__ = ()

    @property
    def idle(self) -> bool:
        return self.condition is Condition.READY and self.hand is None and not self.killed_for


class WaitsForEverForAPageToBePutDown(Schedule):
    def _take(self, event: Heard) -> None:
        super()._take(event)
        for worker in self._run.crew.values():
            if worker.dropping is not None:
                worker.dropping = worker.dropping.standing(self._run.course.clock.reading(event.at))


class NeverHearsThatAPageWasPutDown(Schedule):
    def _take(self, event: Heard) -> None:
        if not isinstance(event, PutDown):
            super()._take(event)


class GivesAStruckPageWhileItIsPutDown(PageQueue):
    def take(self, in_hand: Collection[PageKey], put_down: int = 0) -> PageKey | None:
        return super().take(in_hand, 0 * put_down)


class BelievesWhoPutsDown(Schedule):
    """That the page is not yet lost of which it tells."""

    def _take(self, event: Heard) -> None:
        worker = self._run.crew.get(getattr(event, "worker", ""))
        if worker is not None and worker.dropping is not None and not isinstance(event, Died | PutDown):
            worker.dropping = None
        super()._take(event)


# Time.


class LetsBatchesTakeForEver(Server):
    __slots__ = ()

    def limits(self, *, awaited: bool) -> Iterator[Limit]:
        return (limit for limit in super().limits(awaited=awaited) if "batch" not in limit[1])


class LetsServersRestForEver(Server):
    __slots__ = ()

    def limits(self, *, awaited: bool) -> Iterator[Limit]:
        return super().limits(awaited=awaited and self.resting is None)


class LetsServersStartForEver(Server):
    __slots__ = ()

    def start(self, timer: Timer) -> None:
        super().start(Timer(1e9 * timer.limit_seconds, timer.since))


class KillsServersThatNobodyWaitsFor(Server):
    __slots__ = ()

    def limits(self, *, awaited: bool) -> Iterator[Limit]:
        return super().limits(awaited=awaited or self.resting is not None)


class LosesPatienceOverWhatWasJustAsked(Server):
    __slots__ = ()

    def have_patience(self, resting: Timer) -> None:
        pass


class KillsAServerTwice(Server):
    __slots__ = ()

    def limits(self, *, awaited: bool) -> Iterator[Limit]:
        killed_for, self.killed_for = self.killed_for, ""
        limits = list(super().limits(awaited=awaited))
        self.killed_for = killed_for
        return iter(limits)


class EndsWithADeviceLeft(Schedule):
    def _settled(self, at: float) -> list[Order]:
        if any(server.condition is Condition.GIVEN_UP for server in self._run.servers.values()):
            self._run.end(Halt.NO_DEVICE, self._run.last_error)
        return super()._settled(at)


MUTANTS = (
    LinksNobodyWithAServerThatStartsAnew,
    LinksNoWorkerThatStartsAnew,
    LinksNobodyWhoMoves,
    LinksTheDead,
    NeverTellsToPutDown,
    GivesBeforeThePageIsPutDown,
    WaitsForEverForAPageToBePutDown,
    NeverHearsThatAPageWasPutDown,
    GivesAStruckPageWhileItIsPutDown,
    BelievesWhoPutsDown,
    LetsBatchesTakeForEver,
    LetsServersRestForEver,
    LetsServersStartForEver,
    KillsServersThatNobodyWaitsFor,
    LosesPatienceOverWhatWasJustAsked,
    KillsAServerTwice,
    EndsWithADeviceLeft,
)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_schedule_that_breaks_a_rule_for_servers_is_found_out(mutant: type) -> None:
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine_of(mutant, ServedMachine), settings=settings(BUDGET, max_examples=1000))
