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
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.simulated.gains import BY_DEVICES, PAGES, Gain, gains

LEAST_GAIN = 1.9


def main(words: Sequence[str] | None = None, *, measured: Callable[[int], Iterable[Gain]] = gains) -> None:
    """Run each case on one device and on two; raises SystemExit where the second gains too little."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="?", type=int, default=PAGES)
    count = parser.parse_args(words).pages
    sys.stdout.write(f"{count} pages\n{'bound by':20}  one device       two  gain  batches\n")
    gained = {}
    for gain in measured(count):
        gained[gain.case] = gain.times
        seconds = f"{gain.one.wall_seconds:8.1f} s  {gain.two.wall_seconds:6.1f} s  {gain.times:.2f}"
        sys.stdout.write(f"{gain.case:20}  {seconds}  {gain.one}, {gain.two}\n")
        sys.stdout.flush()
    if gained[BY_DEVICES.name] < LEAST_GAIN:
        raise SystemExit(f"less than {LEAST_GAIN} times as fast")


if __name__ == "__main__":
    main()
