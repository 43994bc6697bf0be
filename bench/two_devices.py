"""One device and two, under real worker and server processes: simulated devices that take a second a page.

    python bench/two_devices.py [PAGES]

The law: a page of the usual number and width of lines costs a device one second at full batches without padding, and a
batch that is not full costs as much as one that is. Lines are as wide as those of 114 real pages, books mixed.
The first case has eight page workers for each device. In the second, sixteen serve one device as they serve two: each
of the two then picks its batches from half as many lines, so that more is padded. The third is bound by the CPU: a page
costs its worker 0.2 s of work and a device next to nothing.
Fails where two devices are less than 1.9 times as fast as one in the first case, from the start to the end.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.simulated.law import Law
from bench.simulated.runs import Took, took

LEAST_GAIN = 1.9
SECOND_A_PAGE = Law(page_seconds=1.0)
BOUND_BY_CPU = Law(page_seconds=0.001, worker_seconds=0.2)


@dataclass(frozen=True, slots=True)
class Case:
    """One comparison."""

    name: str
    law: Law
    workers: tuple[int, int]
    """With one device, and with two."""


CASES = (
    Case("device", SECOND_A_PAGE, (8, 16)),
    Case("device, 16 workers", SECOND_A_PAGE, (16, 16)),
    Case("CPU, 16 workers", BOUND_BY_CPU, (16, 16)),
)


def main() -> None:
    """Run each case on one device and on two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="?", type=int, default=160)
    count = parser.parse_args().pages
    sys.stdout.write(f"{count} pages\n{'bound by':20}  one device       two  gain  batches\n")
    gains = {}
    for case in CASES:
        one, two = (
            took(case.law, count, workers=workers, devices=devices) for devices, workers in enumerate(case.workers, 1)
        )
        gains[case.name] = one.wall_seconds / two.wall_seconds
        seconds = f"{one.wall_seconds:8.1f} s  {two.wall_seconds:6.1f} s  {gains[case.name]:.2f}"
        sys.stdout.write(f"{case.name:20}  {seconds}  {shares(one)}, {shares(two)}\n")
        sys.stdout.flush()
    if gains["device"] < LEAST_GAIN:
        raise SystemExit(f"less than {LEAST_GAIN} times as fast")


def shares(run: Took) -> str:
    """Say how full a run's batches were and what of them was padding: `95 %, 12 %`."""
    return f"{run.full_share:.0%} full, {run.padding_share:.0%} padding"


if __name__ == "__main__":
    main()
