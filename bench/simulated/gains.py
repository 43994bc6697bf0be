"""What a second device gains, case by case, from the start of a run to its end."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from bench.simulated.law import Law
from bench.simulated.runs import Took, took

SECOND_A_PAGE = Law(page_seconds=1.0)
BOUND_BY_CPU = Law(page_seconds=0.001, worker_seconds=0.2)
PAGES = 160


@dataclass(frozen=True, slots=True)
class Case:
    """One comparison."""

    name: str
    law: Law
    workers: tuple[int, int]
    """With one device, and with two."""


BY_DEVICES = Case("device", SECOND_A_PAGE, (8, 16))
"""The case that has a bar."""
CASES = (
    BY_DEVICES,
    Case("device, 16 workers", SECOND_A_PAGE, (16, 16)),
    Case("CPU, 16 workers", BOUND_BY_CPU, (16, 16)),
)


@dataclass(frozen=True, slots=True)
class Run:
    """What a run on one device or on two took."""

    wall_seconds: float
    full_share: float
    """How full the batches were, 0 to 1."""
    padding_share: float
    """What of the devices' work was padding, 0 to 1."""

    @classmethod
    def of(cls, run: Took) -> Self:
        """Keep of a run what a comparison tells."""
        return cls(run.wall_seconds, run.full_share, run.padding_share)

    def __str__(self) -> str:
        return f"{self.full_share:.0%} full, {self.padding_share:.0%} padding"


@dataclass(frozen=True, slots=True)
class Gain:
    """One device and two, over the same pages."""

    case: str
    """What they are bound by."""
    pages: int
    one: Run
    two: Run
    others_cpu_share: float | None = None
    """Of the machine, by whatever else ran meanwhile; None where nobody looked."""

    @property
    def times(self) -> float:
        """How many times as fast two are."""
        return self.one.wall_seconds / self.two.wall_seconds


def gains(pages: int = PAGES) -> Iterator[Gain]:
    """Run each case on one device and on two; raises SystemExit where a page is not done."""
    for case in CASES:
        one, two = (
            Run.of(took(case.law, pages, workers=workers, devices=devices))
            for devices, workers in enumerate(case.workers, 1)
        )
        yield Gain(case.name, pages, one, two)
