"""Where agents are placed next, and when there is no hope of any."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from htrkit.run.agents import Place

MOST_FAILED_STARTS = 3
"""In a row at one place."""
START_SECONDS = 600.0
"""From its being placed until it is ready: the cluster may be busy, a model may travel."""
NOBODY_SECONDS = 60.0
"""A run without agents waits so long for a node that joins."""


@dataclass(slots=True)
class Placing:
    """Remembers who is where, and which places were of no use."""

    living: dict[str, Place] = field(default_factory=dict)
    _starting: dict[str, float] = field(default_factory=dict)
    """Agents that are not ready yet, and since when."""
    _failed: Counter[str] = field(default_factory=Counter)
    _refused: dict[str, str] = field(default_factory=dict)
    """Places where no agent is started any more, and why."""
    _distrusted: set[str] = field(default_factory=set)
    """Places from which what was done was not seen."""
    _nobody_since: float | None = None
    _last_cause: str = ""

    def wanted(self, places: Sequence[Place], *, most: int) -> list[Place]:
        """Give the places for more agents, so that no more than `most` live; where none was lost comes first."""
        free = [place for place in places if place.name not in self.living and place.name not in self._refused]
        free.sort(key=lambda place: self._failed[place.name])
        return free[: max(most - len(self.living), 0)]

    def placed(self, place: Place, at: float) -> None:
        """Note that an agent is being started there."""
        self.living[place.name], self._starting[place.name] = place, at

    def overdue(self, at: float) -> list[str]:
        """Give the agents that should have been ready long ago: others may hold what they were to have."""
        return [agent for agent, since in self._starting.items() if at - since >= START_SECONDS]

    def ready(self, agent: str) -> None:
        """Note that an agent has all that it needs."""
        self._starting.pop(agent, None)
        self._failed.pop(agent, None)

    def lost(self, agent: str, cause: str) -> None:
        """Note that an agent is gone; after too many in a row that came to nothing its place is given up."""
        self.ended(agent)
        self._last_cause = f"{agent}: {cause}"
        self._failed[agent] += 1
        if self._failed[agent] >= MOST_FAILED_STARTS:
            self.refuse(agent, cause)

    def distrust(self, agent: str, cause: str) -> None:
        """Note that what an agent did was not seen; at the second time its place is given up."""
        self.lost(agent, cause)
        if agent in self._distrusted:
            self.refuse(agent, cause)
        self._distrusted.add(agent)

    def unseen(self, agent: str) -> bool:
        """Tell whether an agent at this place must not write where the driver is to see it: its outputs travel."""
        return agent in self._distrusted

    def ended(self, agent: str) -> None:
        """Note that an agent has ended in order."""
        self.living.pop(agent, None)
        self._starting.pop(agent, None)

    def refuse(self, agent: str, why: str) -> None:
        """Give a place up."""
        self.ended(agent)
        self._refused[agent] = why
        self._last_cause = f"{agent}: {why}"

    def hopeless(self, places: Sequence[Place], at: float) -> str | None:
        """Give the last error where nobody lives and nobody can be placed; None while there is hope."""
        if self.living:
            self._nobody_since = None
            return None
        if self._nobody_since is None:
            self._nobody_since = at
        there = [place for place in places if place.name not in self._refused]
        if places and not there:
            return self._last_cause
        if not places and at - self._nobody_since >= NOBODY_SECONDS:
            return f"no node of the cluster is left; the last was lost with {self._last_cause or 'no word'}"
        return None
