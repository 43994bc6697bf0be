"""States of live panels as runs bring them about: by events and glimpses, on a clock that is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from htrkit.core.recount import Recount
from htrkit.domain.events import BatchResized, Event, PageDone, PageFailed, PageStarted, RunStarted, ServerStarted
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.glimpse import Glimpse, OnDevice
from htrkit.domain.names import PageKey
from htrkit.domain.sample import DeviceSample, MachineSample
from htrkit.domain.schedule import InHand
from htrkit.ui.live_devices import device_sampled
from htrkit.ui.live_drawing import Title
from htrkit.ui.live_hearing import heard, seen
from htrkit.ui.live_state import LiveState

GB = 10**9
TITLE = Title("htrkit run", "leuven-1714", "kraken")


def done(
    key: str, *, device: str = "cuda:0", flags: tuple[str, ...] = (), confidence: float | None = 0.93, took: float = 9
) -> PageDone:
    return PageDone(PageKey(key), 41, 2000, confidence, took, {}, (), flags, worker="w0", device=device)


def failed(key: str, message: str, failure: FailureClass = FailureClass.OOM) -> PageFailed:
    return PageFailed(PageKey(key), f"{key}.jpg", failure, Step.RECOGNISE, message, 2)


@dataclass(slots=True)
class Told:
    """A state that grows with what is told at `now`."""

    now: float = 1000.0
    count: Recount = field(default_factory=Recount)
    state: LiveState = field(default_factory=lambda: LiveState(1000.0))

    def hear(self, *events: Event, step: float = 0.0) -> "Told":
        for event in events:
            self.now += step
            self.state = heard(self.state, event, self.now, self.count.hear(event))
        return self

    def see(self, glimpse: Glimpse) -> "Told":
        self.state = seen(self.state, glimpse)
        return self

    def sample(self, sample: MachineSample) -> "Told":
        self.state = device_sampled(self.state, sample, self.now)
        return self


def glimpse(at: float, *hands: InHand, servers: Sequence[str] = (), waiting: int = 0, workers: int = 16) -> Glimpse:
    on = tuple(OnDevice(name, Step.RECOGNISE, 48, waiting if index == 0 else 0) for index, name in enumerate(servers))
    return Glimpse(at, hands, workers, on, 61 * GB, 97, 16)


def l40s(name: str, used: float, load: int, heat: int) -> DeviceSample:
    return DeviceSample(name, 46 * GB, int(used * GB), load, heat, "NVIDIA L40S")


def two_cards() -> Told:
    """Give the run of the page on screens: two L40S, 58 % done."""
    return _copy(_two_cards())


def _copy(told: Told) -> Told:
    return Told(told.now, Recount(told.count.tally), told.state)


@cache
def _two_cards() -> Told:
    told = Told().hear(RunStarted("id", 9984, "f"))
    told.see(glimpse(told.now, servers=("cuda:0", "cuda:1")))
    told.hear(ServerStarted("cuda:0", 1, 9.0), ServerStarted("cuda:1", 2, 9.0))
    told.hear(*(BatchResized(name, Step.RECOGNISE, 32, 48) for name in ("cuda:0", "cuda:1")))
    for number in range(5788):
        told.hear(done(f"box1/{number:04}", device=f"cuda:{number % 2}"), step=0.75)
    told.hear(failed("box11/0877.tif", "out of memory at batch 1 (212 MP)"))
    told.hear(done("box12/0102.jpg", flags=("repetition ×14 in line 9",)))
    told.sample(MachineSample(755 * GB, 607 * GB, 0, (l40s("cuda:0", 37.9, 97, 71), l40s("cuda:1", 37.1, 95, 69))))
    hands = (
        InHand("w0", PageKey("box12/0311.jpg"), 1, Step.RECOGNISE, told.now - 4),
        InHand("w1", PageKey("box12/0312.jpg"), 1, Step.SEGMENT, told.now - 2),
    )
    told.hear(*(PageStarted(hand.key, 1) for hand in hands))
    return told.see(glimpse(told.now, *hands, servers=("cuda:0", "cuda:1"), waiting=320))
