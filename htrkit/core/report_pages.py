"""What became of every page of a run, told from its first start to its last, however often it was cut off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise

from htrkit.core.report_curves import Curves, Thinning, batch_changes
from htrkit.domain.events import (
    BatchResized,
    BatchShrunk,
    DeviceEnough,
    DeviceFed,
    DeviceShort,
    ItemMoved,
    MachineSampled,
    MemoryEnough,
    MemoryShort,
    PageDone,
    PageFailed,
    PageRemade,
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
    ServerGivenUp,
    ServerLost,
    ServerStarted,
    WorkerGivenUp,
    WorkerLost,
    WorkerRetired,
    WorkerStarted,
)
from htrkit.domain.names import PageKey

Happening = (
    WorkerLost
    | WorkerGivenUp
    | ServerLost
    | ServerGivenUp
    | BatchShrunk
    | MemoryShort
    | MemoryEnough
    | DeviceShort
    | DeviceEnough
    | RunPaused
    | RunContinued
    | RunDraining
)
"""What happens to a run itself, between its beginning and its end."""


class PageState(StrEnum):
    """The four ends that add up to the pages selected."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """A page of the plan, and where its picture is, safe to show."""

    key: PageKey
    image: str


@dataclass(frozen=True, slots=True)
class PageStory:
    """All that the journal says of one page; the last end counts."""

    key: PageKey
    image: str
    end: PageDone | PageFailed | PageSkipped | None = None
    ended_at: str = ""
    """ISO 8601 in UTC; empty while the page has no end."""
    setbacks: tuple[str, ...] = ()
    """Why it was taken again, each time: a death, a passing trouble, an earlier failure."""
    in_hand: bool = False
    """Started and not ended: a worker holds it, or did when the run was cut off."""

    @property
    def state(self) -> PageState:
        """How the page stands."""
        match self.end:
            case PageDone():
                return PageState.DONE
            case PageFailed():
                return PageState.FAILED
            case PageSkipped():
                return PageState.SKIPPED
            case None:
                return PageState.NOT_RUN


@dataclass(frozen=True, slots=True)
class Sitting:
    """One stretch of the run, from RunStarted or RunResumed on; a run that was cut off has several."""

    began: str
    last: str
    """When its last event happened."""
    incidents_before: int = 0
    """How many of the run's incidents are older than it."""
    ended: RunEnded | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that happened to the run itself, and when."""

    at: str
    event: Happening


@dataclass(frozen=True, slots=True)
class History:
    """A journal, gathered."""

    pages: tuple[PageStory, ...]
    """In the plan's order; pages that only the journal knows stand after them."""
    sittings: tuple[Sitting, ...]
    incidents: tuple[Incident, ...]
    curves: Curves = Curves()  # noqa: RUF009 - a frozen value


@dataclass(frozen=True, slots=True)
class Told:
    """What one journal of several tells; they are read in the order in which they count."""

    records: Iterable[Record]
    living: bool
    """Whether somebody still has pages in hand there."""


def gathered(planned: Sequence[PlannedPage], records: Iterable[Record]) -> History:
    """Read a run's records once, from the first to the last."""
    return gathered_from(planned, [Told(records, living=True)])[0]


def gathered_from(
    planned: Sequence[PlannedPage], journals: Iterable[Told]
) -> tuple[History, tuple[tuple[Sitting, ...], ...]]:
    """Read the records of several journals once; gives also the sittings of each."""
    gathering = _Gathering({page.key: PageStory(page.key, page.image) for page in planned})
    ends = [0]
    for journal in journals:
        for record in journal.records:
            gathering.take(record)
        gathering.turn(journal)
        ends.append(len(gathering.sittings))
    sittings = [replace(one, last=last) for one, last in zip(gathering.sittings, gathering.lasts, strict=True)]
    curves = Curves(gathering.memory.points(), batch_changes(gathering.batches))
    history = History(tuple(gathering.pages.values()), tuple(sittings), tuple(gathering.incidents), curves)
    return history, tuple(tuple(sittings[begin:end]) for begin, end in pairwise(ends))


@dataclass(frozen=True, slots=True)
class _Gathering:
    pages: dict[PageKey, PageStory]
    sittings: list[Sitting] = field(default_factory=list)
    lasts: list[str] = field(default_factory=list)
    """When each sitting's last event happened."""
    incidents: list[Incident] = field(default_factory=list)
    held: set[PageKey] = field(default_factory=set)
    """The pages in hand."""
    memory: Thinning = field(default_factory=Thinning)
    batches: list[tuple[str, BatchResized | BatchShrunk]] = field(default_factory=list)

    def take(self, record: Record) -> None:
        match record.event:
            case PageRemade():
                self._take_anew(record.event)
                return  # long after the sitting, perhaps, and no work of its
            case RunStarted() | RunResumed():
                self._sit_down(record.at)
            case PageStarted(key=key) | PageStruck(key=key) | PageRetried(key=key):
                page = self.pages[key] = _on_its_way(self._page(key), record.event)
                (self.held.add if page.in_hand else self.held.discard)(key)
            case PageDone(key=key) | PageFailed(key=key) | PageSkipped(key=key):
                self.pages[key] = replace(self._page(key), end=record.event, ended_at=record.at, in_hand=False)
                self.held.discard(key)
            case (
                WorkerLost()
                | WorkerGivenUp()
                | ServerLost()
                | ServerGivenUp()
                | MemoryShort()
                | MemoryEnough()
                | DeviceShort()
                | DeviceEnough()
            ):
                self.incidents.append(Incident(record.at, record.event))
            case BatchShrunk():
                self.incidents.append(Incident(record.at, record.event))
                self.batches.append((record.at, record.event))
            case RunPaused() | RunContinued() | RunDraining():
                self.incidents.append(Incident(record.at, record.event))
            case RunEnded():
                self.sittings[-1:] = [replace(one, ended=record.event) for one in self.sittings[-1:]]
            case BatchResized():
                self.batches.append((record.at, record.event))
            case MachineSampled():
                self.memory.take(record.at, record.event)
            case WorkerStarted() | WorkerRetired() | ServerStarted() | ItemMoved() | DeviceFed():
                pass
        self.lasts[-1:] = [record.at] * len(self.lasts[-1:])

    def turn(self, journal: Told) -> None:
        """End a journal: what is in hand there is nothing to the next one."""
        if not journal.living:
            self._put_down()
        self.held.clear()

    def _take_anew(self, event: PageRemade) -> None:
        page = self.pages.get(event.key)
        if page is not None and isinstance(page.end, PageDone):
            self.pages[page.key] = replace(page, end=page.end.remade(event.files))

    def _sit_down(self, at: str) -> None:
        """Begin a stretch: what was in hand before it is in nobody's hand now."""
        self.sittings.append(Sitting(at, at, len(self.incidents)))
        self.lasts.append(at)
        self._put_down()
        self.held.clear()

    def _put_down(self) -> None:
        for key in self.held:
            self.pages[key] = replace(self.pages[key], in_hand=False)

    def _page(self, key: PageKey) -> PageStory:
        return self.pages.get(key) or PageStory(key, key)


def _on_its_way(page: PageStory, event: PageStarted | PageStruck | PageRetried) -> PageStory:
    """Give the story after an event that ends nothing."""
    match event:
        case PageStarted():
            again = (f"failed before ({page.end.failure})",) if isinstance(page.end, PageFailed) else ()
            return replace(page, in_hand=True, setbacks=page.setbacks + again)
        case PageStruck():
            return replace(page, in_hand=False, setbacks=(*page.setbacks, f"{event.cause} ({event.step})"))
        case PageRetried():
            setback = f"{event.failure} ({event.step}): {event.message}"
            return replace(page, in_hand=False, setbacks=(*page.setbacks, setback))
