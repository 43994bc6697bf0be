"""A run that others carry out, from its first word to its last: told, counted, and given its exit code."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence

from htrkit.config.choices import FailOn
from htrkit.core.alarms_confidence import ConfidenceWatch
from htrkit.core.tally import Tally
from htrkit.domain.errors import OutputUnwritable, RunStopped
from htrkit.domain.events import RunEnded, RunResumed, RunStarted
from htrkit.domain.exits import ExitCode
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import End, Halt
from htrkit.domain.source import PageSource
from htrkit.run.session import NOTHING_BEFORE, Ended, utc_now
from htrkit.run.telling import Listener, Teller

CODES: Mapping[Halt, ExitCode] = {
    Halt.INTERRUPTED: ExitCode.INTERRUPTED,
    Halt.TERMINATED: ExitCode.TERMINATED,
    Halt.WARNED: ExitCode.WARNED,
    Halt.FAILED_PAGE: ExitCode.STOPPED_EARLY,
    Halt.FAIL_RATE: ExitCode.STOPPED_EARLY,
    Halt.ALARM_RATE: ExitCode.STOPPED_EARLY,
    Halt.TROUBLE: ExitCode.STOPPED_EARLY,
    Halt.NO_WORKER: ExitCode.STOPPED_EARLY,
    Halt.NO_DEVICE: ExitCode.STOPPED_EARLY,
}


class ToItsEnd(ABC):
    """One run over one plan; whoever carries it out says how it goes through the pages."""

    def __init__(
        self,
        listeners: Sequence[Listener],
        *,
        fail_on: FailOn = FailOn.FAILURE,
        confidence: ConfidenceWatch | None = None,
        now: Callable[[], str] = utc_now,
    ) -> None:
        self._fail_on = fail_on
        self._confidence = confidence or ConfidenceWatch()
        self._listeners = listeners
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
        """Take every page to its end; whatever stops the run leaves the rest not run."""
        self._tell = Teller(self._listeners, now=self._now, before=before, fail_on=self._fail_on)
        self._tell(started)
        self._tell.skip(page.key for page in pages if page.key in skipped)
        left = [page for page in pages if page.key not in skipped]
        error: RunStopped | None = None
        try:
            end = self._gone_through(left) if left else End(None)
        except OutputUnwritable as unwritable:
            # The journal itself could not be written: nothing more can be promised.
            return Ended(self._counts(End(Halt.TROUBLE, unwritable.what)), unwritable)
        counts = self._counts(end)
        if end.halt in {Halt.NO_WORKER, Halt.NO_DEVICE, Halt.TROUBLE}:
            error = RunStopped(end.message or str(end.halt), mend="What is done is kept; mend it, then resume.")
        self._tell(counts)
        return Ended(counts, error)

    @abstractmethod
    def _gone_through(self, pages: Sequence[PageSource]) -> End:
        """Take every page to its end, telling what happens; raises OutputUnwritable where the journal cannot be."""

    def _counts(self, end: End) -> RunEnded:
        if end.halt is None:
            return self._tell.counts("finished", ExitCode.DONE)
        return self._tell.counts(end.message or str(end.halt), CODES[end.halt])
