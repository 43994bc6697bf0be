"""How a run's events reach those who listen, and are counted: the same with and without processes."""

from collections.abc import Callable, Iterable, Sequence

from htrkit.config.choices import FailOn
from htrkit.core.tally import Tally, finished_with, told
from htrkit.domain.events import Event, PageSkipped, Record, RunEnded
from htrkit.domain.exits import ExitCode
from htrkit.domain.names import PageKey

Listener = Callable[[Record], None]


class Teller:
    """Stamps events, tells them in a fixed order, and counts what was told: done means journaled."""

    def __init__(
        self,
        listeners: Sequence[Listener],
        *,
        now: Callable[[], str],
        before: Tally,
        fail_on: FailOn = FailOn.FAILURE,
    ) -> None:
        self._listeners = listeners
        self._fail_on = fail_on
        self._now = now
        self.tally = before

    def __call__(self, event: Event) -> None:
        """Tell one event; one that a listener refuses does not count."""
        record = Record(self._now(), event)
        for listener in self._listeners:
            listener(record)
        self.tally = told(self.tally, event)

    def skip(self, keys: Iterable[PageKey]) -> None:
        """Tell of pages that are left alone."""
        for key in keys:
            self(PageSkipped(key, "its files are in OUT already"))

    def counts(self, reason: str, code: ExitCode) -> RunEnded:
        """Give the accounting of the run's end; one that found nothing else wrong may hold failed or flagged pages."""
        tally = self.tally
        if code is ExitCode.DONE:
            code = finished_with(tally, self._fail_on)
        return RunEnded(tally.selected, tally.done, tally.failed, tally.skipped, tally.not_run, reason, int(code))
