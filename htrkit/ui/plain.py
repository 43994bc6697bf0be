"""Progress for logs and pipes: one line for the plan, then one every 30 s or 1 %, and one for each failure."""

from collections.abc import Callable

from htrkit.core.tally import Tally, told
from htrkit.domain.events import (
    PageDone,
    PageFailed,
    PageRetried,
    PageSkipped,
    PageStarted,
    PageStruck,
    Record,
    RunContinued,
    RunDraining,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
    WorkerGivenUp,
    WorkerLost,
    WorkerStarted,
)
from htrkit.ui.words import amount, counted, duration, percent

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
            case RunStarted():
                self._say(f"{counted(record.event.pages, 'page')} to read")
            case PageDone():
                self._progress(_page(record.event))
            case PageFailed():
                self._say(f"failed: {record.event.key} ({record.event.failure}): {record.event.message}")
            case PageSkipped():
                self._say(f"skipped: {record.event.key}: {record.event.reason}")
            case RunResumed():
                self._say(f"{counted(record.event.left, 'page')} left of {amount(record.event.pages)}")
            case PageStruck():
                self._say(f"put back: {record.event.key}: {record.event.cause} ({record.event.step})")
            case PageRetried():
                self._say(f"put back: {record.event.key}: {record.event.message}")
            case WorkerLost():
                self._say(f"lost: worker {record.event.worker}: {record.event.cause}")
            case WorkerGivenUp():
                self._say(f"given up: worker {record.event.worker}: {record.event.message}")
            case RunPaused():
                self._say(f"paused: {record.event.reason}")
            case RunContinued():
                self._say(f"going on after {duration(record.event.paused_seconds)}")
            case RunDraining():
                self._say(f"finishing the pages in hand: {record.event.reason}")
            case PageStarted() | WorkerStarted() | RunEnded():
                pass

    def _progress(self, page: str) -> None:
        tally, now = self._tally, self._clock()
        ended = tally.selected - tally.not_run
        if (ended - self._said_pages) * 100 < tally.selected and now - self._said_at < EVERY_SECONDS and tally.not_run:
            return
        self._said_at, self._said_pages = now, ended
        left = (now - self._start) / (ended - self._ended_before) * tally.not_run
        rest = f", about {duration(left)} left" if tally.not_run else ""
        self._say(f"{amount(ended)}/{amount(tally.selected)}  {page}{rest}")


def _page(page: PageDone) -> str:
    flags = f", flagged: {', '.join(page.flags)}" if page.flags else ""
    sure = f", confidence {percent(page.confidence)}" if page.confidence is not None else ""
    return f"{page.key}: {counted(page.lines, 'line')}{sure}, {duration(page.seconds)}{flags}"
