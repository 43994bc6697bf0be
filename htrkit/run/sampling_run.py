"""Pages are read for nothing but their time: by the run's own processes, into a folder that is gone afterwards."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from htrkit.core.history import History
from htrkit.core.page_costs import PageCost, PageFeatures
from htrkit.core.resume import left_of
from htrkit.core.shown import shown
from htrkit.domain.device import Device
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.events import PageDone, PageFailed, Record, RunStarted, ServerStarted, WorkerStarted
from htrkit.domain.exits import ExitCode
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.run.bench import Bench
from htrkit.run.crew import workforce_for
from htrkit.run.supervised import Supervised
from htrkit.run.workforce import Workforce

Crewed = Callable[[Workforce], Workforce]
"""Changes the processes that the settings lead to; drills put others in their place."""


@dataclass(slots=True)
class Measured:
    """What reading the pages came to: a listener to the run."""

    features: Mapping[PageKey, PageFeatures]
    told: Callable[[int], None]
    """Is told how many pages have ended."""
    costs: list[PageCost] = field(default_factory=list)
    start_seconds: float = 0.0
    written_bytes: int = 0
    failures: list[str] = field(default_factory=list)

    def __call__(self, record: Record) -> None:
        """Take in one record."""
        match record.event:
            case WorkerStarted(seconds=seconds) | ServerStarted(seconds=seconds):
                self.start_seconds = max(self.start_seconds, seconds)
            case PageDone() as done:
                self.costs.append(PageCost(self.features[done.key], done.seconds))
                self.written_bytes += sum(file.size for file in done.files)
                self.told(len(self.costs) + len(self.failures))
            case PageFailed() as failed:
                self.failures.append(failed.message)
                self.told(len(self.costs) + len(self.failures))
            case _:
                pass


def measured(  # noqa: PLR0913 - what is read, with what, and who is told
    bench: Bench,
    pages: Sequence[PageSource],
    features: Mapping[PageKey, PageFeatures],
    *,
    devices: Sequence[Device],
    told: Callable[[int], None],
    crewed: Crewed = lambda workforce: workforce,
) -> Measured:
    """Read the pages with as many workers as the bench's settings say, and tell what they cost.

    Raises PreflightRefused where no worker can be started or every page fails, KeyboardInterrupt when asked to stop.
    """
    listener = Measured(features, told)
    keys = [page.key for page in pages]
    with tempfile.TemporaryDirectory(prefix="htrkit-estimate-", ignore_cleanup_errors=True) as folder:
        aside = Path(folder)
        run_id = uuid4().hex
        left = left_of(keys, History(), standing={})
        force = workforce_for(
            replace(bench, out=aside / "out"), left, logs=aside / "logs", run_id=run_id, devices=devices
        )
        (aside / "out").mkdir()
        ended = Supervised(crewed(force), [listener]).run(pages, RunStarted(run_id, len(pages), ""))
    if ended.counts.exit_code == ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if ended.error is not None:
        raise PreflightRefused(f"No page could be measured: {ended.error.what}", mend="htrkit validate looks closer.")
    if not listener.costs:
        first = shown(listener.failures[0]) if listener.failures else "the run was stopped"
        raise PreflightRefused(
            f"No page could be measured: {first}", mend="Measure other pages with --pages, or fewer with --measure."
        )
    return listener
