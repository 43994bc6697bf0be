"""Leased runs over the drills' engine: pages whose names say what they do to whoever reads them."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from htrkit.config.settings import Settings
from htrkit.core.lookup import engine_named
from htrkit.core.resume import Left
from htrkit.domain.events import Event, PageDone, PageFailed, Record, RunStarted, WorkerStarted
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts, Reading
from htrkit.domain.source import PageSource
from htrkit.engines.catalog import ENGINES
from htrkit.journal.journal import Journal
from htrkit.run.agents import Agents
from htrkit.run.bench import Bench
from htrkit.run.crew import rules_of, workforce_for
from htrkit.run.leased import Errand, Leased
from htrkit.run.model_file import ModelFile
from htrkit.run.session import Ended
from htrkit.run.supervised import Supervised

DRILL = ("-m", "tests.fakes.drill_process")
MODEL = ModelFile(Path("/none"), ModelFacts("none", ""))
PAGE_SECONDS = 4.0


@dataclass
class Heard:
    """Keeps what was told, and may do something about it."""

    deed: Callable[[Event], None] = lambda _: None
    events: list[Event] = field(default_factory=list)

    def __call__(self, record: Record) -> None:
        self.events.append(record.event)
        self.deed(record.event)

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    def ends(self) -> list[PageKey]:
        return [event.key for event in self.events if isinstance(event, PageDone | PageFailed)]

    def pids(self) -> list[int]:
        return [event.pid for event in self.of(WorkerStarted)]


def bench_for(out: Path, **settings: object) -> Bench:
    wishes = Settings.model_validate(
        {"device": "cpu", "page_timeout": PAGE_SECONDS, "max_fail_rate": "off", "threads": 1, **settings}
    )
    return Bench(wishes, engine_named("kraken", ENGINES), MODEL, MODEL, Reading("drill", "1"), out)


def sources(folder: Path, names: Sequence[str]) -> list[PageSource]:
    return [PageSource(PageKey(name), str(folder / f"{name}.jpg"), root=str(folder)) for name in names]


def leased_run(agents: Agents, out: Path, pages: Sequence[PageSource], heard: Heard, **settings: object) -> Ended:
    """Read the pages on a cluster, with a journal in OUT."""
    out.mkdir(parents=True, exist_ok=True)
    bench = bench_for(out, **settings)
    errand = Errand(agents, bench, "drill-run", rules_of(bench.settings), command=DRILL)
    with Journal(out / ".htrkit/journal.jsonl") as journal:
        ended = Leased(errand, [journal, heard]).run(pages, RunStarted("drill-run", len(pages), "f"))
    counts = ended.counts
    assert counts.selected == counts.done + counts.failed + counts.skipped + counts.not_run
    return ended


def local_run(out: Path, pages: Sequence[PageSource], **settings: object) -> Ended:
    """Read the pages on this machine."""
    out.mkdir(parents=True, exist_ok=True)
    left = Left(tuple(page.key for page in pages))
    bench = bench_for(out, jobs=2, **settings)
    force = workforce_for(bench, left, logs=out / ".htrkit/logs", run_id="local", devices=())
    force = replace(force, command=(sys.executable, *DRILL), ahead_bytes=0)
    return Supervised(force, []).run(pages, RunStarted("local", len(pages), "f"))


def outputs(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in (out / "txt").rglob("*.txt")}


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
