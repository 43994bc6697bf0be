"""An agent's names for its workers and devices, as the whole run knows them: with the node's before them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from htrkit.domain.events import Event
from htrkit.domain.glimpse import Glimpse, OnDevice
from htrkit.domain.sample import DeviceSample, MachineSample, ProcessSample
from htrkit.domain.schedule import InHand
from htrkit.run.agents import Place
from htrkit.run.server_probe import is_address

CARD = "cuda:"


@dataclass(frozen=True, slots=True)
class Naming:
    """How an agent's own names are told: `w3` is `node1/w3`, `cuda:0` of a node's third GPU is `node1/cuda:2`."""

    place: Place

    def worker(self, name: str) -> str:
        """Give a worker's name."""
        return f"{self.place.name}/{name}" if name else name

    def device(self, name: str) -> str:
        """Give a device's, or its server's, name; the address of an inference server is everybody's."""
        if not name or is_address(name):
            return name
        card = name.startswith(CARD) and self.place.gpu is not None
        return f"{self.place.node}/{CARD}{self.place.gpu}" if card else f"{self.place.node}/{name}"

    def event(self, event: Event) -> Event:
        """Give an event with the run's names."""
        names = {field.name for field in fields(event)}
        told: Mapping[str, str] = {
            name: naming(getattr(event, name))
            for name, naming in (("worker", self.worker), ("server", self.device), ("device", self.device))
            if name in names
        }
        return replace(event, **told) if told else event  # type: ignore[arg-type]  # all three are strings

    def hand(self, hand: InHand, *, since: float) -> InHand:
        """Give a page in a worker's hand; `since` is of the driver's clock."""
        return replace(hand, worker=self.worker(hand.worker), since=since)

    def servers(self, glimpse: Glimpse) -> tuple[OnDevice, ...]:
        """Give what the agent computes on; where its workers compute themselves, that is the node's CPU."""
        if not glimpse.servers and glimpse.workers:
            return (OnDevice(self.device("cpu")),)
        return tuple(replace(one, server=self.device(one.server)) for one in glimpse.servers)

    def devices(self, glimpse: Glimpse, sample: MachineSample) -> tuple[DeviceSample, ...]:
        """Give the devices as they stand; where workers compute themselves, the node's CPU."""
        if not glimpse.servers:
            used = max(sample.total_bytes - sample.free_bytes, 0)
            cores = f"{glimpse.cores} cores" if glimpse.cores else None
            cpu = self.device("cpu")
            return (DeviceSample(cpu, sample.total_bytes, used, glimpse.cpu_percent, name=cores),)
        return tuple(replace(one, device=self.device(one.device)) for one in sample.devices)

    def processes(self, sample: MachineSample) -> tuple[ProcessSample, ...]:
        """Give the agent's processes."""
        return tuple(replace(one, process=self.worker(one.process)) for one in sample.processes)
