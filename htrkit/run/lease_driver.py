"""The loop of a leased run: it hears agents, signals and the clock, asks the leases, and carries their orders out."""

import select
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace

from htrkit.core.leases import Leases
from htrkit.domain.errors import RunStopped
from htrkit.domain.events import (
    Event,
    PageDone,
    ServerLost,
    ServerStarted,
    WorkerGivenUp,
    WorkerLost,
)
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
    OrderToAgents,
    PutBack,
    StopAgent,
    StrikePage,
)
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import End, Halt
from htrkit.domain.source import PageSource
from htrkit.run.agent_messages import (
    AgentLost,
    AgentSaid,
    BeAgent,
    Brings,
    CannotWork,
    EndNow,
    HasEnded,
    IsPlaced,
    LeasedPage,
    Seen,
    TakeLease,
    Told,
    Wants,
)
from htrkit.run.agents import Agents, Place
from htrkit.run.cluster_showing import ClusterShowing
from htrkit.run.interrupts import Interrupts
from htrkit.run.leased_troubles import Troubles
from htrkit.run.leased_words import LeasedWords, event_of
from htrkit.run.placing import Placing
from htrkit.run.settling import Distrusted, Settled, Unsettled

TICK_SECONDS = 0.25
LOOK_SECONDS = 2.0
"""How often the cluster is asked where agents could be."""
FAREWELL_SECONDS = 30.0
"""How long an agent is given to end when nothing is left to do."""


@dataclass(slots=True)
class LeaseDriver:
    """One run over its pages, with agents; `tell` hears every event, in order."""

    leases: Leases
    sources: Mapping[PageKey, PageSource]
    agents: Agents
    briefed: Callable[[Place], BeAgent]
    tell: Callable[[Event], None]
    troubles: Troubles
    words: LeasedWords
    showing: ClusterShowing
    clock: Callable[[], float] = time.monotonic
    _placing: Placing = field(default_factory=Placing)
    _servers: dict[str, set[str]] = field(default_factory=dict)
    """Of each agent, by the run's names."""
    _inbox: deque[AgentSaid | AgentLost] = field(default_factory=deque)
    _leaving: dict[str, float] = field(default_factory=dict)
    """Agents that were told that all is done, and when they are killed if they have not ended."""
    _parting: dict[str, HasEnded] = field(default_factory=dict)
    """Agents that have ended in order, until what they have done has settled."""
    _next_look: float = 0.0
    _end: End | None = None

    def run(self) -> End:
        """Take the pages to their end; no agent of ours lives any more when this returns."""
        try:
            with Interrupts() as interrupts:
                while self._end is None:
                    self._turn(interrupts)
            return self._end
        finally:
            self.agents.close()

    def _turn(self, interrupts: Interrupts) -> None:
        """Wait for something to happen, and hear all of it."""
        self._place(self.clock())
        if self.troubles.stuck:
            select.select([interrupts], [], [], TICK_SECONDS)
            self._settled(self.troubles.settling.try_again(self.clock()))
        else:
            self._listen()
        # Before the agents: a scheduler that ends the run ends its nodes by the same word.
        for halt in interrupts.heard():
            if self.troubles.stuck:
                self._end_at_once(halt)  # what cannot be written cannot be waited for
            else:
                self._decide(EndAsked(halt))
        while self._inbox and not self.troubles.stuck and self._end is None:
            self._hear(self._inbox.popleft())
        if self._end is None:
            self._look(self.clock())

    def _listen(self) -> None:
        try:
            self._inbox.extend(self.agents.heard(TICK_SECONDS))
        except RunStopped as stopped:
            self._end = End(Halt.NO_WORKER, stopped.what)

    def _place(self, at: float) -> None:
        """Start agents wherever there is room for one."""
        if at < self._next_look or not self.leases.wants_agents:
            return
        self._next_look = at + LOOK_SECONDS
        places = self.agents.places()
        for place in self._placing.wanted(places, most=self.leases.left):
            self._placing.placed(place, at)
            self.leases.placed(place.name)
            self.agents.start(place)
            briefed = self.briefed(place)
            self.agents.say(place.name, replace(briefed, probe=None) if self._placing.unseen(place.name) else briefed)
        hopeless = self._placing.hopeless(places, at)
        if hopeless is not None:
            self._decide(NobodyLeft(hopeless))

    def _hear(self, heard: AgentSaid | AgentLost) -> None:
        place = self._placing.living.get(heard.agent)
        if place is None:
            return  # a late word of one that is believed dead
        match heard:
            case AgentLost():
                if heard.agent not in self._parting:
                    self._lose(heard.agent, heard.cause)
            case AgentSaid(agent, message):
                match message:
                    case IsPlaced():
                        self._welcome(agent, message)
                    case CannotWork():
                        self._leave(agent, HasEnded(Halt.NO_WORKER, f"{message.what} {message.mend}".strip()))
                    case Told():
                        self._told(place, message)
                    case Seen():
                        self.showing.view.see(place, message, self.clock())
                    case Wants():
                        if (piece := self.troubles.lent(agent, message, self.clock())) is not None:
                            self.agents.say(agent, piece)
                    case Brings():
                        self.troubles.settling.landing.take(agent, message)
                    case HasEnded():
                        self._leave(agent, message)

    def _told(self, place: Place, message: Told) -> None:
        agent = place.name
        event = self.words.event(place, message)
        if isinstance(event, ServerStarted):
            self._servers.setdefault(agent, set()).add(event.server)
        if isinstance(event, PageDone):
            if self.leases.has(agent, event.key):
                self._settled(self.troubles.settling.settle(Unsettled(agent, event, self.clock())))
            return
        told, heard = self.words.of(agent, event, self.leases)
        self._tell_all(told)
        if heard is not None:
            self._decide(heard)

    def _settled(self, settled: Settled | None) -> None:
        """Write down that a page is done whose files are here."""
        match settled:
            case Unsettled(agent, page):
                if self.leases.has(agent, page.key):
                    page = self.words.confidence.flagged(page)
                    self.tell(page)
                    self._decide(EndedThere(agent, page.key, flagged=bool(page.flags)))
            case Distrusted():
                if settled.agent in self._placing.living:
                    self._distrust(settled.agent, settled.cause)
            case None:
                pass

    def _end_at_once(self, halt: Halt, message: str = "") -> None:
        for _ in range(2):
            self._decide(EndAsked(halt, message))

    def _look(self, at: float) -> None:
        """Do what time brings."""
        if (over := self.troubles.last_too_long(at)) is not None:
            self._end_at_once(Halt.TROUBLE, over)
        for agent, piece in self.troubles.paid(at):
            self.agents.say(agent, piece)
        for agent in self._placing.overdue(at):
            self.agents.kill(agent)
            self._lose(agent, "it was not ready in ten minutes; others may hold what it was to have")
        for settled in self.troubles.settling.look(at):
            self._settled(settled)
        for agent in [agent for agent, due in self._leaving.items() if at >= due]:
            self._leave(agent, HasEnded())
        for agent in [one for one in self._parting if not self.troubles.settling.unsettled(one)]:
            self._part(agent, self._parting[agent])
        self.showing.look(at, agents=len(self._placing.living))

    def _welcome(self, agent: str, placed: IsPlaced) -> None:
        self._placing.ready(agent)
        if not placed.out_is_here:
            self.troubles.settling.brings(agent)
        self._decide(AgentReady(agent, placed.workers))

    def _lose(self, agent: str, cause: str) -> None:
        """Give up an agent that is gone; what it has done in full is nobody's death, though it is not seen."""
        for key in self.troubles.settling.unsettled(agent):
            self._decide(PutBack(agent, key))
        self._placing.lost(agent, cause)
        self._mourn(agent, cause)
        self._decide(AgentGone(agent, cause))

    def _distrust(self, agent: str, cause: str) -> None:
        """End an agent that is believed no more; no page is to blame for it."""
        self.agents.kill(agent)
        self._placing.distrust(agent, cause)
        self._mourn(agent, cause)
        self._decide(AgentEnded(agent))

    def _mourn(self, agent: str, cause: str) -> None:
        self.tell(WorkerLost(agent, cause))
        self._tell_all(ServerLost(server, cause) for server in sorted(self._servers.get(agent, ())))
        self._forget(agent)

    def _leave(self, agent: str, ended: HasEnded) -> None:
        """Let an agent end in order; what it has done and is not seen yet is waited for."""
        self.agents.kill(agent)
        self._leaving.pop(agent, None)
        self._parting[agent] = ended
        settling = self.troubles.settling.unsettled(agent)
        self._decide(AgentLeaves(agent, settling))
        if not settling:
            self._part(agent, ended)

    def _part(self, agent: str, ended: HasEnded) -> None:
        """Let an agent go; its place is given up where it could not go on, and others can."""
        own = ended.halt is Halt.TROUBLE and self.leases.wants_agents and self.troubles.settling.room()
        if own or ended.halt in {Halt.NO_WORKER, Halt.NO_DEVICE}:
            ended = replace(ended, halt=Halt.NO_WORKER)
            self._placing.refuse(agent, ended.message)
            self.tell(WorkerGivenUp(agent, ended.message))
        self._placing.ended(agent)
        self._forget(agent)
        self._decide(AgentEnded(agent, ended.halt, ended.message))

    def _forget(self, agent: str) -> None:
        self._leaving.pop(agent, None)
        self._parting.pop(agent, None)
        self._servers.pop(agent, None)
        self.troubles.forget(agent)
        self.showing.view.forget(agent)
        self._tell_all(self.words.together.forget(agent))

    def _decide(self, heard: HeardOfAgents) -> None:
        for order in self.leases.hear(heard):
            self._obey(order)

    def _obey(self, order: OrderToAgents) -> None:
        match order:
            case Lease():
                pages = (LeasedPage(asdict(self.sources[one.key]), one.strikes, one.attempts) for one in order.pages)
                self.agents.say(order.agent, TakeLease(tuple(pages)))
            case StopAgent():
                self.agents.say(order.agent, EndNow(order.halt))
                if order.halt is None:
                    self._leaving[order.agent] = self.clock() + FAREWELL_SECONDS
            case KillAgent():
                self.agents.kill(order.agent)
                self._placing.ended(order.agent)
                self._forget(order.agent)
            case StrikePage() | FailPage() | DrainAll():
                self.tell(event_of(order, self.sources))
            case EndRun():
                self._end = End(order.halt, order.message)

    def _tell_all(self, events: Iterable[Event]) -> None:
        for event in events:
            self.tell(event)
