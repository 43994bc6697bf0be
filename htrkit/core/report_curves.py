"""How memory and batch sizes went over a run, thinned as it is read so that a run of weeks stays small."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from htrkit.domain.events import BatchResized, BatchShrunk, MachineSampled
from htrkit.domain.failure import Step
from htrkit.domain.sample import DeviceSample, ProcessSample

MOST_POINTS = 240
"""Of a curve: more than a screen tells apart."""


@dataclass(frozen=True, slots=True)
class DeviceMemory:
    """A device's memory at a moment, in bytes, used by anyone."""

    device: str
    used_bytes: int
    total_bytes: int | None


@dataclass(frozen=True, slots=True)
class MemoryPoint:
    """Memory at a moment, in bytes; of moments that were thinned to one, the most."""

    at: str
    """ISO 8601 in UTC."""
    used_bytes: int
    """RAM in use by anyone."""
    total_bytes: int
    own_bytes: int
    """The run's own processes: PSS, or RSS where the system does not tell PSS."""
    devices: tuple[DeviceMemory, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchChange:
    """From this moment batches of a step on a device held `now` items, and before it `was`."""

    at: str
    server: str
    step: Step
    was: int
    now: int


@dataclass(frozen=True, slots=True)
class Curves:
    """What changed over a run besides its pages."""

    memory: tuple[MemoryPoint, ...] = ()
    batches: tuple[BatchChange, ...] = ()
    """Of each server and step at most `MOST_POINTS`, in the order of time."""


@dataclass(slots=True)
class Thinning:
    """Takes in samples one by one and keeps few of them, evenly spread, each with the peaks of those it stands for."""

    kept: list[MemoryPoint] = field(default_factory=list)
    _stands_for: int = 1
    _waiting: list[MemoryPoint] = field(default_factory=list)

    def take(self, at: str, sample: MachineSampled) -> None:
        """Take in a sample."""
        self._waiting.append(point_of(at, sample))
        if len(self._waiting) < self._stands_for:
            return
        self.kept.append(_peaks(self._waiting))
        self._waiting.clear()
        if len(self.kept) >= 2 * MOST_POINTS:
            self.kept = [_peaks(self.kept[place : place + 2]) for place in range(0, len(self.kept), 2)]
            self._stands_for *= 2

    def points(self) -> tuple[MemoryPoint, ...]:
        """Give what was kept, with the samples that wait."""
        return (*self.kept, *([_peaks(self._waiting)] if self._waiting else []))


def point_of(at: str, sample: MachineSampled) -> MemoryPoint:
    """Give what a curve shows of a sample."""
    devices = tuple(sorted(filter(None, map(_device, sample.devices)), key=lambda one: one.device))
    own = sum(map(_own_bytes, sample.processes))
    return MemoryPoint(at, max(0, sample.total_bytes - sample.free_bytes), sample.total_bytes, own, devices)


def batch_changes(changes: Sequence[tuple[str, BatchResized | BatchShrunk]]) -> tuple[BatchChange, ...]:
    """Give the changes of batch sizes, thinned; the first and the last of each server and step are kept."""
    groups: dict[tuple[str, Step], list[BatchChange]] = {}
    for at, event in changes:
        change = BatchChange(at, event.server, event.step, event.was, event.now)
        groups.setdefault((event.server, event.step), []).append(change)
    return tuple(change for group in groups.values() for change in _some(group))


def _some(changes: Sequence[BatchChange]) -> Sequence[BatchChange]:
    stride = -(-len(changes) // MOST_POINTS)
    return [*changes[:-1:stride], changes[-1]]


def _device(sample: DeviceSample) -> DeviceMemory | None:
    if sample.used_bytes is None:
        return None
    return DeviceMemory(sample.device, sample.used_bytes, sample.total_bytes)


def _own_bytes(sample: ProcessSample) -> int:
    return sample.resident_bytes if sample.proportional_bytes is None else sample.proportional_bytes


def _peaks(points: Sequence[MemoryPoint]) -> MemoryPoint:
    """Give one point for several, at the last one's moment."""
    devices: dict[str, DeviceMemory] = {}
    for device in (device for point in points for device in point.devices):
        had = devices.get(device.device)
        if had is None or device.used_bytes >= had.used_bytes:
            devices[device.device] = device
    return MemoryPoint(
        points[-1].at,
        max(point.used_bytes for point in points),
        max(point.total_bytes for point in points),
        max(point.own_bytes for point in points),
        tuple(devices[name] for name in sorted(devices)),
    )
