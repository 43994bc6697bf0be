"""A session takes the plan's pages to their end, one by one, and tells its listeners what happened."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from htrkit.config.choices import FailOn, OnError
from htrkit.core.alarms_confidence import ConfidenceWatch
from htrkit.core.shown import shown
from htrkit.core.tally import Tally
from htrkit.domain.errors import PageProblem, RunStopped
from htrkit.domain.events import (
    PageDone,
    PageFailed,
    PageStarted,
    RunEnded,
    RunResumed,
    RunStarted,
)
from htrkit.domain.exits import ExitCode
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.run.telling import Listener, Teller

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

    def __init__(  # noqa: PLR0913 - who works, who listens, and what the settings say of ends
        self,
        worker: Worker,
        listeners: Sequence[Listener],
        *,
        on_error: OnError,
        fail_on: FailOn = FailOn.FAILURE,
        confidence: ConfidenceWatch | None = None,
        now: Callable[[], str] = utc_now,
    ) -> None:
        self._worker = worker
        self._fail_on = fail_on
        self._confidence = confidence or ConfidenceWatch()
        self._listeners = listeners
        self._on_error = on_error
        self._now = now
        self._tell = Teller(listeners, now=now, before=NOTHING_BEFORE)

    def run(
        self,
        pages: Sequence[PageSource],
        started: RunStarted | RunResumed,
        *,
        skipped: frozenset[PageKey] = frozenset(),
        before: Tally = NOTHING_BEFORE,
    ) -> Ended:
        """Take every page to its end; an interrupt, or trouble with OUT or the inputs, leaves the rest not run.

        `before` is what an earlier part of the run has come to; the end counts it in.
        """
        self._tell = Teller(self._listeners, now=self._now, before=before, fail_on=self._fail_on)
        error: RunStopped | None = None
        reason, code = "finished", ExitCode.DONE
        try:
            self._tell(started)
            self._tell.skip(page.key for page in pages if page.key in skipped)
            for event in self._ends(page for page in pages if page.key not in skipped):
                if isinstance(event, PageFailed) and self._on_error is OnError.ABORT:
                    reason, code = "stopped at the first failed page", ExitCode.STOPPED_EARLY
                    break
        except RunStopped as stopped:
            error, reason, code = stopped, stopped.what, stopped.exit_code
        except KeyboardInterrupt:
            reason, code = "interrupted", ExitCode.INTERRUPTED
        counts = self._tell.counts(reason, code)
        # Where it is the journal that cannot be written, nobody is told.
        with suppress(RunStopped) if error is not None else nullcontext():
            self._tell(counts)
        return Ended(counts, error)

    def _ends(self, pages: Iterable[PageSource]) -> Iterable[PageDone | PageFailed]:
        for source in pages:
            self._tell(PageStarted(source.key, attempt=1))
            event = self._end(source)
            self._tell(event)
            yield event

    def _end(self, source: PageSource) -> PageDone | PageFailed:
        try:
            return self._confidence.flagged(self._worker.work(source))
        except PageProblem as problem:
            return PageFailed(
                source.key,
                shown(source.path),
                problem.failure,
                problem.step,
                str(problem),
                attempts=1,
                stack=problem.stack,
            )
