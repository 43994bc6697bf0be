"""How all nodes of a leased run stand, put together from what each agent showed last: for screens and curves."""

from dataclasses import dataclass, field, replace

from htrkit.domain.events import MachineSampled
from htrkit.domain.glimpse import Glimpse
from htrkit.domain.sample import MachineSample
from htrkit.run.agent_messages import Seen
from htrkit.run.agents import Place
from htrkit.run.node_names import Naming
from htrkit.run.sampler import Sampler


@dataclass(frozen=True, slots=True)
class _Shown:
    """What an agent showed last, and when, by the driver's clock."""

    place: Place
    seen: Seen
    at: float
    thorough: MachineSampled | None = None
    """The last point of the agent's own curve: its processes with their PSS."""


@dataclass(slots=True)
class ClusterView:
    """Whoever asks may be in another thread."""

    own: Sampler = field(default_factory=Sampler)
    """Looks at the driver's own process."""
    _shown: dict[str, _Shown] = field(default_factory=dict)

    def see(self, place: Place, seen: Seen, at: float) -> None:
        """Take in what an agent shows."""
        before = self._shown.get(place.name)
        self._shown[place.name] = _Shown(place, seen, at, before.thorough if before is not None else None)

    def measure(self, agent: str, sampled: MachineSampled) -> None:
        """Take in a point of an agent's own curve."""
        if (before := self._shown.get(agent)) is not None:
            self._shown[agent] = replace(before, thorough=sampled)

    def forget(self, agent: str) -> None:
        """Leave out an agent that is gone."""
        self._shown.pop(agent, None)

    def glimpse(self, at: float) -> Glimpse:
        """Give the run at this moment."""
        shown = list(self._shown.values())
        return Glimpse(
            at,
            hands=tuple(
                Naming(one.place).hand(hand, since=one.at - (one.seen.glimpse.at - hand.since))
                for one in shown
                for hand in one.seen.glimpse.hands
            ),
            workers=sum(one.seen.glimpse.workers for one in shown),
            servers=tuple(server for one in shown for server in Naming(one.place).servers(one.seen.glimpse)),
        )

    def sample(self, *, thorough: bool = False) -> MachineSample:
        """Give all nodes as one machine: a node's memory counts once, however many agents it has."""
        own = self.own.now(thorough=thorough)
        shown = list(self._shown.values())
        nodes = {one.place.node: one.seen.sample for one in shown}
        return MachineSample(
            sum(one.total_bytes for one in nodes.values()),
            sum(one.free_bytes for one in nodes.values()),
            0,
            tuple(device for one in shown for device in Naming(one.place).devices(one.seen.glimpse, one.seen.sample)),
            (*own.processes, *(process for one in shown for process in Naming(one.place).processes(_processes(one)))),
        )

    def point(self) -> MachineSampled:
        """Give a point of the run's curve."""
        sample = self.sample(thorough=True)
        return MachineSampled(
            sample.total_bytes, sample.free_bytes, sample.ahead_bytes, sample.devices, sample.processes
        )


def _processes(shown: _Shown) -> MachineSample:
    if shown.thorough is None:
        return shown.seen.sample
    return replace(shown.seen.sample, processes=shown.thorough.processes)
