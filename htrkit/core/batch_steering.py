"""A device's batches grow while it pays and fit the memory that is there now, whoever else takes or gives it back."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median_high

WINDOW = 16
"""Batches whose costliest item is reckoned with; pages differ, and one of long ago should not count for ever."""
WORTH_GROWING = 0.02
"""A smaller gain in items is left, so that sizes do not flutter."""
SLOWER = 0.9
"""A batch whose speed is below this share of a smaller one's does not pay."""
PROVEN_BY = 3
"""So many batches must say so: one may have met a busy moment."""
TRIED_AGAIN_AFTER_BATCHES = 100
"""A size that did not pay is tried again then: by that time more is known of the smaller one."""
COMPARED_BATCHES = 50
"""Speeds of so many batches are compared; what was earlier may have had another neighbour."""
CAUTION = 1.1
"""After an out-of-memory that nobody could see coming, an item is taken for so much larger."""
CAUTIOUS_BATCHES = 1000
RELAXED = 1.25
"""Then it is taken for so much smaller again, and so on until it shows."""


@dataclass(frozen=True, slots=True)
class Computed:
    """A batch that a device has computed."""

    items: int
    cost: float
    """Of all items together, without what pads them: batches that are mostly padding do not pay."""
    seconds: float
    peak_bytes: int
    """The most that this process needed of the device, the model included."""
    free_bytes: int
    """What was left of the device at that moment; what a cache of ours holds unused counts as free."""


@dataclass(frozen=True, slots=True)
class OutOfMemory:
    """A batch that did not fit."""

    items: int
    free_bytes: int
    """What is free after our cache was emptied: all but the model and what others hold."""


BatchHeard = Computed | OutOfMemory


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """What batches of a step may come to on a device."""

    most: int
    """Items."""
    total_bytes: int
    """The device's memory."""
    model_bytes: int
    """What this process holds of it before the first batch."""
    memory_share: float = 0.9
    """The share of the device that everybody together may hold, 0 to 1."""


@dataclass(frozen=True, slots=True)
class _Lesson:
    """Something learned, which counts up to a batch number."""

    value: float
    until: int


class BatchSteering:
    """Hears of each batch of a step on a device, and says how many items the next one may hold.

    The next holds twice as many at most, and only after a full batch. Out-of-memory halves it, and from then on an item
    is taken to need what it then had at least. Others' memory counts as soon as they take it or give it back.
    """

    def __init__(self, start: int, limits: BatchLimits) -> None:
        self._limits = limits
        self._size = max(min(start, limits.most), 1)
        self._batches = 0
        self._needs: deque[float] = deque(maxlen=WINDOW)
        self._least_need = _Lesson(0, until=0)
        self._room = 0.0
        self._speeds: deque[tuple[int, float]] = deque(maxlen=COMPARED_BATCHES)
        self._pays_up_to = _Lesson(0, until=0)

    @property
    def size(self) -> int:
        """The items that the next batch may hold, 1 or more."""
        return self._size

    @property
    def item_bytes(self) -> int:
        """The bytes that an item takes by what is known; 0 before any batch was computed."""
        return round(max(self._needs, default=0))

    def hear(self, heard: BatchHeard) -> int:
        """Take in a batch; give the items that the next one may hold."""
        self._batches += 1
        if self._batches > self._least_need.until:
            self._least_need = _Lesson(self._least_need.value / RELAXED, self._batches + CAUTIOUS_BATCHES)
        match heard:
            case Computed():
                self._learn(heard)
                self._size = self._next(full=heard.items >= self._size)
            case OutOfMemory():
                self._retreat(heard)
        return self._size

    def _learn(self, batch: Computed) -> None:
        limits = self._limits
        self._needs.append(max((batch.peak_bytes - limits.model_bytes) / batch.items, 1.0))
        others = limits.total_bytes - batch.free_bytes - batch.peak_bytes
        self._room = limits.total_bytes * limits.memory_share - others - limits.model_bytes
        if batch.items >= self._size and batch.seconds > 0:
            self._speeds.append((batch.items, batch.cost / batch.seconds))
            self._look_whether_it_pays(batch.items)

    def _retreat(self, missed: OutOfMemory) -> None:
        limits = self._limits
        unseen = bool(self._needs) and missed.items * max(self._needs) <= missed.free_bytes
        least = missed.free_bytes / missed.items * (CAUTION if unseen else 1)
        self._least_need = _Lesson(max(least, self._least_need.value), self._batches + CAUTIOUS_BATCHES)
        self._room = missed.free_bytes - limits.total_bytes * (1 - limits.memory_share)
        self._size = max(min(missed.items // 2, self._fit()), 1)

    def _next(self, *, full: bool) -> int:
        fit = min(self._fit(), self._limits.most, self._paying())
        if fit <= self._size:
            return max(fit, 1)
        if not full or self._is_in_doubt() or fit - self._size < self._size * WORTH_GROWING:
            return self._size
        return min(fit, self._size * 2)

    def _fit(self) -> int:
        """Give the items that fit now, as far as is known."""
        need = max((*self._needs, self._least_need.value))
        return int(self._room // need) if need else self._limits.most

    def _paying(self) -> int:
        """Give the most items that pay."""
        if self._batches > self._pays_up_to.until:
            return self._limits.most
        return int(self._pays_up_to.value)

    def _look_whether_it_pays(self, size: int) -> None:
        """Go back to a smaller size that was faster, where enough batches say so."""
        faster = self._faster_than(size)
        if faster and len(list(self._speeds_of(size))) >= PROVEN_BY:
            self._pays_up_to = _Lesson(faster, self._batches + TRIED_AGAIN_AFTER_BATCHES)

    def _is_in_doubt(self) -> bool:
        """Tell whether the batches of this size were slower so far: more will tell."""
        return self._faster_than(self._size) > 0

    def _faster_than(self, size: int) -> int:
        """Give the size below this one that was the fastest and clearly faster; 0 where none was."""
        speed = median_high(self._speeds_of(size)) if any(True for _ in self._speeds_of(size)) else 0.0
        smaller = {other for other, _ in self._speeds if other < size}
        speeds = {other: median_high(self._speeds_of(other)) for other in smaller}
        best = max(speeds, key=lambda other: speeds[other], default=0)
        return best if best and speed and speed < speeds[best] * SLOWER else 0

    def _speeds_of(self, size: int) -> Iterator[float]:
        return (speed for items, speed in self._speeds if items == size)
