"""A session takes the plan's pages to their end, one by one, and tells its listeners what happened."""

import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from htrkit.config.choices import OnError
from htrkit.core.shown import shown
from htrkit.core.tally import Tally, told
from htrkit.domain.errors import PageProblem, RunStopped
from htrkit.domain.events import (
    Event,
    PageDone,
    PageFailed,
    PageSkipped,
    PageStarted,
    Record,
    RunEnded,
    RunResumed,
    RunStarted,
)
from htrkit.domain.exits import ExitCode
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource

Listener = Callable[[Record], None]
NOTHING_BEFORE = Tally()


class Worker(Protocol):
    """Takes a page through all its steps."""

    def work(self, source: PageSource) -> PageDone:
        """Raises PageProblem for the page, RunStopped for the run."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a session ended; `counts` holds the accounting that always adds up."""

    counts: RunEnded
    error: RunStopped | None = None


def utc_now() -> str:
    """Give the time, ISO 8601 in UTC to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Session:
    """One run over one plan, without processes of its own."""

    def __init__(
        self, worker: Worker, listeners: Sequence[Listener], *, on_error: OnError, now: Callable[[], str] = utc_now
    ) -> None:
        self._worker = worker
        self._listeners = listeners
        self._on_error = on_error
        self._now = now
        self._tally = NOTHING_BEFORE

    def run(
        self,
        pages: Sequence[PageSource],
        started: RunStarted | RunResumed,
        *,
        skipped: frozenset[PageKey] = frozenset(),
        before: Tally = NOTHING_BEFORE,
    ) -> Ended:
        """Take every page to its end; an interrupt or an unwritable OUT leaves the rest not run.

        `before` is what an earlier part of the run has come to; the end counts it in.
        """
        self._tally = before
        error: RunStopped | None = None
        reason, code = "finished", ExitCode.DONE
        try:
            self._tell(started)
            self._skip(page for page in pages if page.key in skipped)
            for event in self._ends(page for page in pages if page.key not in skipped):
                if isinstance(event, PageFailed) and self._on_error is OnError.ABORT:
                    reason, code = "stopped at the first failed page", ExitCode.STOPPED_EARLY
                    break
        except RunStopped as stopped:
            error, reason, code = stopped, stopped.what, stopped.exit_code
        except KeyboardInterrupt:
            reason, code = "interrupted", ExitCode.INTERRUPTED
        if code is ExitCode.DONE and self._tally.failed:
            code = ExitCode.FAILED_PAGES
        counts = _counts(self._tally, reason, code)
        if error is None:
            self._tell(counts)
        return Ended(counts, error)

    def _skip(self, pages: Iterable[PageSource]) -> None:
        for page in pages:
            self._tell(PageSkipped(page.key, "its files are in OUT already"))

    def _ends(self, pages: Iterable[PageSource]) -> Iterable[PageDone | PageFailed]:
        for source in pages:
            self._tell(PageStarted(source.key, attempt=1))
            event = self._end(source)
            self._tell(event)
            yield event

    def _end(self, source: PageSource) -> PageDone | PageFailed:
        try:
            return self._worker.work(source)
        except PageProblem as problem:
            cause = problem.__cause__
            stack = "".join(traceback.format_exception(cause)) if cause is not None else ""
            return PageFailed(
                source.key, shown(source.path), problem.failure, problem.step, str(problem), attempts=1, stack=stack
            )

    def _tell(self, event: Event) -> None:
        record = Record(self._now(), event)
        for listener in self._listeners:
            listener(record)
        self._tally = told(self._tally, event)


def _counts(tally: Tally, reason: str, code: ExitCode) -> RunEnded:
    return RunEnded(tally.selected, tally.done, tally.failed, tally.skipped, tally.not_run, reason, int(code))
