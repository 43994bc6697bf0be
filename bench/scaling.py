"""What a page costs, in seconds and memory, as a run grows: more pages, more lines, more workers and devices.

    python bench/scaling.py                    simulated devices, ten minutes; tracing and cutting, half a minute
    python bench/scaling.py --real FOLDER      also real pages of a folder, with their lines beside them

Simulated devices sleep, so that only the toolkit's own work can grow; pages of 5 to 500 lines are drawn, and traced and
cut as pages are in a run; real pages are read by the command that users give. Fails where a page of the largest run
costs over 5 % more than one of a tenth of it, or where memory grows.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.beside.machine import described
from bench.beside.setting import CPU, MEDIEVAL
from bench.scales.geometry import by_lines_of_geometry
from bench.scales.real import by_real_pages
from bench.scales.rows import Row, document, table
from bench.scales.series import by_crew, by_lines, by_pages

SERIES = ("pages", "lines", "crews", "geometry")
COUNTS = (10, 100, 1000)
MOST_DEARER = 0.05
"""A page of the largest run may cost so much more than one of the run before."""
MOST_GROWN = 0.10
"""So much more memory may be held later than in the first quarter: the largest pages come by chance."""
MOST_BYTES = 3_500_000_000


def main() -> int:
    """Run the series, print the table, write the JSON."""
    asked = options().parse_args()
    rows: list[Row] = []
    sys.stdout.write(table([]) + "\n")
    for row in rows_of(asked):
        rows.append(row)
        sys.stdout.write(table([row]).splitlines()[1] + "\n")
        sys.stdout.flush()
    machine = {key: value for key, value in asdict(described(CPU)).items() if value is not None}
    asked.json.write_text(json.dumps(document(rows, machine), indent=1), encoding="utf-8")
    missed = list(misses(rows))
    for one in missed:
        sys.stdout.write(f"missed: {one}\n")
    return 1 if missed else 0


def misses(rows: Sequence[Row]) -> Iterator[str]:
    """Say which bars are missed."""
    for series, workers in dict.fromkeys((row.series, row.workers) for row in rows if row.pages >= COUNTS[1]):
        grown = [row for row in rows if (row.series, row.workers) == (series, workers) and row.pages >= COUNTS[1]]
        if series == "workers and devices" or len(grown) < 2:
            continue
        before, after = grown[-2:]
        for what in ("seconds_a_page", "cpu_seconds_a_page"):
            dearer = getattr(after, what) / getattr(before, what) - 1
            if dearer > MOST_DEARER:
                yield f"{series}, {workers} workers: {what} rise by {dearer:.1%} from {before.pages} to {after.pages}"
    for row in rows:
        if row.pages >= COUNTS[1] and row.grown_share > MOST_GROWN:
            yield f"{row.series}, {row.case}: memory grows by {row.grown_share:.1%}"
        if row.workers <= 2 and row.peak_bytes > MOST_BYTES:
            yield f"{row.series}, {row.case}: {row.peak_bytes / 1e9:.1f} GB are held"


def rows_of(asked: argparse.Namespace) -> Iterator[Row]:
    """Run what is asked for, a row a run."""
    counts = [count for count in COUNTS if count <= asked.most]
    if "pages" in asked.series:
        yield from by_pages(counts)
    if "lines" in asked.series:
        yield from by_lines()
    if "crews" in asked.series:
        yield from by_crew()
    if "geometry" in asked.series:
        yield from by_lines_of_geometry()
    if asked.real is not None:
        yield from by_real_pages(asked.real, counts, workers=(1, 2), model=asked.model)


def usual_rows() -> Iterator[Row]:
    """Run what is run where nothing is asked for."""
    return rows_of(options().parse_args([]))


def options() -> argparse.ArgumentParser:
    """Give the command's options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", nargs="*", choices=SERIES, default=list(SERIES))
    parser.add_argument("--most", type=int, default=COUNTS[-1], help="pages of the largest run (%(default)s)")
    parser.add_argument("--real", type=Path, metavar="FOLDER", help="images with ALTO or PAGE files beside them")
    parser.add_argument("--model", default=str(MEDIEVAL), help="the recogniser for --real")
    parser.add_argument("--json", type=Path, default=Path("scaling.json"))
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
