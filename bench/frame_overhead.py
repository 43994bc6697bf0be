"""What the frame itself costs a page: a real run with its journal and its processes, whose pages are nothing to do.

    python bench/frame_overhead.py [PAGES]

Fails where the run's own process takes more than 3 ms of processor time a page, or where memory (the sum of PSS over
all processes) is at the end more than 20 % above what it was after a tenth of the pages.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from htrkit.config.layers import Layer, resolve
from htrkit.core.history import History, history_of
from htrkit.core.lookup import engine_named
from htrkit.core.resume import left_of
from htrkit.domain.events import RunStarted
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts
from htrkit.domain.source import PageSource
from htrkit.engines.catalog import ENGINES
from htrkit.journal.replay import replay
from htrkit.run.input_files import Stamp
from htrkit.run.model_file import ModelFile
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan import Plan, versions
from htrkit.run.running import Work, carried_out
from htrkit.run.session import utc_now

MOST_MILLISECONDS = 3.0
MOST_GROWTH = 1.2
SAMPLE_SECONDS = 1.0
WORKERS = 2
SETTINGS = {"formats": "txt,page"}
MEGABYTE = 1e6


@dataclass(frozen=True, slots=True)
class Sample:
    """Memory at a moment of the run."""

    seconds: float
    journal_bytes: int
    parent_bytes: int
    workers_bytes: int

    @property
    def bytes(self) -> int:
        """All processes together."""
        return self.parent_bytes + self.workers_bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """What the run's own process took."""

    wall_seconds: float
    processor_seconds: float
    done: int


def main() -> int:
    """Be the bench, or the run that it watches."""
    options = argparse.ArgumentParser(description="what the frame costs a page")
    options.add_argument("pages", type=int, nargs="?", default=100_000)
    options.add_argument("--run", type=Path, metavar="OUT", help="be the run, and write what it took beside OUT")
    asked = options.parse_args()
    if asked.run is not None:
        run(OutFolder(asked.run), asked.pages)
        return 0
    with tempfile.TemporaryDirectory() as made:
        return watched(Path(made), asked.pages)


def run(out: OutFolder, number: int) -> None:
    """Take so many pages to their end."""
    work = work_of(out, number)
    command = (sys.executable, str(Path(__file__).with_name("idle_worker.py")))
    start, used = time.perf_counter(), time.process_time()
    ended = carried_out(work, [], crewed=lambda workforce: replace(workforce, workers=WORKERS, command=command))
    taken = [time.perf_counter() - start, time.process_time() - used, ended.counts.done]
    (out.path / "taken.json").write_text(json.dumps(taken))


def work_of(out: OutFolder, number: int) -> Work:
    """Give a plan of pages that nobody will open."""
    resolved = resolve([Layer("bench", SETTINGS)])
    pages = tuple(
        PageSource(PageKey(f"box {index // 1000:03d}/{index:06d}"), f"scans/box {index // 1000:03d}/{index:06d}.jpg")
        for index in range(number)
    )
    model = ModelFile(Path(__file__), ModelFacts("none", "0" * 64))
    plan = Plan(
        run_id="bench",
        started=utc_now(),
        resolved=resolved,
        pages=pages,
        model=model,
        segmentation=model,
        inputs=("scans",),
        folder=str(Path.cwd()),
        versions=versions(),
        files={page.path: Stamp(12_345_678, 1_700_000_000_000_000_000 + index) for index, page in enumerate(pages)},
    )
    left = left_of([page.key for page in pages], History(), standing={})
    opening = RunStarted(plan.run_id, number, plan.fingerprint)
    return Work(plan, resolved.settings, engine_named("kraken", ENGINES), out, left, opening)


def watched(folder: Path, number: int) -> int:
    """Run, sample, print, and judge."""
    out = OutFolder(folder / "out")
    out.path.mkdir()
    samples: list[Sample] = []
    start = time.monotonic()
    with subprocess.Popen([sys.executable, __file__, str(number), "--run", str(out.path)]) as going:
        while going.poll() is None:
            if (sample := sampled(going.pid, out, time.monotonic() - start)) is not None:
                samples.append(sample)
            time.sleep(min(SAMPLE_SECONDS, number / 10_000))
    if going.returncode:
        return 1
    taken = Taken(*json.loads((out.path / "taken.json").read_bytes()))
    final_bytes = out.journal.stat().st_size
    memory_table(samples, number, final_bytes)
    replay_seconds = time.perf_counter()
    history_of(replay(out.journal))
    replay_seconds = time.perf_counter() - replay_seconds
    return judged(taken, samples, number, final_bytes, replay_seconds)


def sampled(pid: int, out: OutFolder, seconds: float) -> Sample | None:
    """Look at all processes of the run; None before its journal begins, and while one is coming or going."""
    try:
        parent = psutil.Process(pid)
        workers = [child.memory_full_info().pss for child in parent.children(recursive=True)]
        own = parent.memory_full_info().pss
    except psutil.Error:
        return None
    if len(workers) < WORKERS or not out.journal.exists():
        return None
    return Sample(seconds, out.journal.stat().st_size, own, sum(workers))


def memory_table(samples: Sequence[Sample], number: int, final_bytes: int) -> None:
    """Print the memory at each tenth of the way."""
    say(f"{'pages':>9}{'seconds':>9}{'run MB':>9}{'workers MB':>12}{'sum MB':>9}")
    for tenth in range(1, 11):
        sample = at(samples, final_bytes * tenth / 10)
        row = (sample.parent_bytes, sample.workers_bytes, sample.bytes)
        run_mb, workers_mb, sum_mb = (f"{value / MEGABYTE:.1f}" for value in row)
        pages = round(number * sample.journal_bytes / final_bytes)
        say(f"{pages:>9,}{sample.seconds:>9.1f}{run_mb:>9}{workers_mb:>12}{sum_mb:>9}")


def at(samples: Sequence[Sample], journal_bytes: float) -> Sample:
    """Give the first sample that is so far, or else the last one."""
    return next((sample for sample in samples if sample.journal_bytes >= journal_bytes), samples[-1])


def judged(taken: Taken, samples: Sequence[Sample], number: int, final_bytes: int, replay_seconds: float) -> int:
    """Print what a page took, and give the exit code."""
    milliseconds = 1000 * taken.processor_seconds / number
    growth = samples[-1].bytes / at(samples, final_bytes / 10).bytes
    say(f"{taken.done:,} of {number:,} pages done by {WORKERS} workers in {taken.wall_seconds:.1f} s")
    say(f"{1000 * taken.wall_seconds / number:.3f} ms a page on the clock")
    say(f"{milliseconds:.3f} ms a page of the run's own processor time (at most {MOST_MILLISECONDS:g})")
    say(f"{growth:.3f} times the memory at the end that there was after a tenth (at most {MOST_GROWTH:g})")
    say(f"{final_bytes / number:.0f} bytes of journal a page, read again in {replay_seconds:.1f} s")
    well = taken.done == number and milliseconds <= MOST_MILLISECONDS and growth <= MOST_GROWTH
    return 0 if well else 1


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
