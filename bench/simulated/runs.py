"""A run over simulated devices, and what it took: seconds, processor, memory, and how full the batches were."""

import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.beside.watching import together
from bench.simulated.law import Law
from htrkit.core.limits import cpu_limits
from htrkit.core.rules import Rules
from htrkit.domain.events import DeviceFed, PageDone, Record, RunStarted
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts, Reading
from htrkit.domain.source import PageSource
from htrkit.journal.journal import Journal
from htrkit.run.messages import SetUp
from htrkit.run.supervised import Supervised
from htrkit.run.workforce import Serving, Workforce

MODEL = ("/none", ModelFacts("none", "0" * 64))
MODULE = (sys.executable, "-m", "bench.simulated.processes")
MEMORY_EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Took:
    """What a run took."""

    pages: int
    wall_seconds: float
    """From its start to its end."""
    steady_seconds: float
    """From the first page that was done to the last: without start-up."""
    cpu_seconds: float
    """Of all its processes, user and system."""
    steady_cpu_seconds: float
    """The same from the first page that was done to the last."""
    run_cpu_seconds: float
    """Of the run's own process."""
    peak_bytes: int
    """The most that all processes held together, as PSS."""
    early_bytes: int
    """The same up to a quarter of the pages."""
    fed: tuple[DeviceFed, ...]

    @property
    def full_share(self) -> float:
        """How full the batches were, 0 to 1."""
        return sum(one.items for one in self.fed) / max(sum(one.room for one in self.fed), 1)

    @property
    def padding_share(self) -> float:
        """What of the devices' work was padding, 0 to 1."""
        return 1 - sum(one.useful for one in self.fed) / max(sum(one.padded for one in self.fed), 1)


@dataclass(slots=True)
class Told:
    """Listens to a run, and looks at its memory now and then."""

    pages: int
    done_at: list[float] = field(default_factory=list)
    cpu_at: list[float] = field(default_factory=list)
    """What all processes had used when the first page was done, and when the last was."""
    fed: list[DeviceFed] = field(default_factory=list)
    held: list[tuple[int, int]] = field(default_factory=list)
    """How many pages were done, and the bytes of all processes then."""
    _over: threading.Event = field(default_factory=threading.Event)

    def __call__(self, record: Record) -> None:
        """Take in one record."""
        match record.event:
            case PageDone():
                self.done_at.append(time.monotonic())
                if len(self.done_at) in {1, self.pages}:
                    self.cpu_at.append(family_cpu_seconds())
            case DeviceFed():
                self.fed.append(record.event)
            case _:
                pass

    def look(self) -> None:
        """Look at memory until `end`."""
        while not self._over.wait(MEMORY_EVERY_SECONDS):
            self.held.append((len(self.done_at), together([os.getpid()])))

    def end(self) -> None:
        """Look no more."""
        self._over.set()

    def most_bytes(self, *, until: float = 1.0) -> int:
        """Give the most that was held up to a share of the pages."""
        return max((held for done, held in self.held if done <= until * self.pages), default=0)


def took(law: Law, pages: int, *, workers: int, devices: int) -> Took:
    """Run over so many pages; raises SystemExit where one is not done."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        told = Told(pages)
        looking = threading.Thread(target=told.look)
        before, start = _cpu(), time.monotonic()
        looking.start()
        try:
            with Journal(out / "journal.jsonl") as journal:
                ended = Supervised(_workforce(law, out, workers, devices), [journal, told]).run(
                    _sources(pages), RunStarted("simulated", pages, "f")
                )
        finally:
            wall = time.monotonic() - start
            told.end()
            looking.join()
        if ended.counts.done != pages:
            raise SystemExit(f"{ended.counts.done} of {pages} pages done")
        run, others = (after - was for after, was in zip(_cpu(), before, strict=True))
        steady = told.done_at[-1] - told.done_at[0]
        steady_cpu = told.cpu_at[-1] - told.cpu_at[0]
        memory = told.most_bytes(), told.most_bytes(until=0.25)
        return Took(pages, wall, steady, run + others, steady_cpu, run, *memory, tuple(told.fed))


def _workforce(law: Law, out: Path, workers: int, devices: int) -> Workforce:
    return Workforce(
        workers,
        SetUp(law.told(), "simulated", MODEL, MODEL, Reading("simulated", "1"), str(out), 1),
        out / "logs",
        "simulated",
        Rules(limits=cpu_limits()),
        servers=tuple(Serving(f"cuda:{index}", "cuda:0", 1) for index in range(devices)),
        command=(*MODULE, "worker"),
        server_command=(*MODULE, "server"),
    )


def _sources(pages: int) -> Sequence[PageSource]:
    return [PageSource(PageKey(f"page-{number:05}"), f"scans/{number}.jpg") for number in range(pages)]


def family_cpu_seconds() -> float:
    """Give what this process and all below it have used, user and system; what has ended counts as well."""
    own = psutil.Process()
    times = [own.cpu_times(), *(child.cpu_times() for child in own.children(recursive=True))]
    ended = times[0].children_user + times[0].children_system
    return float(sum(one.user + one.system for one in times) + ended)


def _cpu() -> tuple[float, float]:
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime, others.ru_utime + others.ru_stime
