"""All devices of this machine with how they are now, read once or again and again."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pynvml

from htrkit.devices.cards import VISIBLE, numbered
from htrkit.devices.driver import driver_session, told
from htrkit.devices.gpu_health import XidListener, xid_listener
from htrkit.devices.nvml import Found, found_devices, measured
from htrkit.devices.processor import LOOK_SECONDS, processor
from htrkit.domain.device import Device, DriverState, Machine


@dataclass(slots=True)
class MachineReader:
    """Reads the machine; the driver is started once, which may take seconds, and asked at each reading."""

    driver: DriverState
    visible: str | None
    _listener: XidListener | None = None
    _xids: dict[str, tuple[int, ...]] = field(default_factory=dict)
    _listened: set[str] = field(default_factory=set)
    _known: dict[int, Device] = field(default_factory=dict)

    def read(self, *, look_seconds: float | None = LOOK_SECONDS) -> Machine:
        """Give the machine as it is now; `look_seconds` as `processor` takes them."""
        ready = self.driver is DriverState.READY
        return Machine(
            driver=self.driver,
            driver_version=told(pynvml.nvmlSystemGetDriverVersion) if ready else None,
            cuda_version=_cuda_words(told(pynvml.nvmlSystemGetCudaDriverVersion)) if ready else None,
            devices=(*(self._gpus() if ready else ()), processor(look_seconds=look_seconds)),
        )

    def _gpus(self) -> Iterator[Device]:
        found = list(found_devices())
        self._listen(found)
        names = numbered([one.device for one in found], self.visible)
        for place, one in enumerate(found):
            device = replace(self._recognised(place, measured(one)), device=names.get(place))
            xids = self._xids.get(device.uuid or "", ())
            yield replace(device, health=replace(device.health, xids=xids)) if xids else device

    def _recognised(self, place: int, device: Device) -> Device:
        """Give a card that no longer says what it is with what it said before."""
        if device.uuid is not None:
            self._known[place] = device
            return device
        known = self._known.get(place, device)
        bus, capability = known.pci_bus, known.compute_capability
        return replace(device, name=known.name, uuid=known.uuid, pci_bus=bus, compute_capability=capability)

    def _listen(self, found: list[Found]) -> None:
        """Listen to the cards that are new, and remember what the others told."""
        if self._listener is None:
            return
        for one in found:
            uuid = one.device.uuid
            if uuid is not None and one.device.instance_of is None and uuid not in self._listened:
                self._listened.add(uuid)
                self._listener.listen_to([one.handle])
        for xid in self._listener.heard():
            self._xids[xid.uuid] = (*self._xids.get(xid.uuid, ()), xid.number)


@contextmanager
def machine_reader(environment: Mapping[str, str]) -> Iterator[MachineReader]:
    """Give a reader for as long as the block lasts."""
    visible = environment.get(VISIBLE)
    with driver_session() as state:
        if state is not DriverState.READY:
            yield MachineReader(state, visible)
            return
        with xid_listener() as listener:
            yield MachineReader(state, visible, listener)


def _cuda_words(number: int | None) -> str | None:
    """Give 12040 as `12.4`."""
    return None if not number else f"{number // 1000}.{number % 1000 // 10}"
