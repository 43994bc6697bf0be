"""How full and how busy the run's own devices are, asked again and again without ever holding the run up."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import pynvml

from htrkit.devices.driver import DeviceGone, driver_session, told_of
from htrkit.devices.nvml import found_devices
from htrkit.domain.device import DriverState
from htrkit.domain.sample import DeviceSample

PATIENCE_SECONDS = 0.5
"""A driver that answers later has a device that is failing, or is being started; the run does not wait for it."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """A device with the driver's handle of it; None where the driver does not know it."""

    device: str
    handle: object | None = None
    name: str | None = None


@dataclass(slots=True)
class DeviceGauges:
    """The driver, started when first asked and kept at work; a device that does not answer has None for all values.

    A driver may hang for good when a card fails, so that a thread of its own asks it.
    """

    uuids: Mapping[str, str]
    """By the devices' names: `cuda:0`."""
    patience_seconds: float = PATIENCE_SECONDS
    _latest: tuple[DeviceSample, ...] = ()
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _asked: threading.Event = field(default_factory=threading.Event)
    _told: threading.Event = field(default_factory=threading.Event)
    _waits: bool = False
    """Whether an answer is still to come."""
    _closed: bool = False
    _thread: threading.Thread | None = None

    def read(self) -> tuple[DeviceSample, ...]:
        """Give every device as it is now, in the order of the names; may be called from any thread."""
        if not self.uuids:
            return ()
        with self._lock:
            if self._closed or self._waits:
                return self._silent()
            self._ask()
            return self._latest if self._told.wait(self.patience_seconds) else self._silent()

    def close(self) -> None:
        """Let the driver go, if it answers."""
        with self._lock:
            self._closed = True
            self._asked.set()
        if self._thread is not None:
            self._thread.join(self.patience_seconds)

    def _ask(self) -> None:
        self._waits = True
        self._told.clear()
        self._asked.set()
        if self._thread is None:
            # It starts nothing, and a driver that hangs must not keep the run from ending.
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()

    def _silent(self) -> tuple[DeviceSample, ...]:
        return tuple(DeviceSample(device, None, None) for device in self.uuids)

    def _work(self) -> None:
        with driver_session() as state:
            gauges = _gauges(self.uuids) if state is DriverState.READY else [Gauge(device) for device in self.uuids]
            while self._asked.wait() and not self._closed:
                self._asked.clear()
                self._latest = tuple(map(_read, gauges))
                self._waits = False
                self._told.set()


def _gauges(uuids: Mapping[str, str]) -> list[Gauge]:
    found = {one.device.uuid: one for one in found_devices() if one.device.uuid is not None}
    return [
        Gauge(device, found[uuid].handle, found[uuid].device.name) if uuid in found else Gauge(device)
        for device, uuid in uuids.items()
    ]


def _read(gauge: Gauge) -> DeviceSample:
    if gauge.handle is None:
        return DeviceSample(gauge.device, None, None)
    try:
        memory = told_of(gauge.handle, pynvml.nvmlDeviceGetMemoryInfo)
        rates = told_of(gauge.handle, pynvml.nvmlDeviceGetUtilizationRates)
        heat = told_of(gauge.handle, pynvml.nvmlDeviceGetTemperature, pynvml.NVML_TEMPERATURE_GPU)
    except DeviceGone:
        return DeviceSample(gauge.device, None, None, name=gauge.name)
    return DeviceSample(
        gauge.device,
        None if memory is None else int(memory.total),
        None if memory is None else int(memory.used),
        None if rates is None else int(rates.gpu),
        heat,
        gauge.name,
    )
