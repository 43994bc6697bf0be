"""Looks at the machine's and the devices' memory now and then, and says what is to be done when it is short."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from htrkit.core.pressure import Mark, MemorySample, Pressure, Turn
from htrkit.domain.events import DeviceEnough, DeviceShort, Event, MemoryEnough, MemoryShort
from htrkit.domain.sample import DeviceSample
from htrkit.domain.schedule import Heard, Pressed, Relieved
from htrkit.run.sampler import ram

EVERY_SECONDS = 2.0
AGAIN_SECONDS = 30.0
"""Memory that stays short is asked back again so often."""
EVERYBODY = ""


@dataclass(frozen=True, slots=True)
class HoldAhead:
    """Read nothing more ahead, or go on with it."""

    on: bool


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell the journal what has changed."""

    event: Event


@dataclass(frozen=True, slots=True)
class Hear:
    """Let the schedule hear what has changed."""

    heard: Heard


@dataclass(frozen=True, slots=True)
class AskBack:
    """Ask a process for the memory that it does not need: a device's server, or all of ours where the name is empty."""

    process: str


Deed = HoldAhead | Tell | Hear | AskBack


@dataclass(slots=True)
class MemoryWatch:
    """Looks every `every_seconds`; beyond `limit_share` of a memory, 0 to 1, something is done at once."""

    limit_share: float
    sample: Callable[[], MemorySample] = ram
    every_seconds: float = EVERY_SECONDS
    _pressure: Pressure = field(init=False)
    _devices: dict[str, Mark] = field(default_factory=dict)
    _asked: dict[str, float] = field(default_factory=dict)
    """When whose memory was last asked back, for as long as it is short."""
    _next: float = 0.0

    def __post_init__(self) -> None:
        self._pressure = Pressure(self.limit_share)

    def look(self, at: float, devices: Callable[[], Sequence[DeviceSample]] = tuple) -> tuple[Deed, ...]:
        """Give what is to be done now, in its order; `devices` gives the run's own as they are."""
        if at < self._next:
            return ()
        self._next = at + self.every_seconds
        sample = self.sample()
        deeds = [deed for turn in self._pressure.hear(sample) for deed in _deeds(turn, sample, at)]
        deeds += self._asked_back(EVERYBODY, at, short=self._pressure.short)
        for device in devices():
            deeds += self._of_device(device, at)
        return tuple(deeds)

    def _of_device(self, device: DeviceSample, at: float) -> Iterator[Deed]:
        if device.total_bytes is None or device.used_bytes is None:
            return
        mark = self._devices.setdefault(device.device, Mark(self.limit_share))
        memory = MemorySample(device.total_bytes, max(device.total_bytes - device.used_bytes, 0))
        share = round(memory.used_share, 3)
        if mark.crossed(memory.used_share):
            short = DeviceShort(device.device, share, memory.free_bytes)
            yield Tell(short if mark.over else DeviceEnough(device.device, share))
        yield from self._asked_back(device.device, at, short=mark.over)

    def _asked_back(self, device: str, at: float, *, short: bool) -> Iterator[Deed]:
        if not short:
            self._asked.pop(device, None)
        elif device not in self._asked or at >= self._asked[device] + AGAIN_SECONDS:
            self._asked[device] = at
            yield AskBack(device)


def _deeds(turn: Turn, sample: MemorySample, at: float) -> tuple[Deed, ...]:
    share = round(sample.used_share, 3)
    match turn:
        case Turn.TIGHT:
            return (HoldAhead(on=True),)
        case Turn.SHORT:
            return Tell(MemoryShort(share, sample.free_bytes)), Hear(Pressed(at))
        case Turn.ENOUGH:
            return Tell(MemoryEnough(share)), Hear(Relieved(at))
        case Turn.ROOMY:
            return (HoldAhead(on=False),)
