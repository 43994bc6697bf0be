"""Which agent of a cluster has which pages: every decision of a leased run, without clock, process or network."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from math import ceil

from htrkit.config.choices import OnError
from htrkit.core.lease_book import Agent, PageBook
from htrkit.core.rules import Rules
from htrkit.domain.leases import (
    AgentEnded,
    AgentGone,
    AgentLeaves,
    AgentReady,
    DrainAll,
    EndAsked,
    EndedThere,
    EndRun,
    FailPage,
    HeardOfAgents,
    KillAgent,
    Lease,
    NobodyLeft,
    OfLeasedPage,
    OrderToAgents,
    PutBack,
    StopAgent,
    StrikePage,
    TakenInHand,
)
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import Halt

MOST_LEASED = 25
"""Pages of one lease: what a lost agent gives back, and others begin anew."""


class Leases:
    """The state of a leased run: `hear` what happens, and carry out the orders in their order.

    What is heard of a page by an agent that does not have it (a late word of one that was believed dead) changes
    nothing; `has` tells, so that nothing of it is written down either.
    """

    def __init__(
        self,
        pages: Sequence[PageKey],
        rules: Rules,
        *,
        strikes: Mapping[PageKey, int] | None = None,
        attempts: Mapping[PageKey, int] | None = None,
    ) -> None:
        """Take the pages in their order, and what earlier runs knew of them.

        A page that has had all its deaths and is asked for again has one more try.
        """
        known = {key: min(count, rules.deaths - 1) for key, count in (strikes or {}).items()}
        self._rules = rules
        self._book = PageBook(
            fresh=deque(key for key in pages if not known.get(key)),
            struck=deque(key for key in pages if known.get(key)),
            strikes=known,
            attempts=dict(attempts or {}),
        )
        self._total, self._done, self._failed, self._flagged = len(pages), 0, 0, 0
        self._agents: dict[str, Agent] = {}
        self._halt: Halt | None = None
        self._message = ""
        self._asked = False
        self._ended = False
        self._orders: list[OrderToAgents] = []

    @property
    def left(self) -> int:
        """Pages that have not ended."""
        return self._total - self._done - self._failed

    @property
    def wants_agents(self) -> bool:
        """Whether an agent that is placed now would have something to do."""
        return not self._ended and self._halt is None and bool(self.left)

    @property
    def ended(self) -> bool:
        """Whether all is over."""
        return self._ended

    def has(self, agent: str, key: PageKey) -> bool:
        """Tell whether a page is with an agent."""
        return agent in self._agents and key in self._agents[agent].pages

    def in_hand(self, agent: str) -> tuple[PageKey, ...]:
        """Give the pages in an agent's workers' hands."""
        pages = self._agents[agent].pages if agent in self._agents else {}
        return tuple(key for key, in_hand in pages.items() if in_hand)

    def placed(self, agent: str) -> None:
        """Note that an agent is being started."""
        self._agents[agent] = Agent(agent)

    def hear(self, event: HeardOfAgents) -> list[OrderToAgents]:
        """Give the orders that follow from an event."""
        if self._ended:
            return []
        self._take(event)
        self._settle()
        orders, self._orders = self._orders, []
        return orders

    def _take(self, event: HeardOfAgents) -> None:
        match event:
            case AgentReady():
                if event.agent in self._agents:
                    self._agents[event.agent].workers = max(event.workers, 1)
            case TakenInHand() | PutBack() | EndedThere():
                if self.has(event.agent, event.key):
                    self._take_of_page(event, self._agents[event.agent])
            case AgentGone():
                if (agent := self._agents.pop(event.agent, None)) is not None:
                    self._bury(agent, event.cause)
            case AgentLeaves():
                if event.agent in self._agents:
                    self._book.put_back(self._agents[event.agent].leave(event.settling))
            case AgentEnded():
                self._part_with(event)
            case NobodyLeft():
                if not self._agents and self.left:
                    self._drain(Halt.NO_WORKER, event.message)
            case EndAsked():
                self._end_as_asked(event)

    def _take_of_page(self, event: OfLeasedPage, agent: Agent) -> None:
        match event:
            case TakenInHand():
                agent.pages[event.key] = True
                self._book.attempts[event.key] = event.attempt
            case PutBack():
                agent.pages[event.key] = False
                if event.strikes is not None:
                    self._book.strikes[event.key] = event.strikes
                    agent.struck.add(event.key)
            case EndedThere():
                del agent.pages[event.key]
                self._done += not event.failed
                self._failed += event.failed
                self._flagged += event.flagged
                if event.failed:
                    self._note_failure(event.key, event.message)
                self._watch_rates()

    def _bury(self, agent: Agent, cause: str) -> None:
        """Take the pages of a lost agent back: those in hand are struck, those that only waited are not.

        In a drain none is: whoever ends the run may end its nodes as well.
        """
        struck = [key for key, in_hand in agent.pages.items() if in_hand and self._halt is None]
        self._book.put_back([key for key in agent.pages if key not in struck])
        for key in struck:
            self._strike(key, agent.name, cause)

    def _strike(self, key: PageKey, agent: str, cause: str) -> None:
        book = self._book
        strikes = book.strikes[key] = book.strikes.get(key, 0) + 1
        lost = book.lost_with.setdefault(key, [])
        lost.append(agent)
        if strikes < self._rules.deaths:
            book.struck.append(key)
            self._orders.append(StrikePage(key, f"{agent} was lost: {cause}", strikes))
            return
        self._failed += 1
        where = ", ".join(dict.fromkeys(lost))
        message = f"{_times(strikes)} a worker or a node died with this page in hand ({where}), the last time: {cause}."
        self._orders.append(FailPage(key, message, max(book.attempts.get(key, 1), 1)))
        self._note_failure(key, message)
        self._watch_rates()

    def _part_with(self, event: AgentEnded) -> None:
        """Take back what an agent has that came to its end in order."""
        agent = self._agents.pop(event.agent, None)
        if agent is None:
            return
        self._book.put_back(list(agent.pages))
        if event.halt is Halt.TROUBLE:
            self._drain(Halt.TROUBLE, f"{agent.name}: {event.message}")

    def _end_as_asked(self, event: EndAsked) -> None:
        if not self._asked:
            self._asked = True
            self._drain(event.halt, event.message)
            return
        self._orders.extend(KillAgent(name) for name in self._agents)
        for agent in self._agents.values():
            self._book.put_back(list(agent.pages))
        self._agents.clear()

    def _note_failure(self, key: PageKey, message: str) -> None:
        if self._rules.on_error is OnError.ABORT:
            self._drain(Halt.FAILED_PAGE, f"{key}: {message}")

    def _watch_rates(self) -> None:
        ended = self._done + self._failed
        if self._rules.too_many_failed(failed=self._failed, ended=ended):
            self._drain(Halt.FAIL_RATE, f"{self._failed} of {ended} pages failed.")
        if self._rules.too_many_flagged(flagged=self._flagged, ended=ended):
            self._drain(Halt.ALARM_RATE, f"{self._flagged} of {ended} pages raised an alarm.")

    def _drain(self, halt: Halt, message: str) -> None:
        """Give out no page any more; the first reason counts."""
        if self._halt is None and self.left:
            self._halt, self._message = halt, message
            self._orders.append(DrainAll(halt))

    def _settle(self) -> None:
        """Give all orders that follow from the state alone."""
        if self.left and self._halt is None:
            self._orders.extend(self._leases())
            return
        for agent in list(self._agents.values()):
            if not agent.stopping:
                self._let_go(agent)
        if not self._agents:
            self._ended = True
            self._orders.append(EndRun(self._halt, self._message) if self.left else EndRun(None))

    def _let_go(self, agent: Agent) -> None:
        """Let an agent finish what it has in hand; one that is not ready has nothing, and may not listen for long."""
        if agent.workers:
            agent.stopping = True
            self._orders.append(StopAgent(agent.name, self._halt if self.left else None))
        else:
            del self._agents[agent.name]
            self._orders.append(KillAgent(agent.name))

    def _leases(self) -> Iterator[Lease]:
        """Give pages to all who have too few; whoever has fewest comes first."""
        takers = [agent for agent in self._agents.values() if agent.takes]
        for agent in sorted(takers, key=lambda one: one.waiting):
            if keys := self._share(agent, len(takers)):
                agent.pages.update(dict.fromkeys(keys, False))
                yield Lease(agent.name, tuple(self._book.leased(key) for key in keys))

    def _share(self, agent: Agent, agents: int) -> list[PageKey]:
        """Give the pages that an agent gets now.

        Near the end leases shrink, so that all come to their end together. Struck pages come last, and one by one,
        since each is tried alone.
        """
        size = ceil(len(self._book.fresh) / (2 * agents))
        keys: list[PageKey] = []
        while self._book.fresh and agent.waiting + len(keys) < min(agent.workers, size):
            keys += self._book.next_fresh(min(size, MOST_LEASED))
        if not keys and self._book.struck and not self._book.fresh and not agent.pages:
            keys.append(self._book.struck.popleft())
        return keys


def _times(count: int) -> str:
    return {1: "Once", 2: "Twice"}.get(count, f"{count} times")
