"""A run's page costs, heard while it goes on and kept at its end for the estimates of later runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from htrkit.config.settings import Settings
from htrkit.core.page_costs import PageCost
from htrkit.devices.quotas import usable_cores
from htrkit.domain.errors import HtrkitError
from htrkit.domain.events import PageDone, Record, WorkerStarted
from htrkit.domain.source import PageSource
from htrkit.run.bench import Bench
from htrkit.run.cost_memory import CostMemory, RunCosts, circumstances_of, spread
from htrkit.run.guarding import devices_of
from htrkit.run.page_features import features_of


@dataclass(slots=True)
class HeardCosts:
    """Listens to a run with processes; one without is for looking at faults, and nothing of it is kept."""

    bench: Bench
    _done: list[PageDone] = field(default_factory=list)
    _workers: dict[str, WorkerStarted] = field(default_factory=dict)
    _at: str = ""

    def __call__(self, record: Record) -> None:
        """Take in one record."""
        self._at = record.at
        match record.event:
            case PageDone() as done if done.seconds > 0:
                self._done.append(done)
            case WorkerStarted() as started:
                self._workers.setdefault(started.worker, started)
            case _:
                pass

    def keep(self, pages: Sequence[PageSource], run_id: str, environment: Mapping[str, str], home: Path) -> None:
        """Write down what the pages have cost; raises nothing."""
        if not self._done or not self._workers:
            return
        try:
            devices = devices_of(self.bench.settings.devices, environment)
        except HtrkitError:
            return  # a card that was lost: what it did says nothing of what is there now
        workers = len(self._workers)
        run = RunCosts(
            run_id,
            self._at,
            workers,
            max(started.seconds for started in self._workers.values()),
            sum(file.size for done in self._done for file in done.files) / len(self._done),
            self._costs(pages),
        )
        threads = threads_of(self.bench.settings, workers)
        CostMemory(environment, home).remember(circumstances_of(self.bench, devices, threads), run)

    def _costs(self, pages: Sequence[PageSource]) -> tuple[PageCost, ...]:
        sources = {page.key: page for page in pages}
        kept = spread([done for done in self._done if done.key in sources])
        settings, row = self.bench.settings, self.bench.row
        return tuple(PageCost(features_of(sources[done.key], settings, row), done.seconds) for done in kept)


def threads_of(settings: Settings, workers: int) -> int:
    """Give the threads that each of so many workers has had."""
    return settings.threads if isinstance(settings.threads, int) else max(usable_cores() // workers, 1)
