"""One page is really read, by a worker process of the run's own kind, into a folder that is gone afterwards."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from htrkit.core.history import History
from htrkit.core.resume import left_of
from htrkit.core.shown import shown
from htrkit.domain.device import Device
from htrkit.domain.errors import UsageProblem
from htrkit.domain.events import (
    MachineSampled,
    PageDone,
    PageFailed,
    Record,
    RunStarted,
    ServerStarted,
    WorkerStarted,
)
from htrkit.domain.exits import ExitCode
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.finding_code import Code
from htrkit.domain.source import PageSource
from htrkit.domain.trial import Trial
from htrkit.outputs.record import decode_record
from htrkit.run.bench import Bench
from htrkit.run.crew import workforce_for
from htrkit.run.out_folder import OutFolder
from htrkit.run.sampler import RUN
from htrkit.run.supervised import Supervised
from htrkit.run.workforce import Workforce

Crewed = Callable[[Workforce], Workforce]
"""Changes the processes that the settings lead to; drills put others in their place."""


def page_named(pages: Sequence[PageSource], wanted: str) -> PageSource:
    """Give a page by its number from 1, its name, its file's name or its path; raises UsageProblem."""
    if wanted.isascii() and wanted.isdecimal() and 1 <= int(wanted) <= len(pages):
        return pages[int(wanted) - 1]
    found = next((same for of in _NAMES if (same := [page for page in pages if wanted in of(page)])), [])
    if len(found) == 1:
        return found[0]
    if found:
        told = ", ".join(shown(page.key) for page in found[:4])
        raise UsageProblem(
            f"--try-page {shown(wanted)}: {len(found)} pages are called so.",
            mend=f"Give one of {told} after --try-page.",
        )
    raise UsageProblem(
        f"--try-page {shown(wanted)}: there is no such page among the {len(pages)} that were found.",
        mend=f"Give its number, 1 to {len(pages)}, or its name, as in --try-page {shown(pages[0].key)}",
    )


_NAMES: Sequence[Callable[[PageSource], Sequence[str]]] = (
    lambda page: (page.key,),
    lambda page: (page.path, str(Path(page.path).absolute())),
    lambda page: (Path(page.path).name, Path(page.path).stem),
)
"""What a page may be called, the surest first."""


@dataclass(slots=True)
class _Told:
    """Hears how the page fared."""

    seconds: float = 0.0
    start_seconds: float = 0.0
    memory_bytes: int = 0
    failed: PageFailed | None = None
    done: PageDone | None = field(default=None)

    def __call__(self, record: Record) -> None:
        match record.event:
            case WorkerStarted(seconds=seconds) | ServerStarted(seconds=seconds):
                self.start_seconds = max(self.start_seconds, seconds)
            case MachineSampled(processes=processes):
                held = sum(one.resident_bytes for one in processes if one.process != RUN)
                self.memory_bytes = max(self.memory_bytes, held)
            case PageDone() as done:
                self.done = done
            case PageFailed() as failed:
                self.failed = failed
            case _:
                pass


def tried(
    bench: Bench, page: PageSource, devices: Sequence[Device], *, crewed: Crewed = lambda workforce: workforce
) -> Trial:
    """Read the page on the first of the devices; nothing of it is kept but what is given back.

    Whatever happens to the process is a finding. Raises KeyboardInterrupt when asked to stop.
    """
    told, run_id = _Told(), uuid4().hex
    alone = bench.settings.model_copy(update={"jobs": 1, "retries": 0})
    with tempfile.TemporaryDirectory(prefix="htrkit-trial-", ignore_cleanup_errors=True) as folder:
        out = OutFolder(Path(folder) / "out")
        out.path.mkdir()
        left = left_of([page.key], History(), standing={})
        set_up = replace(bench, settings=alone, out=out.path)
        force = workforce_for(set_up, left, logs=Path(folder) / "logs", run_id=run_id, devices=devices[:1])
        ended = Supervised(crewed(force), [told]).run([page], RunStarted(run_id, 1, ""))
        if ended.counts.exit_code == ExitCode.INTERRUPTED:
            raise KeyboardInterrupt
        if told.done is not None:
            record = decode_record(out.record(page.key).read_bytes())
            return Trial(record, told.done.seconds, told.start_seconds, told.memory_bytes)
    if told.failed is not None:
        return Trial(finding=_page_failed(told.failed))
    why = ended.error.what if ended.error is not None else ended.counts.reason
    return Trial(finding=_not_started(why))


def _page_failed(failed: PageFailed) -> Finding:
    message = f"The trial page failed ({failed.failure}, {failed.step}): {failed.message}"
    return Finding(Code.TRIAL, Severity.WARNING, message, "Try another with --try-page NUMBER, or none: --no-try-page")


def _not_started(why: str) -> Finding:
    message = f"The process that was to read a page did not come to it: {why}"
    mend = "Read with a model that comes with htrkit, as -m latin-modern, or on the CPU with -d cpu"
    return Finding(Code.MODEL_LOAD, Severity.BLOCKER, message, mend)
