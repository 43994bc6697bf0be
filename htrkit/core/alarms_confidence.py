"""The alarm for confidence that collapses: a page against the first ones of its run."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from htrkit.core.alarms import Alarm
from htrkit.domain.events import PageDone
from htrkit.domain.page import Note

START_PAGES = 20
"""The pages that tell how sure the engine is in this run; while there are fewer, nobody is measured by them."""
FEWEST_CHARACTERS = 50
"""A page with less text says little, and is left out on both sides."""
LEAST_FALL = 0.15
"""Below the median of the first pages; runs of one hand vary less, and that is no collapse."""
SPREADS = 4.0
"""Times the first pages' own spread: their median absolute deviation, made comparable to a standard deviation."""
TO_DEVIATION = 1.4826
"""For normally distributed values (Rousseeuw and Croux 1993, https://doi.org/10.1080/01621459.1993.10476408)."""


@dataclass(slots=True)
class ConfidenceWatch:
    """Hears every page that is done, in the order in which they end; lives where all of them come together."""

    _start: list[float] = field(default_factory=list)

    @classmethod
    def after(cls, pages: Iterable[PageDone]) -> "ConfidenceWatch":
        """Give a watch that has heard these pages, of an earlier part of the run, in the order in which they ended."""
        watch = cls()
        for page in pages:
            watch.judge(page)
        return watch

    def flagged(self, page: PageDone) -> PageDone:
        """Take in a page, and give it with the alarm where it raises one."""
        note = self.judge(page)
        return page if note is None else page.flagged(note)

    def judge(self, page: PageDone) -> Note | None:
        """Take in a page; give the alarm where its confidence is far below that of the run's start."""
        if page.confidence is None or page.characters < FEWEST_CHARACTERS:
            return None
        if len(self._start) < START_PAGES:
            self._start.append(page.confidence)
            return None
        usual = median(self._start)
        if page.confidence >= usual - self._allowed(usual):
            return None
        message = (
            f"Confidence {page.confidence:.0%}, against {usual:.0%} on the first {START_PAGES} pages: "
            "another hand or script, a bad scan, or the wrong model."
        )
        return Note(Alarm.CONFIDENCE, message, flag=True)

    def _allowed(self, usual: float) -> float:
        spread = TO_DEVIATION * median(abs(one - usual) for one in self._start)
        return max(LEAST_FALL, SPREADS * spread)
