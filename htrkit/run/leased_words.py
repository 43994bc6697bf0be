"""What agents tell, in the words of the run's journal and of its leases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from htrkit.core.alarms_confidence import ConfidenceWatch
from htrkit.core.leases import Leases
from htrkit.core.shown import shown
from htrkit.domain.events import (
    Event,
    MachineSampled,
    MemoryEnough,
    MemoryShort,
    OfPage,
    PageFailed,
    PageRetried,
    PageStarted,
    PageStruck,
    RunContinued,
    RunDraining,
    RunPaused,
)
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.leases import DrainAll, EndedThere, FailPage, HeardOfAgents, PutBack, StrikePage, TakenInHand
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.journal.replay import record_of
from htrkit.run.agent_messages import Told
from htrkit.run.agents import Place
from htrkit.run.cluster_view import ClusterView
from htrkit.run.node_names import Naming
from htrkit.run.together import Together

LONG_AGO = "1970-01-01T00:00:00Z"
"""Whatever the agent's clock says: the driver stamps what it tells."""


@dataclass(slots=True)
class LeasedWords:
    """Knows what is told once for all agents together."""

    view: ClusterView
    confidence: ConfidenceWatch
    together: Together = field(default_factory=Together)

    def event(self, place: Place, told: Told) -> Event:
        """Give the event as the run tells it; raises JournalUnknown for what this version does not know."""
        values = {"at": LONG_AGO, "event": told.event, **orjson.loads(told.values)}
        return Naming(place).event(record_of(values, Path(place.name), 0).event)

    def of(self, agent: str, event: Event, leases: Leases) -> tuple[tuple[Event, ...], HeardOfAgents | None]:
        """Give what the journal is told, and then what the leases hear; nothing of a page that is not the agent's."""
        match event:
            case PageStarted() | PageStruck() | PageRetried() | PageFailed():
                return ((event,), _heard(agent, event)) if leases.has(agent, event.key) else ((), None)
            case MachineSampled():
                self.view.measure(agent, event)
                return (), None
            case RunPaused() | RunContinued() | MemoryShort() | MemoryEnough():
                return ((event,) if self.together.hear(agent, event) else ()), None
            case RunDraining():
                return (), None
            case _:
                return (event,), None


def _heard(agent: str, event: OfPage) -> HeardOfAgents | None:
    match event:
        case PageStarted():
            return TakenInHand(agent, event.key, event.attempt)
        case PageStruck():
            return PutBack(agent, event.key, event.strikes)
        case PageRetried():
            return PutBack(agent, event.key)
        case PageFailed():
            return EndedThere(agent, event.key, failed=True, message=event.message)
        case _:
            return None


def event_of(order: StrikePage | FailPage | DrainAll, sources: Mapping[PageKey, PageSource]) -> Event:
    """Give what an order that is only to be written down says."""
    match order:
        case StrikePage():
            return PageStruck(order.key, Step.OPEN, order.cause, order.strikes)
        case FailPage():
            image = shown(sources[order.key].path)
            return PageFailed(order.key, image, FailureClass.DIED, Step.OPEN, order.message, order.attempts)
        case DrainAll():
            return RunDraining(str(order.halt))
