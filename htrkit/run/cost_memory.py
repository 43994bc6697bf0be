"""What pages have cost in earlier runs, kept in the user's cache for each engine, model and device."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from htrkit.core.estimating import Figures
from htrkit.core.page_costs import PageCost, PageFeatures, Source
from htrkit.domain.device import Device
from htrkit.domain.engine import DeviceKind
from htrkit.files.user_cache import cache_folder, read_cached, write_cached
from htrkit.run.bench import Bench

FOLDER = "page-costs"
SCHEMA = 1
MOST_RUNS = 8
"""Runs that are remembered for each engine, model and device, the latest."""
MOST_PAGES = 500
"""Pages that are remembered of a run, spread over all of it."""
LEAST_PAGES = 5
"""With fewer, the table is the better guide."""

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What page costs hold for: with anything of it changed, they say nothing."""

    engine: str
    model: str
    """Its SHA-256."""
    segmentation: str
    """The same of the segmentation model."""
    device: str
    """What the device calls itself."""
    threads: int
    """Of a page worker that runs the networks itself; 0 where a card does."""
    beams: int = 1

    @property
    def name(self) -> str:
        """A short name for a folder."""
        return sha256(repr(self).encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class RunCosts:
    """What the pages of one run have cost."""

    run_id: str
    at: str
    """When it ended, ISO 8601 in UTC."""
    workers: int
    start_seconds: float
    written_bytes_a_page: float
    costs: tuple[PageCost, ...]


def circumstances_of(bench: Bench, devices: Sequence[Device], threads: int) -> Circumstances:
    """Give what page costs on these devices hold for."""
    names = sorted({device.name or str(device.kind) for device in devices})
    on_cpu = all(device.kind is DeviceKind.CPU for device in devices)
    return Circumstances(
        bench.row.name,
        bench.model.facts.sha256,
        bench.segmentation.facts.sha256,
        ", ".join(names),
        threads if on_cpu else 0,
        bench.settings.num_beams,
    )


class CostMemory:
    """Remembers runs, a file each, so that two that end at once do not meet; what is not ours is passed over."""

    def __init__(self, environment: Mapping[str, str], home: Path) -> None:
        self._folder = cache_folder(environment, home) / FOLDER

    def remember(self, circumstances: Circumstances, run: RunCosts) -> None:
        """Keep a run, and forget the oldest beyond the few that are kept; a cache that cannot be written is none."""
        if not run.costs:
            return
        folder = self._folder / circumstances.name
        write_cached(folder / f"{run.run_id}.json", _document(circumstances, run))
        for old in _latest_first(folder)[MOST_RUNS:]:
            with suppress(OSError):
                old.unlink()

    def figures(self, circumstances: Circumstances) -> Figures | None:
        """Give what is remembered, the latest run last; None where that is too little."""
        files = reversed(_latest_first(self._folder / circumstances.name))
        runs = [run for file in files if (run := _run(read_cached(file))) is not None]
        costs = tuple(cost for run in runs for cost in run.costs)
        if len(costs) < LEAST_PAGES:
            return None
        last = runs[-1]
        times = "1 earlier run" if len(runs) == 1 else f"{len(runs)} earlier runs"
        said = f"{len(costs)} pages of {times}, the last on {last.at[:10]} with {last.workers} page workers."
        return Figures(Source.REMEMBERED, costs, last.start_seconds, last.written_bytes_a_page, (said,))


def spread(costs: Sequence[Kept]) -> tuple[Kept, ...]:
    """Give as many as are kept, spread over all, in their order."""
    if len(costs) <= MOST_PAGES:
        return tuple(costs)
    return tuple(costs[place * len(costs) // MOST_PAGES] for place in range(MOST_PAGES))


def _latest_first(folder: Path) -> list[Path]:
    try:
        files = [(entry.stat().st_mtime_ns, entry.name) for entry in os.scandir(folder) if _is_ours(entry)]
    except OSError:
        return []
    return [folder / name for _, name in sorted(files, reverse=True)]


def _is_ours(entry: "os.DirEntry[str]") -> bool:
    return entry.name.endswith(".json") and not entry.name.startswith(".") and entry.is_file()


def _document(circumstances: Circumstances, run: RunCosts) -> Mapping[str, object]:
    pages = [
        [
            cost.features.megapixels,
            cost.features.lines,
            cost.features.megabytes,
            cost.features.to_segment,
            cost.seconds,
        ]
        for cost in spread(run.costs)
    ]
    return {
        "schema": SCHEMA,
        "engine": circumstances.engine,
        "device": circumstances.device,
        "run_id": run.run_id,
        "at": run.at,
        "workers": run.workers,
        "start_seconds": run.start_seconds,
        "written_bytes_a_page": run.written_bytes_a_page,
        "pages": pages,
    }


def _run(values: Mapping[str, object]) -> RunCosts | None:
    """Read one file; None for what we did not write."""
    match values:
        case {
            "schema": 1,
            "run_id": str(run_id),
            "at": str(at),
            "workers": int(workers),
            "start_seconds": float() | int() as start,
            "written_bytes_a_page": float() | int() as written,
            "pages": list(pages),
        }:
            costs = tuple(_costs(pages))
            if len(costs) == len(pages) and min(workers, start, written) >= 0:
                return RunCosts(run_id, at, workers, float(start), float(written), costs)
    return None


def _costs(pages: Sequence[object]) -> Iterator[PageCost]:
    for page in pages:
        match page:
            case [
                float() | int() | None as megapixels,
                int() | None as lines,
                float() | int() | None as megabytes,
                bool(to_segment),
                float() | int() as seconds,
            ] if seconds > 0:
                yield PageCost(PageFeatures(megapixels, lines, megabytes, to_segment), float(seconds))
