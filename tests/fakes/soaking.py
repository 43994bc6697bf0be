"""A run whose engine leaks some megabytes a page, and the curves of memory that its events draw."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from htrkit.core.limits import cpu_limits
from htrkit.core.recycling import Recycling
from htrkit.core.rules import Rules
from htrkit.domain.events import Event, MachineSampled, Record, RunStarted, WorkerStarted
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts, Reading
from htrkit.domain.source import PageSource
from htrkit.run.messages import SetUp
from htrkit.run.sampler import RUN, Sampler
from htrkit.run.session import Ended
from htrkit.run.supervised import Supervised
from htrkit.run.workforce import Workforce

LEAK_BYTES = 3_000_000
"""Of a page: what `drip` of the drills' engine keeps."""
MODEL = ("/none", ModelFacts("none", "0" * 64))
COMMAND = (sys.executable, "-m", "tests.fakes.drill_process")
RULES = Rules(limits=cpu_limits(page_seconds=60.0))


@dataclass(slots=True)
class Told:
    """Everything that a run told, in order, and when."""

    records: list[Record] = field(default_factory=list)

    def __call__(self, record: Record) -> None:
        self.records.append(record)

    def of(self, kind: type) -> list:
        return [event for event in self.events() if isinstance(event, kind)]

    def events(self) -> Iterator[Event]:
        return (record.event for record in self.records)

    def lives(self, process: str) -> list[list[int]]:
        """Give the RSS in bytes over time of each process that had the name, once it was ready, one after the other.

        A point is taken beside the run: the first that is told after a process was ready may be from before.
        """
        ready: set[int] = set()
        lives: dict[int, list[int]] = {}
        for event in self.events():
            match event:
                case WorkerStarted():
                    ready.add(event.pid)
                case MachineSampled():
                    for one in event.processes:
                        if one.process == process and (one.pid in ready or process == RUN):
                            lives.setdefault(one.pid, []).append(one.resident_bytes)
                case _:
                    pass
        return [life[1:] for life in lives.values() if len(life) > 1]


def soaked(
    out: Path, pages: int, told: Sequence, *, growth_bytes: int | None, workers: int = 2, every_seconds: float = 0.05
) -> Ended:
    """Run over so many leaking pages; without a growth that is allowed, no worker is started anew."""
    out.mkdir(parents=True, exist_ok=True)
    workforce = Workforce(
        workers,
        SetUp({}, "drill", MODEL, MODEL, Reading("drill", "1"), str(out), 1),
        out / ".htrkit" / "logs",
        "soak",
        replace(RULES, recycling=Recycling(growth_bytes=growth_bytes)),
        sampler=Sampler(every_seconds=every_seconds),
        command=COMMAND,
    )
    sources = [PageSource(PageKey(f"drip-{number}"), f"scans/{number}.jpg") for number in range(pages)]
    return Supervised(workforce, told).run(sources, RunStarted("soak", pages, "f"))
