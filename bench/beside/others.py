"""What share of the machine others take while runs are made one after the other: what disturbs them."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Self, TypeVar

from bench.beside.measuring import busy_seconds
from bench.scales.rows import Row
from bench.simulated.gains import Gain
from bench.simulated.runs import family_cpu_seconds

Run = TypeVar("Run", Row, Gain)


@dataclass(frozen=True, slots=True)
class Look:
    """A look at the machine."""

    at_seconds: float
    machine_cpu_seconds: float
    """Of everything, since it started."""
    own_cpu_seconds: float
    """Of this process and all that it has started and waited for."""
    cores: int
    """All of the machine's."""

    @classmethod
    def now(cls) -> Self:
        """Look at this machine."""
        return cls(time.monotonic(), busy_seconds(), family_cpu_seconds(), os.cpu_count() or 1)

    def others_since(self, before: Self) -> float:
        """Give the share of all cores that was others', 0 to 1."""
        busy = self.machine_cpu_seconds - before.machine_cpu_seconds
        others = max(busy - (self.own_cpu_seconds - before.own_cpu_seconds), 0.0)
        return others / ((self.at_seconds - before.at_seconds) * self.cores)


def beside_others(runs: Iterable[Run], look: Callable[[], Look] = Look.now) -> Iterator[Run]:
    """Give each run, when it is made, with what others took meanwhile."""
    before = look()
    for run in runs:
        after = look()
        yield replace(run, others_cpu_share=after.others_since(before))
        before = look()
