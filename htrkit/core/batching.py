"""Which of the items that wait for a device go into its next batch: those of different pages share one."""

from collections.abc import Callable, Iterator, Sequence
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


Most = Callable[[Step, float], int]
"""Gives the items that a batch of a step may hold whose costliest item costs that much, 1 or more."""


class BatchQueue:
    """The items that wait, in the order in which they came.

    A batch is taken when it is full, or when nothing more has come for `dry_seconds`. It holds items of one step: the
    one that has waited longest, and those nearest to it in cost, so that little is padded and nothing waits for ever.
    """

    def __init__(self, most: Most, *, dry_seconds: float) -> None:
        self._most = most
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

    @property
    def waiting(self) -> int:
        """The items that wait."""
        return len(self._items)

    def take(self, at: float) -> tuple[Waiting, ...]:
        """Take the next batch, the costliest item first; nothing where it is better to wait, or nothing waits."""
        items = list(self._eligible())
        if not items:
            return ()
        oldest = items[0]
        alike = [item for item in items if item.step is oldest.step]
        if len(alike) < self._most(oldest.step, oldest.cost) and at < self._latest + self._dry_seconds:
            return ()
        batch = _around(oldest, alike, self._most)
        for item in batch:
            del self._items[item.asker, item.number]
        return batch

    def due(self) -> float | None:
        """Give the moment from which `take` gives what there is; None where nothing waits."""
        return self._latest + self._dry_seconds if any(True for _ in self._eligible()) else None

    def _eligible(self) -> Iterator[Waiting]:
        return (item for item in self._items.values() if self._only in {"", item.asker})


def _around(oldest: Waiting, alike: Sequence[Waiting], most: Most) -> tuple[Waiting, ...]:
    """Give the largest batch with the oldest item in it of items that are neighbours by cost; among those, an even one.

    Its costliest item comes first, and that is the one that says how many there is room for.
    """
    ordered = sorted(alike, key=lambda item: -item.cost)
    place = ordered.index(oldest)
    best = range(place, place + 1)
    for start in range(max(place - most(oldest.step, oldest.cost) + 1, 0), place + 1):
        size = min(most(oldest.step, ordered[start].cost), len(ordered) - start)
        window = range(start, start + size)
        if place in window and _rank(window, place) > _rank(best, place):
            best = window
    return tuple(ordered[best.start : best.stop])


def _rank(window: range, place: int) -> tuple[int, int]:
    """Put the larger batch first, then the one in whose middle the oldest item lies."""
    return len(window), -abs(window.start + len(window) // 2 - place)
