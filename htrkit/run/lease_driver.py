"""The loop of a leased run: it hears agents, signals and the clock, asks the leases, and carries their orders out."""

import select
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from htrkit.core.leases import Leases
from htrkit.core.shown import shown
from htrkit.domain.errors import RunStopped
from htrkit.domain.events import (
    Event,
    PageDone,
    PageFailed,
    PageStruck,
    RunDraining,
    ServerLost,
    ServerStarted,
    WorkerGivenUp,
    WorkerLost,
)
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.glimpse import Watcher
from htrkit.domain.leases import (
    AgentEnded,
    AgentGone,
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
from htrkit.run.cluster_view import ClusterView
from htrkit.run.interrupts import Interrupts
from htrkit.run.leased_troubles import Troubles
from htrkit.run.leased_words import LeasedWords
from htrkit.run.placing import Placing
from htrkit.run.settling import Distrusted, Settled, Unsettled

TICK_SECONDS = 0.25
LOOK_SECONDS = 2.0
"""How often the cluster is asked where agents could be."""
CURVE_SECONDS = 30.0
GLIMPSE_SECONDS = 0.5
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
    view: ClusterView
    watchers: Sequence[Watcher] = ()
    clock: Callable[[], float] = time.monotonic
    _placing: Placing = field(default_factory=Placing)
    _servers: dict[str, set[str]] = field(default_factory=dict)
    """Of each agent, by the run's names."""
    _inbox: deque[AgentSaid | AgentLost] = field(default_factory=deque)
    _leaving: dict[str, float] = field(default_factory=dict)
    """Agents that were told that all is done, and when they are killed if they have not ended."""
    _next_look: float = 0.0
    _next_point: float = 0.0
    _next_glimpse: float = 0.0
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
        while self._inbox and not self.troubles.stuck and self._end is None:
            self._hear(self._inbox.popleft())
        for halt in interrupts.heard():
            if self.troubles.stuck:
                self._end_at_once(halt)  # what cannot be written cannot be waited for
            else:
                self._decide(EndAsked(halt))
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
            self.agents.say(place.name, self.briefed(place))
        hopeless = self._placing.hopeless(places, at)
        if hopeless is not None:
            self._decide(NobodyLeft(hopeless))

    def _hear(self, heard: AgentSaid | AgentLost) -> None:
        place = self._placing.living.get(heard.agent)
        if place is None:
            return  # a late word of one that is believed dead
        match heard:
            case AgentLost():
                self._lose(heard.agent, heard.cause)
            case AgentSaid(agent, message):
                match message:
                    case IsPlaced():
                        self._welcome(agent, message)
                    case CannotWork():
                        self._refuse(agent, f"{message.what} {message.mend}".strip())
                    case Told():
                        self._told(place, message)
                    case Seen():
                        self.view.see(place, message, self.clock())
                    case Wants():
                        if (piece := self.troubles.lent(agent, message, self.clock())) is not None:
                            self.agents.say(agent, piece)
                    case Brings():
                        self.troubles.settling.landing.take(agent, message)
                    case HasEnded():
                        self._part(agent, message)

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
                self.agents.kill(settled.agent)
                self._lose(settled.agent, settled.cause)
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
            self.agents.kill(agent)
            self._part(agent, HasEnded())
        if at >= self._next_point and self._placing.living:
            self._next_point = at + CURVE_SECONDS
            self.tell(self.view.point())
        if self.watchers and at >= self._next_glimpse:
            self._next_glimpse = at + GLIMPSE_SECONDS
            for watcher in self.watchers:
                watcher.glimpse(self.view.glimpse(at))

    def _welcome(self, agent: str, placed: IsPlaced) -> None:
        self._placing.ready(agent)
        if not placed.out_is_here:
            self.troubles.settling.brings(agent)
        self._decide(AgentReady(agent, placed.workers))

    def _refuse(self, agent: str, why: str) -> None:
        """Give up a place where no agent can work."""
        self._placing.refuse(agent, why)
        self.agents.kill(agent)
        self.tell(WorkerGivenUp(agent, why))
        self._decide(AgentEnded(agent, Halt.NO_WORKER, why))

    def _lose(self, agent: str, cause: str) -> None:
        self.tell(WorkerLost(agent, cause))
        self._tell_all(ServerLost(server, cause) for server in sorted(self._servers.get(agent, ())))
        self._placing.lost(agent, cause)
        self._forget(agent)
        self._decide(AgentGone(agent, cause))

    def _part(self, agent: str, ended: HasEnded) -> None:
        """Let an agent go that has ended in order."""
        if ended.halt in {Halt.NO_WORKER, Halt.NO_DEVICE}:
            self._refuse(agent, ended.message)
        self._placing.ended(agent)
        self.agents.kill(agent)
        self._forget(agent)
        self._decide(AgentEnded(agent, ended.halt, ended.message))

    def _forget(self, agent: str) -> None:
        self._leaving.pop(agent, None)
        self._servers.pop(agent, None)
        self.troubles.forget(agent)
        self.view.forget(agent)
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
            case StrikePage():
                self.tell(PageStruck(order.key, Step.OPEN, order.cause, order.strikes))
            case FailPage():
                image = shown(self.sources[order.key].path)
                said = FailureClass.DIED, Step.OPEN, order.message, order.attempts
                self.tell(PageFailed(order.key, image, *said))
            case DrainAll():
                self.tell(RunDraining(str(order.halt)))
            case EndRun():
                self._end = End(order.halt, order.message)

    def _tell_all(self, events: Iterable[Event]) -> None:
        for event in events:
            self.tell(event)
