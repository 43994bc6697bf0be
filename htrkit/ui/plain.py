"""Progress for logs and pipes: one line for the plan, then one every 30 s or 1 %, and one for each failure or flag."""

from collections.abc import Callable

from htrkit.core.interval import Interval
from htrkit.core.recount import Recount
from htrkit.core.tally import Tally
from htrkit.domain.events import (
    BatchResized,
    DeviceFed,
    MachineSampled,
    PageDone,
    PageStarted,
    Record,
    RunEnded,
    ServerStarted,
    WorkerStarted,
)
from htrkit.domain.glimpse import Glimpse
from htrkit.domain.sample import MachineSample
from htrkit.ui.event_words import event_words, page_words
from htrkit.ui.live_left import Foretells, NothingForetold, told_end
from htrkit.ui.words import amount, counted, duration

EVERY_SECONDS = 30.0
NOTHING_YET = Tally()


class PlainLines:
    """Listens to a run and says what happened, line by line; `say` gets text without a line end, and returns at once.

    `before` is what an earlier part of the run has come to, or `count`, which goes on counting; `left` knows how long
    it will take.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        clock: Callable[[], float],
        before: Tally = NOTHING_YET,
        count: Recount | None = None,
        left: Foretells | None = None,
    ) -> None:
        self._say = say
        self._clock = clock
        self._left = left if left is not None else NothingForetold()
        self._start = self._said_at = clock()
        self._count = count if count is not None else Recount(before)
        self._said_pages = self._ended_before = self._ended()

    def __call__(self, record: Record) -> None:
        """Take in one record."""
        self._count.hear(record.event)
        told_end(self._left, record.event, self._clock())
        match record.event:
            case PageDone():
                self._page_done(record.event)
            case (
                PageStarted()
                | WorkerStarted()
                | ServerStarted()
                | RunEnded()
                | BatchResized()
                | DeviceFed()
                | MachineSampled()
            ):
                pass
            case event:
                self._say(event_words(event))

    def sampled_by(self, sample: Callable[[], MachineSample]) -> None:
        """Take what nobody asks here."""

    def glimpse(self, glimpse: Glimpse) -> None:
        """Say how it stands where no page has ended for long."""
        self._left.workers = max(glimpse.workers, 1)
        if self._count.tally.selected and self._clock() - self._said_at >= EVERY_SECONDS:
            self._progress(f"{counted(len(glimpse.hands), 'page')} in hand")

    def _page_done(self, page: PageDone) -> None:
        tally = self._count.tally
        ended = self._ended()
        many = (ended - self._said_pages) * 100 >= tally.selected
        if many or self._clock() - self._said_at >= EVERY_SECONDS or not tally.not_run:
            self._progress(page_words(page))
        elif page.flags:
            self._say(f"flagged: {page_words(page)}")

    def _progress(self, words: str) -> None:
        tally, now, ended = self._count.tally, self._clock(), self._ended()
        self._said_at, self._said_pages = now, ended
        self._say(f"{amount(ended)}/{amount(tally.selected)}  {words}{self._rest(now, ended)}")

    def _ended(self) -> int:
        return self._count.tally.selected - self._count.tally.not_run

    def _rest(self, now: float, ended: int) -> str:
        """Give how long the rest will take: as foretold, else as the pages so far have."""
        if not self._count.tally.not_run:
            return ""
        if (left := self._left.left(now)) is not None:
            return f", about {duration(left.expected)} left{_range(left)}"
        here = ended - self._ended_before
        return f", about {duration((now - self._start) / here * self._count.tally.not_run)} left" if here else ""


def _range(left: Interval) -> str:
    return f" ({duration(left.low)} to {duration(left.high)})"
