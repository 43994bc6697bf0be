"""Reading ahead (`--cache-images`) on a slow disk and on a fast one: real runs, with it and without, side by side.

    python bench/slow_disk.py [--pages 60] [--work-seconds 0.25] [--latency-ms 10] [--mb-s 40] [--kraken 0]

The slow disk is a FUSE file system over the folder of the pages, and over nothing else (bench/slow_fs.py). In the first
case real page workers read each page's file whole and then work on it for a fixed time, by law, without the CPU: what a
run gains is told apart from how busy the machine is. In the second, `--kraken N`, `htrkit run` reads N example pages,
lines given, on the CPU. Each case runs without and with reading ahead, on the slow disk and on the fast one; the slow
one is mounted anew each time, so that nothing of it is in memory. Seconds count from the first page that is taken in
hand. Needs Linux with /dev/fuse, as root or with user namespaces; skips elsewhere, saying so.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from bench.gpu.pages import copy_pages  # noqa: E402 - found below the parent of this file's folder
from bench.slow_fs import mount, unmount  # noqa: E402
from htrkit.core.limits import cpu_limits  # noqa: E402
from htrkit.core.rules import Rules  # noqa: E402
from htrkit.domain.events import PageDone, PageStarted, Record, RunStarted  # noqa: E402
from htrkit.domain.failure import Step  # noqa: E402
from htrkit.domain.names import PageKey  # noqa: E402
from htrkit.domain.page import ModelFacts, Reading  # noqa: E402
from htrkit.domain.source import PageSource  # noqa: E402
from htrkit.files.atomic import Aside, write_unit  # noqa: E402
from htrkit.journal.journal import read  # noqa: E402
from htrkit.run.messages import SetUp  # noqa: E402
from htrkit.run.page_process import be_a_worker  # noqa: E402
from htrkit.run.supervised import Supervised  # noqa: E402
from htrkit.run.workforce import Workforce  # noqa: E402

WORKERS = 2
AHEAD_BYTES = 1_000_000_000
MODEL = ("/none", ModelFacts("none", "0" * 64))
IN_NAMESPACE = "HTRKIT_BENCH_NAMESPACE"
MOUNT_SECONDS = 20.0
FILE_STEPS = (Step.OPEN.value, Step.LAYOUT.value)
"""The steps of a page in which its files are read."""


@dataclass(frozen=True, slots=True)
class Timed:
    """What a run took."""

    pages: int
    seconds: float
    """From the first page that was taken in hand to the run's end."""
    in_files: float
    """Of all workers together, from asking for a page's files to having them."""


Case = Callable[[Path, bool], Timed]
"""Runs over the pages of a folder, with or without reading ahead."""


class ReadingWorker:
    """Reads a page's file whole, and works for a fixed time."""

    def __init__(self, out: Path, entered: Callable[[Step], None], work_seconds: float) -> None:
        self.out = out
        self.entered = entered
        self.work_seconds = work_seconds

    def work(self, source: PageSource) -> PageDone:
        """Take a page through."""
        self.entered(Step.OPEN)
        start = time.monotonic()
        size = len(Path(source.path).read_bytes())
        steps = {Step.OPEN.value: time.monotonic() - start}
        self.entered(Step.RECOGNISE)
        time.sleep(self.work_seconds)
        self.entered(Step.WRITE)
        files = write_unit([Aside(f"txt/{source.key}.txt", f"{size}\n".encode())], out=self.out)
        return PageDone(source.key, 1, 1, 0.9, time.monotonic() - start, steps, files)


def load(order: SetUp, entered: Callable[[Step], None], _: object) -> tuple[ReadingWorker, str]:
    """Be the worker that the set-up describes: its engine is the seconds that a page takes."""
    return ReadingWorker(Path(order.out), entered, float(order.engine)), "cpu"


def by_law(folder: Path, *, ahead: bool, work_seconds: float) -> Timed:
    """Run over a folder with workers that read and wait."""
    done: list[PageDone] = []
    with tempfile.TemporaryDirectory() as place:
        out = Path(place)
        set_up = SetUp({"device": "cpu"}, str(work_seconds), MODEL, MODEL, Reading("law", "1"), str(out), 1)
        workforce = Workforce(
            WORKERS,
            set_up,
            out / "logs",
            "slow-disk",
            Rules(limits=cpu_limits()),
            ahead_bytes=AHEAD_BYTES if ahead else 0,
            command=(sys.executable, str(HERE / "slow_disk.py"), "worker"),
        )
        sources = [PageSource(PageKey(path.stem), str(path)) for path in sorted(folder.iterdir())]
        began: list[float] = []

        def hear(record: Record) -> None:
            if isinstance(record.event, PageStarted) and not began:
                began.append(time.monotonic())
            if isinstance(record.event, PageDone):
                done.append(record.event)

        Supervised(workforce, [hear]).run(sources, RunStarted("slow-disk", len(sources), "f"))
        seconds = time.monotonic() - began[0]
    return Timed(len(done), seconds, sum(page.step_seconds[Step.OPEN.value] for page in done))


def by_kraken(folder: Path, *, ahead: bool) -> Timed:
    """Run over a folder with the starter model and the lines given."""
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "out"
        wish = "--cache-images" if ahead else "--no-cache-images"
        words = ["run", str(folder), "-o", str(out), "-s", "sidecar", "-d", "cpu", "-j", str(WORKERS), "--threads", "1"]
        command = [sys.executable, "-m", "htrkit", *words, "-f", "txt", "--progress", "none", wish]
        ended = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, check=False)
        if ended.returncode:
            sys.exit(f"{' '.join(command)}\n{ended.stderr}")
        events = list(read(out / ".htrkit" / "journal.jsonl"))
    done = [event for event in events if event["event"] == "PageDone"]
    started = next(event for event in events if event["event"] == "PageStarted")
    first, last = (datetime.fromisoformat(str(event["at"])) for event in (started, events[-1]))
    steps = [event["step_seconds"] for event in done]
    in_files = sum(one.get(step, 0.0) for one in steps if isinstance(one, dict) for step in FILE_STEPS)
    return Timed(len(done), (last - first).total_seconds(), in_files)


@contextmanager
def slow(folder: Path, place: Path, latency_ms: float, megabytes: float) -> Iterator[Path]:
    """Give the folder as a slow disk shows it."""
    place.mkdir(exist_ok=True)
    before = place.stat().st_dev
    command = [sys.executable, str(HERE / "slow_fs.py"), str(folder), str(place), str(latency_ms), str(megabytes)]
    with subprocess.Popen(command) as server:
        try:
            until = time.monotonic() + MOUNT_SECONDS
            while place.stat().st_dev == before:
                if time.monotonic() > until or server.poll() is not None:
                    sys.exit("the slow disk could not be mounted")
                time.sleep(0.02)
            yield place
        finally:
            unmount(place)


def why_not() -> str | None:
    """Say why nothing can be mounted here; None where it can."""
    if not Path("/dev/fuse").exists():
        return "there is no /dev/fuse here"
    with tempfile.TemporaryDirectory() as place:
        try:
            os.close(mount(Path(place)))
        except OSError as error:
            return f"nothing may be mounted here ({error.strerror})"
        unmount(Path(place))
    return None


def into_namespace() -> None:
    """Start anew as root of a namespace of our own, where that is allowed; comes back where it is not."""
    unshare = shutil.which("unshare")
    if unshare is None or IN_NAMESPACE in os.environ:
        return
    command = [unshare, "--user", "--map-root-user", "--mount"]
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
        os.environ[IN_NAMESPACE] = "1"
        os.execv(unshare, [*command, sys.executable, *sys.argv])  # noqa: S606 - ourselves, as we were started


def main() -> int:
    """Run every case on both disks, and print one row each."""
    asked = options()
    if (reason := why_not()) is not None:
        into_namespace()
        say(f"skipped: {reason}")
        return 0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        pages = folder / "pages"
        pages.mkdir()
        for number in range(asked.pages):
            (pages / f"{number:04d}.jpg").write_bytes(os.urandom(int(asked.megabytes * 1e6)))
        say(f"slow disk: {asked.latency_ms:g} ms a request, {asked.mb_s:g} MB/s; {WORKERS} workers")
        say(f"{asked.pages} files of {asked.megabytes:g} MB, each {asked.work_seconds:g} s of work by law")
        compare(pages, lambda at, ahead: by_law(at, ahead=ahead, work_seconds=asked.work_seconds), asked)
        if asked.kraken:
            say(f"{asked.kraken} example pages with their lines, read by Kraken on the CPU")
            examples = copy_pages(folder / "examples", asked.kraken)
            compare(examples, lambda at, ahead: by_kraken(at, ahead=ahead), asked)
    return 0


def compare(pages: Path, case: Case, asked: argparse.Namespace) -> None:
    """Run a case on both disks, each without and with reading ahead, as often as asked."""
    say(f"  {'disk':<5} {'read ahead':<10} {'pages':>5} {'seconds':>8} {'workers in files':>17}")
    for _ in range(asked.rounds):
        for disk in ("slow", "fast"):
            for ahead in (False, True):
                if disk == "slow":
                    with slow(pages, pages.parent / "slow", asked.latency_ms, asked.mb_s) as mounted:
                        timed = case(mounted, ahead)
                else:
                    timed = case(pages, ahead)
                told = f"{timed.pages:>5} {timed.seconds:>8.2f} {timed.in_files:>15.2f} s"
                say(f"  {disk:<5} {'on' if ahead else 'off':<10} {told}")


def options(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command's options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--megabytes", type=float, default=3.0, help="of each page's file")
    parser.add_argument("--work-seconds", type=float, default=0.25, help="of each page, beside reading it")
    parser.add_argument("--latency-ms", type=float, default=10.0, help="of each request")
    parser.add_argument("--mb-s", type=float, default=40.0, help="of all requests together")
    parser.add_argument("--kraken", type=int, default=0, help="example pages that Kraken reads, too")
    parser.add_argument("--rounds", type=int, default=1)
    return parser.parse_args(words)


def say(text: str) -> None:
    """Print, without waiting for a full buffer."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:2] == ["worker"]:
        del sys.argv[1]
        be_a_worker(load)
    else:
        sys.exit(main())
