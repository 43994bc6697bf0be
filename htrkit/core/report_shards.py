"""The report of a run in shards: one story from all journals, and how each shard stands."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from htrkit.core.report import Course, Outcome, Report, told_in
from htrkit.core.report_facts import RunFacts
from htrkit.core.report_pages import History, Told, gathered_from
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
from htrkit.domain.exits import ExitCode
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
    return told_in(out, facts, in_time, _outcome(history, stories), stories)


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


def _outcome(history: History, stories: Sequence[ShardStory]) -> Outcome:
    """Say how the whole stands: it has ended when nobody is at work and each shard that has pages has ended."""
    if not history.sittings:
        return Outcome(Course.NOT_BEGUN, "", None)
    if any(one.state in _UNENDED for one in stories):
        return Outcome(Course.NOT_ENDED, "", None)
    stopped = [one for one in stories if one.state is ShardState.STOPPED]
    if stopped:
        reasons = ", ".join(dict.fromkeys(one.reason for one in stopped))
        return Outcome(Course.ENDED, reasons, max(one.exit_code or 0 for one in stopped))
    bad = any(one.exit_code == ExitCode.FAILED_PAGES for one in stories)
    return Outcome(Course.ENDED, "finished", int(ExitCode.FAILED_PAGES if bad else ExitCode.DONE))


_UNENDED = frozenset({ShardState.AT_WORK, ShardState.DIED, ShardState.NEVER_RAN})
