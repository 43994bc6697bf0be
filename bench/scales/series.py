"""Runs of rising size over simulated devices: nothing but the toolkit's own work is left to grow."""

from collections.abc import Iterator, Sequence

from bench.scales.rows import Row
from bench.simulated.law import Law
from bench.simulated.runs import Took, took

QUICK = Law(page_seconds=0.1)
"""A device that takes a tenth of a second a page: 1,000 pages take three minutes."""
ALIKE = Law(page_seconds=QUICK.page_seconds, lines=42)
"""The same for pages that are alike: the first hundred real ones are not what all of them are."""
LINES = (5, 20, 50, 100, 200)
CREWS = ((1, 1), (2, 1), (2, 2), (8, 1), (8, 2))
"""Workers and devices."""
CREW_PAGES = 100
LINES_PAGES = 60
SHORT_TIMES = 3
"""So often short runs are made, and the one of the middle counts: the processor time of runs of 100 pages scatters by
7 %, and a page may get dearer by 5."""
LONG = 1000


def by_pages(counts: Sequence[int]) -> Iterator[Row]:
    """Vary the pages; two workers, one device."""
    for pages in counts:
        runs = [took(ALIKE, pages, workers=2, devices=1) for _ in range(1 if pages >= LONG else SHORT_TIMES)]
        yield _row("pages", f"{pages} pages", middle(runs), workers=2, devices=1)


def middle(runs: Sequence[Took]) -> Took:
    """Give of an odd number of runs the one whose processor time has as many above it as below."""
    return sorted(runs, key=lambda run: run.steady_cpu_seconds)[len(runs) // 2]


def by_lines() -> Iterator[Row]:
    """Vary the lines of a page; the device takes as long for a line, so that a page's cost rises with its lines."""
    for lines in LINES:
        law = Law(page_seconds=QUICK.page_seconds, lines=lines)
        yield _row("lines", f"{lines} lines a page", took(law, LINES_PAGES, workers=2, devices=1), workers=2, devices=1)


def by_crew() -> Iterator[Row]:
    """Vary workers and devices."""
    for workers, devices in CREWS:
        run = took(QUICK, CREW_PAGES, workers=workers, devices=devices)
        yield _row(
            "workers and devices", f"{workers} workers, {devices} devices", run, workers=workers, devices=devices
        )


def _row(series: str, case: str, run: Took, *, workers: int, devices: int) -> Row:
    memory = run.peak_bytes, run.early_bytes
    cost = run.steady_seconds / max(run.pages - 1, 1), run.steady_cpu_seconds / max(run.pages - 1, 1)
    return Row(series, case, run.pages, workers, devices, *cost, *memory, run.full_share, run.padding_share)
