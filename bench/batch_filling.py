"""How full a device server's batches are and what of them is padding, by its own queue and a simulated clock.

    python bench/batch_filling.py [--pages N]

Lines are as wide as those of 114 real pages, books mixed; a batch takes as long as a full one of its widest line,
and the next is taken while it computes, as on a GPU. `busy` devices have always something to do; at `even` a page's way
through its worker takes as long as workers and device can just keep up with; `idle` devices wait for their workers.
Fails where Kraken's batches (32 lines, 8 workers or more, a busy device) are less than 85 % full or over 15 % padding.
"""

import argparse
import heapq
import sys
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.simulated.law import Law
from htrkit.core.batching import BatchQueue, Waiting
from htrkit.domain.failure import Step
from htrkit.run.device_server import DRY_SECONDS

ROOMS = (16, 32, 64)
WORKERS = (2, 4, 8, 16, 32)
LEAST_FULL = 0.85
MOST_PADDING = 0.15
SETTLED_SHARE = 0.1
"""Batches at the beginning and at the end that are not counted."""
LOADS = {"busy": 0.1, "even": 1.0, "idle": 10.0}
"""Seconds of a page in its worker, for each worker, as a multiple of its seconds on the device."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a batch held."""

    items: int
    useful: float
    padded: float


@dataclass(slots=True)
class Run:
    """Workers, each with one page at a time, and a device."""

    law: Law
    pages: int
    workers: int
    worker_seconds: float
    batches: list[Batch] = field(default_factory=list)
    longest_wait: float = 0.0
    _now: float = 0.0
    _taken: int = 0
    _left: Counter[str] = field(default_factory=Counter)
    _asked: dict[int, float] = field(default_factory=dict)
    _coming: list[tuple[float, int, str | tuple[Waiting, ...]]] = field(default_factory=list)
    _numbers: count = field(default_factory=count)  # type: ignore[type-arg]
    _queue: BatchQueue = field(init=False)
    _computed: tuple[Waiting, ...] = ()
    _ahead: tuple[Waiting, ...] = ()

    def go(self) -> "Run":
        """Let time pass until every page is through."""
        self._queue = BatchQueue(lambda *_: self.law.room, dry_seconds=DRY_SECONDS)
        for number in range(self.workers):
            self._later(self.worker_seconds * (number + 1) / self.workers, f"w{number}")
        while self._coming or self._ahead or self._queue.waiting:
            self._feed()
            self._now, _, what = heapq.heappop(self._coming)
            if isinstance(what, str):
                self._prepared(what)
            elif what:
                self._answered(what)
        return self

    @property
    def seconds(self) -> float:
        """When the last page was through."""
        return self._now

    def shares(self) -> tuple[float, float]:
        """Give how full the batches were, and what of them was padding."""
        few = int(len(self.batches) * SETTLED_SHARE)
        settled = self.batches[few : len(self.batches) - few]
        items, useful, padded = (sum(getattr(one, name) for one in settled) for name in ("items", "useful", "padded"))
        return items / (len(settled) * self.law.room), 1 - useful / padded

    def _feed(self) -> None:
        if not self._computed:
            self._computed, self._ahead = self._ahead or self._queue.take(self._now), ()
            if self._computed:
                costs = [item.cost for item in self._computed]
                self.batches.append(Batch(len(costs), sum(costs), max(costs) * len(costs)))
                self._later(self.law.batch_seconds(costs), self._computed)
            elif (due := self._queue.due()) is not None:
                self._later(max(due - self._now, 0.0), ())
        if self._computed and not self._ahead:
            self._ahead = self._queue.take_full()

    def _prepared(self, worker: str) -> None:
        if self._taken >= self.pages:
            return
        widths = self.law.widths(self._taken)
        self._taken += 1
        self._left[worker] = len(widths)
        for width in widths:
            number = next(self._numbers)
            self._asked[number] = self._now
            self._queue.add(Waiting(worker, number, Step.RECOGNISE, float(width)), self._now)

    def _answered(self, batch: tuple[Waiting, ...]) -> None:
        self._computed = ()
        for item in batch:
            self.longest_wait = max(self.longest_wait, self._now - self._asked.pop(item.number))
            self._left[item.asker] -= 1
            if not self._left[item.asker]:
                self._later(self.worker_seconds, item.asker)

    def _later(self, seconds: float, what: str | tuple[Waiting, ...]) -> None:
        heapq.heappush(self._coming, (self._now + seconds, next(self._numbers), what))


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=342)
    pages = parser.parse_args().pages
    sys.stdout.write(
        f"{'lines':>5} {'workers':>7} {'device':>6} {'full':>6} {'padding':>8} {'longest wait':>12} s a page\n"
    )
    missed = False
    for room in ROOMS:
        for workers in WORKERS:
            for load, multiple in LOADS.items():
                run = Run(Law(room=room), pages, workers, multiple * workers).go()
                full, padding = run.shares()
                cells = f"{room:5} {workers:7} {load:>6} {full:6.1%} {padding:8.1%} {run.longest_wait:10.1f} s"
                sys.stdout.write(f"{cells} {run.seconds / pages:8.3f}\n")
                counts = room == 32 and workers >= 8 and load == "busy"
                missed |= counts and (full < LEAST_FULL or padding > MOST_PADDING)
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
