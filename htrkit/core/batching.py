"""Which of the items that wait for a device go into its next batch: those of different pages share one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil

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


FULL = 0.85
"""A batch that holds this share of what it may is as good as full: so much may be left out to keep it even."""
DEAR = 0.2
"""What a batch costs beside its items, as a share of a full one: it is launched, and small ones leave a device half
idle."""
OWN = 1.0
"""How much more an item of the page that has waited longest is worth: a page that is through makes room for the next,
and its worker goes on."""
TRIED = 8
"""Sizes of a batch that are compared, or a few more: the device should not wait for the best of all."""


class BatchQueue:
    """The items that wait, in the order in which they came.

    A batch is taken when it is full, or when nothing more has come for `dry_seconds`. It holds items of one step: the
    one that has waited longest, and neighbours of it in cost, so that little is padded and nothing waits for ever.
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

    def put_back(self, items: Sequence[Waiting]) -> None:
        """Let items wait again that were taken, before all others."""
        self._items = {(item.asker, item.number): item for item in items} | self._items

    def forget(self, asker: str) -> None:
        """Take out what a worker asked for that is gone or asks anew."""
        self._items = {key: item for key, item in self._items.items() if item.asker != asker}

    def serve_only(self, asker: str) -> None:
        """Answer one worker alone from now on; an empty name: everybody."""
        self._only = asker

    def serves(self, askers: Iterable[str]) -> bool:
        """Tell whether all of these may be answered now."""
        return not self._only or all(asker == self._only for asker in askers)

    def room(self, costliest: Waiting) -> int:
        """Give the items that a batch may hold whose costliest is this one."""
        return self._most(costliest.step, costliest.cost)

    @property
    def waiting(self) -> int:
        """The items that wait."""
        return len(self._items)

    def take(self, at: float) -> tuple[Waiting, ...]:
        """Take the next batch, the costliest item first; nothing where it is better to wait, or nothing waits."""
        batch, full = self._next()
        if not full and at < self._latest + self._dry_seconds:
            return ()
        return self._taken(batch)

    def take_full(self) -> tuple[Waiting, ...]:
        """Take the next batch if it is full: what a device may be given that is not idle yet."""
        batch, full = self._next()
        return self._taken(batch) if full else ()

    def due(self) -> float | None:
        """Give the moment from which `take` gives what there is; None where nothing waits."""
        return self._latest + self._dry_seconds if any(True for _ in self._eligible()) else None

    def _next(self) -> tuple[tuple[Waiting, ...], bool]:
        """Give the batch that could be taken now, and whether it is full."""
        items = list(self._eligible())
        if not items:
            return (), False
        oldest = items[0]
        alike = [item for item in items if item.step is oldest.step]
        full = len(alike) >= self._most(oldest.step, oldest.cost)
        return _around(oldest, alike, self._most), full

    def _taken(self, batch: tuple[Waiting, ...]) -> tuple[Waiting, ...]:
        for item in batch:
            del self._items[item.asker, item.number]
        return batch

    def _eligible(self) -> Iterator[Waiting]:
        return (item for item in self._items.values() if self._only in {"", item.asker})


def _around(oldest: Waiting, alike: Sequence[Waiting], most: Most) -> tuple[Waiting, ...]:
    """Give the batch with the oldest item in it, of neighbours by cost, that makes most of the device's time.

    Its costliest item comes first, and that is the one that says how many there is room for.
    """
    ordered = sorted(alike, key=lambda item: -item.cost)
    place = ordered.index(oldest)
    worth = list(accumulate((_worth(item, oldest) for item in ordered), initial=0.0))
    best, best_rank = range(place, place + 1), (False, 0.0)
    for start in range(max(place - most(oldest.step, oldest.cost) + 1, 0), place + 1):
        cost = ordered[start].cost
        room = most(oldest.step, cost)
        least = _least(len(ordered), room)
        for size in range(room, least - 1, -max((room - least) // TRIED, 1)):
            stop = min(start + size, len(ordered))
            gained = (worth[stop] - worth[start]) / (DEAR * room + stop - start) / max(cost, 1.0)
            rank = stop - start >= least, gained
            if stop > place and rank > best_rank:
                best, best_rank = range(start, stop), rank
    return tuple(ordered[best.start : best.stop])


def _least(waiting: int, room: int) -> int:
    """Give the items that a batch holds at least: as good as full.

    Where few wait it may hold fewer, if that leaves no more batches than they come to anyway.
    """
    return ceil(room * FULL) if waiting > 2 * room else waiting - (ceil(waiting / room) - 1) * room


def _worth(item: Waiting, oldest: Waiting) -> float:
    return item.cost * (1 + OWN) if item.asker == oldest.asker else item.cost
