"""Which of the items that wait for a device go into its next batch: those of different pages share one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from htrkit.domain.failure import Step


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item that waits; what is to be computed stays with whoever keeps it."""

    asker: str
    """The worker that asked."""
    number: int
    """The worker's own, never used twice for one asker."""
    step: Step
    cost: float


class BatchQueue:
    """The items that wait, in the order in which they came.

    A batch is taken when it is full, or when nothing more has come for `dry_seconds`. It holds items of one step: the
    one that has waited longest, and those nearest to it in cost, so that little is padded and nothing waits for ever.
    """

    def __init__(self, sizes: Mapping[Step, int], *, dry_seconds: float) -> None:
        self._sizes = dict(sizes)
        self._dry_seconds = dry_seconds
        self._items: dict[tuple[str, int], Waiting] = {}
        self._latest = 0.0
        self._only = ""

    def add(self, item: Waiting, at: float) -> None:
        """Let an item wait, from this moment on."""
        self._items[item.asker, item.number] = item
        self._latest = at

    def forget(self, asker: str) -> None:
        """Take out what a worker asked for that is gone or asks anew."""
        self._items = {key: item for key, item in self._items.items() if item.asker != asker}

    def serve_only(self, asker: str) -> None:
        """Answer one worker alone from now on; an empty name: everybody."""
        self._only = asker

    def size_of(self, step: Step) -> int:
        """Give the items in a full batch of a step."""
        return self._sizes[step]

    def shrink(self, step: Step, size: int) -> None:
        """Let a step's batches hold no more items than fitted."""
        self._sizes[step] = max(min(self._sizes[step], size), 1)

    def take(self, at: float) -> tuple[Waiting, ...]:
        """Take the next batch, the costliest item first; nothing where it is better to wait, or nothing waits."""
        items = list(self._eligible())
        if not items:
            return ()
        oldest = items[0]
        alike = [item for item in items if item.step is oldest.step]
        size = self._sizes[oldest.step]
        if len(alike) < size and at < self._latest + self._dry_seconds:
            return ()
        batch = _around(oldest, alike, size)
        for item in batch:
            del self._items[item.asker, item.number]
        return batch

    def due(self) -> float | None:
        """Give the moment from which `take` gives what there is; None where nothing waits."""
        return self._latest + self._dry_seconds if any(True for _ in self._eligible()) else None

    def _eligible(self) -> Iterator[Waiting]:
        return (item for item in self._items.values() if self._only in {"", item.asker})


def _around(oldest: Waiting, alike: Sequence[Waiting], size: int) -> tuple[Waiting, ...]:
    """Give the neighbours of the oldest item, by cost, so that the batch is even."""
    ordered = sorted(alike, key=lambda item: -item.cost)
    place = ordered.index(oldest)
    start = min(max(place - size // 2, 0), max(len(ordered) - size, 0))
    return tuple(ordered[start : start + size])
