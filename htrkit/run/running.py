"""A run from its plan to its last table: the listeners, the lock, the journal, and what is written at the end."""

import os
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from htrkit.config.choices import Format
from htrkit.domain.events import PageFailed, Record, RunStarted
from htrkit.files.atomic import write_stream
from htrkit.journal.journal import Journal
from htrkit.journal.lock import Lock
from htrkit.outputs.csv_tables import FailureRow, failures_csv
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan import Plan, reading_of
from htrkit.run.preflight import Ready
from htrkit.run.session import Ended, Listener, Session, utc_now
from htrkit.run.tables import write_tables
from htrkit.run.workshop import Bench, worker_of


def planned(ready: Ready, *, inputs: Sequence[str], started: str) -> Plan:
    """Freeze what the run is made of."""
    return Plan(
        run_id=uuid.uuid4().hex,
        started=started,
        resolved=ready.resolved,
        pages=ready.selection.pages,
        reading=reading_of(ready.resolved, engine_version=version("kraken"), model=ready.model.facts, started=started),
        segmentation=ready.segmentation.facts,
        inputs=tuple(inputs),
    )


def carried_out(
    plan: Plan, ready: Ready, out: OutFolder, listeners: Sequence[Listener], *, now: Callable[[], str] = utc_now
) -> Ended:
    """Run the plan into OUT; raises OutputHeld where another run is there, PreflightRefused for a model that fails."""
    settings = plan.resolved.settings
    with Lock(out.lock, owner=f"process {os.getpid()} since {plan.started}"):
        out.refuse_held()
        worker = worker_of(Bench(settings, ready.row, ready.model, ready.segmentation, plan.reading, out.path))
        plan.write(out.plan)
        failed: list[FailureRow] = []
        with Journal(out.journal) as journal:
            session = Session(worker, (journal, _Failures(failed), *listeners), on_error=settings.on_error, now=now)
            ended = session.run(
                plan.pages, RunStarted(plan.run_id, len(plan.pages), plan.fingerprint), skipped=ready.skipped
            )
        if failed:
            write_stream(failures_csv(failed), out.failures)
        if Format.CSV in settings.formats:
            write_tables(out, (page.key for page in plan.pages), settings.normalize)
    return ended


@dataclass(frozen=True, slots=True)
class _Failures:
    """Gathers the failed pages for their table."""

    rows: list[FailureRow]

    def __call__(self, record: Record) -> None:
        match record.event:
            case PageFailed() as page:
                row = FailureRow(page.image, page.message, record.at, page.step, page.failure, page.attempts)
                self.rows.append(row)
            case _:
                pass
