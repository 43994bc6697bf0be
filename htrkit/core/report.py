"""A run's report: everything that its journal and its plan tell, as one value."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from htrkit.core.report_curves import Curves
from htrkit.core.report_damage import Verified
from htrkit.core.report_facts import RunFacts
from htrkit.core.report_numbers import (
    Share,
    Throughput,
    Times,
    seconds_at_work,
    shares_of,
    step_totals,
    throughput_of,
    times_of,
)
from htrkit.core.report_pages import History, Incident, PageState, PageStory, Sitting, gathered
from htrkit.core.report_pictures import Pictures
from htrkit.core.shard_standing import ShardStory
from htrkit.domain.events import (
    BatchShrunk,
    DeviceEnough,
    DeviceShort,
    MemoryEnough,
    MemoryShort,
    PageDone,
    PageFailed,
    Record,
    RunContinued,
    RunDraining,
    RunPaused,
    ServerGivenUp,
    ServerLost,
    WorkerGivenUp,
    WorkerLost,
)
from htrkit.domain.failure import FailureClass, Step

MOST_SLOW_PAGES = 10
_Name = TypeVar("_Name", str, tuple[FailureClass, Step])


class Course(StrEnum):
    """Where a run stands, as far as its journal tells."""

    NOT_BEGUN = "not begun"
    NOT_ENDED = "not ended"
    """It is going on, or was cut off: a journal cannot tell which."""
    PAUSED = "paused"
    DRAINING = "draining"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run stands, in one value."""

    course: Course
    reason: str
    exit_code: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """The accounting: `selected = done + failed + skipped + not_run`."""

    done: int
    failed: int
    skipped: int
    not_run: int

    @property
    def selected(self) -> int:
        """All pages."""
        return self.done + self.failed + self.skipped + self.not_run

    @property
    def identity(self) -> str:
        """The accounting in one line."""
        return (
            f"selected {self.selected} = done {self.done} + failed {self.failed} + skipped {self.skipped}"
            f" + not run {self.not_run}"
        )


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Pages that failed alike."""

    failure: FailureClass
    step: Step
    pages: int


@dataclass(frozen=True, slots=True)
class Report:
    """One run: how it stands, what became of its pages, and what it took."""

    out: str
    """OUT as it was typed."""
    facts: RunFacts
    course: Course
    reason: str
    """Why it ended, paused or drains; empty where there is nothing to say."""
    exit_code: int | None
    """Of the last sitting; None where it has not ended."""
    counts: Counts
    pages: tuple[PageStory, ...]
    sittings: tuple[Sitting, ...]
    incidents: tuple[Incident, ...]
    failures: tuple[FailureGroup, ...]
    """By falling count."""
    flags: tuple[tuple[str, int], ...]
    """Each flag and how many pages carry it, by falling count."""
    slowest: tuple[PageDone, ...]
    times: Times | None
    steps: dict[str, float]
    """Seconds spent in each step, over all pages."""
    shares: tuple[Share, ...]
    throughput: Throughput
    seconds: int
    """At work: over all sittings, from first event to last."""
    curves: Curves
    shards: tuple[ShardStory, ...] = ()
    """Of a run in shards: those that have pages, or are at work."""
    verified: Verified | None = None
    pictures: Pictures = field(default_factory=Pictures)
    """Of a report that is drawn; others have none."""

    @property
    def done(self) -> tuple[PageDone, ...]:
        """The pages that are done."""
        return tuple(page.end for page in self.pages if isinstance(page.end, PageDone))

    @property
    def failed(self) -> tuple[PageStory, ...]:
        """The pages that failed, in the plan's order."""
        return tuple(page for page in self.pages if page.state is PageState.FAILED)

    @property
    def retried(self) -> tuple[PageStory, ...]:
        """The pages that were taken more than once."""
        return tuple(page for page in self.pages if page.setbacks)

    @property
    def flagged(self) -> tuple[PageDone, ...]:
        """The pages that are done and should be looked at."""
        return tuple(page for page in self.done if page.flags)

    @property
    def in_hand(self) -> tuple[PageStory, ...]:
        """The pages that were started and have not ended; of a run that ended there are none."""
        return () if self.course is Course.ENDED else tuple(page for page in self.pages if page.in_hand)


def report_of(out: str, facts: RunFacts, records: Iterable[Record]) -> Report:
    """Give the report; `records` are read once."""
    history = gathered(facts.pages, records)
    course, reason = _course(history)
    ended = history.sittings[-1].ended if history.sittings else None
    exit_code = ended.exit_code if ended is not None else None
    return told_in(out, facts, history, Outcome(course, reason, exit_code))


def told_in(
    out: str, facts: RunFacts, history: History, outcome: Outcome, shards: tuple[ShardStory, ...] = ()
) -> Report:
    """Give what a history comes to."""
    done = [page.end for page in history.pages if isinstance(page.end, PageDone)]
    return Report(
        out=out,
        facts=facts,
        course=outcome.course,
        reason=outcome.reason,
        exit_code=outcome.exit_code,
        counts=counts_of(history.pages),
        pages=history.pages,
        sittings=history.sittings,
        incidents=history.incidents,
        failures=_grouped(history.pages),
        flags=_most(Counter(flag for page in done for flag in dict.fromkeys(page.flags))),
        slowest=tuple(sorted(done, key=lambda page: (-page.seconds, page.key))[:MOST_SLOW_PAGES]),
        times=times_of([page.seconds for page in done]),
        steps=step_totals(done),
        shares=shares_of(done),
        throughput=throughput_of(history.pages, history.sittings),
        seconds=seconds_at_work(history.sittings),
        curves=history.curves,
        shards=shards,
    )


def counts_of(pages: Iterable[PageStory]) -> Counts:
    """Count the pages by their state."""
    counted = Counter(page.state for page in pages)
    return Counts(*(counted[state] for state in PageState))


def _grouped(pages: Iterable[PageStory]) -> tuple[FailureGroup, ...]:
    groups = Counter((page.end.failure, page.end.step) for page in pages if isinstance(page.end, PageFailed))
    return tuple(FailureGroup(failure, step, number) for (failure, step), number in _most(groups))


def _most(counted: Counter[_Name]) -> tuple[tuple[_Name, int], ...]:
    """Order by falling count, and what is as common always the same."""
    return tuple(sorted(counted.items(), key=lambda one: (-one[1], one[0])))


def _course(history: History) -> tuple[Course, str]:
    if not history.sittings:
        return Course.NOT_BEGUN, ""
    now = history.sittings[-1]
    if now.ended is not None:
        return Course.ENDED, now.ended.reason
    return _stopped_for(history.incidents[now.incidents_before :])


def _stopped_for(incidents: Sequence[Incident]) -> tuple[Course, str]:
    """Give what holds an unended run back, if anything does."""
    course, reason = Course.NOT_ENDED, ""
    for one in incidents:
        match one.event:
            case RunPaused():
                course, reason = Course.PAUSED, one.event.reason
            case RunDraining():
                course, reason = Course.DRAINING, one.event.reason
            case RunContinued():
                course, reason = Course.NOT_ENDED, ""
            case (
                WorkerLost()
                | WorkerGivenUp()
                | ServerLost()
                | ServerGivenUp()
                | BatchShrunk()
                | MemoryShort()
                | MemoryEnough()
                | DeviceShort()
                | DeviceEnough()
            ):
                pass
    return course, reason
