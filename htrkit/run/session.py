"""A session takes the plan's pages to their end, one by one, and tells its listeners what happened."""

import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from htrkit.config.choices import OnError
from htrkit.core.shown import shown
from htrkit.domain.errors import PageProblem, RunStopped
from htrkit.domain.events import Event, PageDone, PageFailed, PageSkipped, PageStarted, Record, RunEnded, RunStarted
from htrkit.domain.exits import ExitCode
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource

Listener = Callable[[Record], None]


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

    def run(
        self, pages: Sequence[PageSource], started: RunStarted, *, skipped: frozenset[PageKey] = frozenset()
    ) -> Ended:
        """Take every page to its end; an interrupt or an unwritable OUT leaves the rest not run."""
        self._tell(started)
        done = failed = 0
        error: RunStopped | None = None
        reason, code = "finished", ExitCode.DONE
        try:
            self._skip(page for page in pages if page.key in skipped)
            for event in self._ends(page for page in pages if page.key not in skipped):
                done += isinstance(event, PageDone)
                failed += isinstance(event, PageFailed)
                if failed and self._on_error is OnError.ABORT:
                    reason, code = "stopped at the first failed page", ExitCode.STOPPED_EARLY
                    break
        except RunStopped as stopped:
            error, reason, code = stopped, stopped.what, stopped.exit_code
        except KeyboardInterrupt:
            reason, code = "interrupted", ExitCode.INTERRUPTED
        if code is ExitCode.DONE and failed:
            code = ExitCode.FAILED_PAGES
        passed = sum(page.key in skipped for page in pages)
        counts = RunEnded(len(pages), done, failed, passed, len(pages) - done - failed - passed, reason, int(code))
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
