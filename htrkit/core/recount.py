"""Counts of a run that is read from its journal: a page that is taken again counts once, for how it ended last."""

from dataclasses import dataclass, field, replace

from htrkit.core.tally import Tally, told
from htrkit.domain.events import Event, PageDone, PageFailed, PageSkipped, PageStarted, RunResumed, RunStarted
from htrkit.domain.names import PageKey

NOTHING = Tally()


@dataclass(slots=True)
class Recount:
    """Hears every event of all sittings."""

    tally: Tally = NOTHING
    _ends: dict[PageKey, Tally] = field(default_factory=dict)
    """What each page has added."""

    def hear(self, event: Event) -> Tally:
        """Give the tally after one more event; a page that had ended and is begun again has not ended."""
        match event:
            case RunStarted() | RunResumed():
                self.tally = replace(self.tally, ended=None)
            case PageStarted():
                self._forget(event.key)
            case PageDone() | PageFailed() | PageSkipped():
                self._forget(event.key)
                self._ends[event.key] = told(NOTHING, event)
            case _:
                pass  # nothing else says how a page ended
        self.tally = told(self.tally, event)
        return self.tally

    def _forget(self, key: PageKey) -> None:
        if (added := self._ends.pop(key, None)) is not None:
            self.tally = _without(self.tally, added)


def _without(tally: Tally, counted: Tally) -> Tally:
    return replace(
        tally,
        done=tally.done - counted.done,
        failed=tally.failed - counted.failed,
        skipped=tally.skipped - counted.skipped,
        flagged=tally.flagged - counted.flagged,
        blank=tally.blank - counted.blank,
        lines=tally.lines - counted.lines,
        characters=tally.characters - counted.characters,
        weighed_confidence=tally.weighed_confidence - counted.weighed_confidence,
        weight=tally.weight - counted.weight,
        flags={flag: left for flag, pages in tally.flags.items() if (left := pages - counted.flags.get(flag, 0))},
    )
