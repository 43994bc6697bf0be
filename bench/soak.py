"""The memory of a run whose engine leaks on every page, as curves: workers started anew in time, and never.

    python bench/soak.py [PAGES]

Fails where a page is lost or done twice, where a process is killed, or where a worker that is started anew ever holds
more than it may: what it had after its first pages, the growth allowed, and the leak of the page that was too much.
"""

import argparse
import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from htrkit.domain.events import MachineSampled, PageDone, Record, WorkerLost, WorkerRetired
from tests.fakes.soaking import LEAK_BYTES, Told, soaked

PAGES = 600
GROWTH_BYTES = 150_000_000
SETTLED_PAGES = 3
SLACK_BYTES = 20_000_000
"""What imports on the first page, and the C library's own keeping, may add."""
MOST_GROWN = GROWTH_BYTES + (SETTLED_PAGES + 1) * LEAK_BYTES + SLACK_BYTES
PROCESSES = ("run", "w0", "w1")
WIDTH = 72
ROWS = 12
MEGABYTE = 10**6
BARS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Point:
    """How a moment of the run looked."""

    seconds: float
    done: int
    sample: MachineSampled

    def megabytes(self, process: str, *, proportional: bool = False) -> float | None:
        """Give the RSS, or the PSS, of a process; None where it did not live or nothing was told."""
        for one in self.sample.processes:
            if one.process == process:
                held = one.proportional_bytes if proportional else one.resident_bytes
                return None if held is None else held / MEGABYTE
        return None


@dataclass(slots=True)
class Points:
    """Listens to a run."""

    clock: Callable[[], float] = time.monotonic
    points: list[Point] = field(default_factory=list)
    _start: float | None = None
    _done: int = 0

    def __call__(self, record: Record) -> None:
        """Take in an event."""
        now = self.clock()
        self._start = now if self._start is None else self._start
        match record.event:
            case PageDone():
                self._done += 1
            case MachineSampled() as sample:
                self.points.append(Point(now - self._start, self._done, sample))
            case _:
                pass


def main() -> None:
    """Run with recycling and without, and print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="?", type=int, default=PAGES)
    pages = parser.parse_args().pages
    cases = {f"started anew after {GROWTH_BYTES // MEGABYTE} MB of growth": GROWTH_BYTES, "never started anew": None}
    problems: list[str] = []
    for title, growth_bytes in cases.items():
        told, points = Told(), Points()
        with tempfile.TemporaryDirectory() as folder:
            ended = soaked(Path(folder), pages, [told, points], growth_bytes=growth_bytes)
        say(f"{title}: {ended.counts.done:,} of {pages:,} pages, each of which leaks {LEAK_BYTES // MEGABYTE} MB")
        say(f"{len(told.of(WorkerRetired))} workers started anew, {len(told.of(WorkerLost))} lost\n")
        draw(points.points)
        problems += found(told, pages, growth_bytes)
    if problems:
        raise SystemExit("\n".join(problems))


def draw(points: Sequence[Point]) -> None:
    """Print each process's curve, and a table of some of its points."""
    top = max((value for point in points for name in PROCESSES if (value := point.megabytes(name))), default=0.0)
    end = points[-1].seconds
    for name in PROCESSES:
        say(f"{name:>4} {''.join(bars(points, name, top, end))}")
    say(f"{'':4} 0 s{'':{WIDTH - 10}}{end:5.1f} s    RSS, a full bar is {top:,.0f} MB\n")
    heads = "".join(f"{name:>9}{'PSS':>7}" for name in PROCESSES)
    say(f"{'s':>6}{'pages':>7}{heads}{'free GB':>10}")
    for place in range(ROWS):
        point = points[round(place * (len(points) - 1) / (ROWS - 1))]
        row = "".join(
            f"{number(point.megabytes(name)):>9}{number(point.megabytes(name, proportional=True)):>7}"
            for name in PROCESSES
        )
        say(f"{point.seconds:6.1f}{point.done:7,}{row}{point.sample.free_bytes / 1e9:10.1f}")
    say("")


def bars(points: Sequence[Point], process: str, top: float, end: float) -> Iterator[str]:
    """Give a bar for each slice of the time: the most that the process held in it, nothing where it did not live."""
    held = [(point.seconds, point.megabytes(process) or 0.0) for point in points]
    for place in range(WIDTH):
        since, until = end * place / WIDTH, end * (place + 1) / WIDTH
        # A slice without a point of its own has what was there before.
        before = [value for seconds, value in held if seconds < since][-1:]
        values = [value for seconds, value in held if since <= seconds <= until] or before or [0.0]
        yield BARS[math.ceil(max(values) / top * (len(BARS) - 1))]


def number(value: float | None) -> str:
    """Give whole megabytes."""
    return "-" if value is None else f"{value:,.0f}"


def found(told: Told, pages: int, growth_bytes: int | None) -> Iterator[str]:
    """Tell what went wrong."""
    done = [event.key for event in told.of(PageDone)]
    if len(done) != pages or len(set(done)) != pages:
        yield f"{len(done)} pages done, {len(set(done))} of them different, of {pages}"
    if told.of(WorkerLost):
        yield f"{len(told.of(WorkerLost))} processes lost"
    grown = [max(life) - min(life) for worker in PROCESSES[1:] for life in told.lives(worker)]
    if growth_bytes is not None and max(grown, default=0) > MOST_GROWN:
        yield f"a worker grew by {max(grown) / MEGABYTE:,.0f} MB, and {MOST_GROWN / MEGABYTE:,.0f} MB is the most"


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
