"""The report of a run in shards: one story from all journals, and how each shard stands."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from htrkit.config.choices import FailOn
from htrkit.core.report import Course, Outcome, Report, told_in
from htrkit.core.report_facts import RunFacts
from htrkit.core.report_pages import History, Told, gathered_from
from htrkit.core.shard_ends import whole_end
from htrkit.core.shard_standing import Seen, ShardState, ShardStory, shard_stories
from htrkit.domain.events import (
    DeviceEnough,
    DeviceShort,
    Event,
    MachineSampled,
    OfServer,
    OfWorker,
    PageDone,
    Record,
    WorkerStarted,
)
from htrkit.domain.shards import ShardName


@dataclass(frozen=True, slots=True)
class ShardTold:
    """A shard's journal, and who holds the shard."""

    name: ShardName | None
    """None for the run before any cut."""
    records: Iterable[Record]
    held_by: str = ""


def report_of_shards(
    out: str, facts: RunFacts, owners: Sequence[ShardName | None], journals: Sequence[ShardTold]
) -> Report:
    """Give the report; journals stand in the order in which they count, and each is read once.

    Memory is left out: it would be that of many machines on one curve.
    """
    told = [Told(_of_many(one), living=bool(one.held_by)) for one in journals]
    history, sittings = gathered_from(facts.pages, told)
    seen = {one.name: Seen(sat, one.held_by) for one, sat in zip(journals, sittings, strict=True)}
    stories = shard_stories(owners, history.pages, seen)
    in_time = replace(
        history,
        sittings=tuple(sorted(history.sittings, key=lambda one: one.began)),
        incidents=tuple(sorted(history.incidents, key=lambda one: one.at)),
    )
    return told_in(out, facts, in_time, _outcome(history, stories, facts.fail_on), stories)


def worker_of_shard(event: Event, name: ShardName | None) -> Event:
    """Give an event whose worker and device are told from those of other shards: `2/4 w0`."""
    if name is None:
        return event
    if isinstance(event, PageDone | WorkerStarted):
        return replace(event, worker=_of(name, event.worker), device=_of(name, event.device))
    if isinstance(event, OfWorker):
        return replace(event, worker=_of(name, event.worker))
    if isinstance(event, OfServer):
        return replace(event, server=_of(name, event.server))
    if isinstance(event, DeviceShort | DeviceEnough):
        return replace(event, device=_of(name, event.device))
    return event


def _of(name: ShardName, value: str) -> str:
    return f"{name} {value}" if value else ""


def _of_many(one: ShardTold) -> Iterator[Record]:
    for record in one.records:
        if not isinstance(record.event, MachineSampled):
            yield Record(record.at, worker_of_shard(record.event, one.name))


def _outcome(history: History, stories: Sequence[ShardStory], fail_on: FailOn) -> Outcome:
    """Say how the whole stands: it has ended when nobody is at work and each shard that has pages has ended."""
    if not history.sittings:
        return Outcome(Course.NOT_BEGUN, "", None)
    if any(one.state in _UNENDED for one in stories):
        return Outcome(Course.NOT_ENDED, "", None)
    end = whole_end((one.end for one in stories), fail_on)
    return Outcome(Course.ENDED, end.reason, end.exit_code)


_UNENDED = frozenset({ShardState.AT_WORK, ShardState.DIED, ShardState.NEVER_RAN})
