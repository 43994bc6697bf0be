"""Runs of rising size over real pages: the command that users give, with lines given or found."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.beside.measuring import Spent, measured
from bench.beside.pages import sources
from bench.beside.setting import CPU
from bench.scales.rows import Row

FEWEST = 4
"""Pages of the run whose cost is start-up, and is taken from the others'."""
MANY = 100
ENVIRONMENT = {"OMP_NUM_THREADS": "1"}


def by_real_pages(folder: Path, counts: Sequence[int], *, workers: Sequence[int], model: str) -> Iterator[Row]:
    """Vary the pages, with lines given: those of a folder, as often as it takes; raises Broken."""
    with tempfile.TemporaryDirectory(prefix="htrkit-scaling-") as name:
        for crew in workers:
            least, before = _run(folder, Path(name), FEWEST, crew, model), 0
            for pages in counts:
                row = _row(pages, crew, _run(folder, Path(name), pages, crew, model), least, before)
                yield row
                # Fewer have not seen the largest page of the folder.
                before = row.peak_bytes if pages >= MANY else 0


def _run(folder: Path, place: Path, pages: int, workers: int, model: str) -> Spent:
    scans, out = place / f"scans-{pages}", place / f"out-{pages}-{workers}"
    if not scans.exists():
        _copied(folder, scans, pages)
    out.mkdir()
    words = [sys.executable, "-m", "htrkit", "run", str(scans), "-o", str(out), "--jobs", str(workers)]
    command = [*words, "--model", model, "-s", "sidecar", "--device", CPU]
    spent = measured([command], out, environment={**os.environ, **ENVIRONMENT}, card=None)
    shutil.rmtree(out)
    return spent


def _copied(folder: Path, scans: Path, pages: int) -> None:
    """Put so many pages into a folder, each with its lines beside it; the same ones come again and again."""
    scans.mkdir()
    chosen = sources(folder)
    for number in range(pages):
        source = chosen[number % len(chosen)]
        for path in (source.picture, source.truth):
            # A link would be the same file again, and that is one page.
            shutil.copyfile(path, scans / f"{number:05}{path.suffix}")


def _row(pages: int, workers: int, spent: Spent, least: Spent, before: int) -> Row:
    more = max(pages - FEWEST, 1)
    wall, cpu = spent.wall_seconds - least.wall_seconds, spent.cpu_seconds - least.cpu_seconds
    held, before = spent.together_bytes or 0, least.together_bytes or 0
    return Row(
        "real pages", f"{workers} workers, lines given", pages, workers, 0, wall / more, cpu / more, held, before
    )
