"""Progress for logs and pipes: one line for the plan, then one every 30 s or 1 %, and one for each failure."""

from collections.abc import Callable

from htrkit.core.tally import Tally, told
from htrkit.domain.events import (
    BatchResized,
    MachineSampled,
    PageDone,
    PageStarted,
    Record,
    RunEnded,
    ServerStarted,
    WorkerStarted,
)
from htrkit.ui.event_words import event_words, page_words
from htrkit.ui.words import amount, duration

EVERY_SECONDS = 30.0
NOTHING_YET = Tally()


class PlainLines:
    """Listens to a run and says what happened, line by line; `say` gets text without a line end.

    `before` is what an earlier part of the run has come to.
    """

    def __init__(self, say: Callable[[str], None], *, clock: Callable[[], float], before: Tally = NOTHING_YET) -> None:
        self._say = say
        self._clock = clock
        self._start = self._said_at = clock()
        self._tally = before
        self._said_pages = self._ended_before = before.selected - before.not_run

    def __call__(self, record: Record) -> None:
        """Take in one record."""
        self._tally = told(self._tally, record.event)
        match record.event:
            case PageDone():
                self._progress(page_words(record.event))
            case PageStarted() | WorkerStarted() | ServerStarted() | RunEnded() | BatchResized() | MachineSampled():
                pass
            case event:
                self._say(event_words(event))

    def _progress(self, page: str) -> None:
        tally, now = self._tally, self._clock()
        ended = tally.selected - tally.not_run
        if (ended - self._said_pages) * 100 < tally.selected and now - self._said_at < EVERY_SECONDS and tally.not_run:
            return
        self._said_at, self._said_pages = now, ended
        left = (now - self._start) / (ended - self._ended_before) * tally.not_run
        rest = f", about {duration(left)} left" if tally.not_run else ""
        self._say(f"{amount(ended)}/{amount(tally.selected)}  {page}{rest}")
