"""A device of so many bytes and such a speed, with neighbours that come and go, in no time at all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from htrkit.core.batch_steering import BatchHeard, BatchSteering, Computed, OutOfMemory

GB = 10**9
L40S_BYTES = 46 * GB
BatchSeconds = Callable[[int], float]


def amortised(items: int) -> float:
    """Half a second a batch and 20 ms an item: the more in a batch, the quicker each."""
    return 0.5 + 0.02 * items


@dataclass(slots=True)
class SimulatedDevice:
    """Computes batches; what does not fit is out of memory, as a driver would say."""

    model_bytes: int = 2 * GB
    item_bytes: int = 300_000_000
    total_bytes: int = L40S_BYTES
    seconds: BatchSeconds = amortised
    costs: Iterable[float] = ()
    """How much more than usual the costliest item of each batch takes; 1 when they have run out."""
    others_bytes: int = 0
    now: float = 0.0
    _costs: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._costs = list(self.costs)

    def compute(self, items: int) -> BatchHeard:
        """Put a batch on the device and let time pass."""
        factor = self._costs.pop(0) if self._costs else 1.0
        peak = round(self.model_bytes + items * self.item_bytes * factor)
        free = self.total_bytes - self.others_bytes
        if peak > free:
            return OutOfMemory(items, free - self.model_bytes)
        seconds = self.seconds(items) * factor
        self.now += seconds
        return Computed(items, items * factor, seconds, peak, free - peak)

    def largest(self, *, share: float = 0.9, most: int = 128) -> int:
        """Give the items that fit below the share of the device, whoever holds the rest of it."""
        room = self.total_bytes * share - self.others_bytes - self.model_bytes
        return max(min(int(room // self.item_bytes), most), 1)


@dataclass(slots=True)
class SteeredRun:
    """Batches as a device server takes them: one that does not fit is halved until it does, and the size is steered."""

    device: SimulatedDevice
    steering: BatchSteering
    sizes: list[int] = field(default_factory=list)
    """What each batch was asked to hold."""
    out_of_memory: int = 0
    failed: int = 0
    """Items that do not fit alone."""
    peaks: list[float] = field(default_factory=list)
    """The share of the device that everybody held, at each batch that was computed."""

    def go(self, batches: int) -> "SteeredRun":
        """Compute so many batches, each as full as it may be."""
        for _ in range(batches):
            self.sizes.append(self.steering.size)
            self._answer(self.steering.size)
        return self

    def _answer(self, items: int) -> None:
        left, most = items, items
        while left:
            tried = min(left, most)
            heard = self.device.compute(tried)
            self.steering.hear(heard)
            match heard:
                case Computed():
                    self.peaks.append(1 - heard.free_bytes / self.device.total_bytes)
                    left -= tried
                case OutOfMemory():
                    self.out_of_memory += 1
                    self.failed += tried == 1
                    left -= tried == 1
                    most = max(min(self.steering.size, tried // 2), 1)
