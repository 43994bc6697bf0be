"""What a journal tells of each page: its last end, and what befell it on the way to the next one."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from htrkit.domain.events import (
    OfPage,
    PageDone,
    PageFailed,
    PageRemade,
    PageRetried,
    PageSkipped,
    PageStarted,
    PageStruck,
    Record,
    RunResumed,
    RunStarted,
)
from htrkit.domain.names import PageKey


@dataclass(frozen=True, slots=True)
class Done:
    """A page that is whole on disk, by its last end in the journal."""

    at: str
    page: PageDone


@dataclass(frozen=True, slots=True)
class Failed:
    """A page that was set aside, by its last end in the journal."""

    at: str
    page: PageFailed


@dataclass(frozen=True, slots=True)
class Skipped:
    """A page that was left alone."""


End = Done | Failed | Skipped


@dataclass(slots=True)
class History:
    """What a journal tells of each page: its last end, if it came to one, and what befell it since the one before."""

    ends: dict[PageKey, End] = field(default_factory=dict)
    strikes: dict[PageKey, int] = field(default_factory=dict)
    retried: dict[PageKey, int] = field(default_factory=dict)
    attempts: dict[PageKey, int] = field(default_factory=dict)
    put_back: int = 0
    """Times that any page was put back, over the whole journal."""
    opened: bool = False
    """Whether the journal tells of a start."""

    def hear(self, record: Record) -> None:
        """Take in the next record."""
        if isinstance(record.event, OfPage):
            self._hear_of_page(record.at, record.event)
        elif isinstance(record.event, RunStarted | RunResumed):
            self.opened = True

    def _hear_of_page(self, at: str, event: OfPage) -> None:
        match event:
            case PageStarted():
                self.ends.pop(event.key, None)
                self.attempts[event.key] = max(event.attempt - 1, 0)
            case PageDone():
                self._end(event.key, Done(at, event))
            case PageRemade():
                if isinstance(end := self.ends.get(event.key), Done):
                    self.ends[event.key] = Done(end.at, end.page.remade(event.files))
            case PageSkipped():
                self._end(event.key, Skipped())
            case PageFailed():
                self.ends[event.key] = Failed(at, event)
                self.attempts[event.key] = event.attempts
                self.retried.pop(event.key, None)
            case PageStruck():
                self.strikes[event.key] = event.strikes
                self._put_back(event.key)
            case PageRetried():
                self.retried[event.key] = self.retried.get(event.key, 0) + 1
                self._put_back(event.key)

    def _end(self, key: PageKey, end: Done | Skipped) -> None:
        """Such a page starts with a clean slate if it is ever taken again; a failed one keeps its strikes."""
        self.ends[key] = end
        for befallen in (self.strikes, self.retried, self.attempts):
            befallen.pop(key, None)

    def _put_back(self, key: PageKey) -> None:
        self.attempts[key] = self.attempts.get(key, 0) + 1
        self.put_back += 1


def history_of(records: Iterable[Record]) -> History:
    """Give what a journal tells of each page."""
    history = History()
    for record in records:
        history.hear(record)
    return history
