"""The journals of a run as they grow, told as one: of a run in shards, all that they tell of pages and processes."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from htrkit.config.choices import FailOn
from htrkit.core.recount import Recount
from htrkit.core.report_shards import worker_of_shard
from htrkit.core.shard_ends import ShardEnd, whole_end
from htrkit.core.sharding import owners_of
from htrkit.core.tally import Tally
from htrkit.domain.events import (
    MachineSampled,
    OfMemory,
    OfPage,
    Record,
    RunContinued,
    RunDraining,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
)
from htrkit.domain.names import PageKey
from htrkit.journal.last_line import last_event
from htrkit.journal.tailing import Grown, Tail
from htrkit.run.out_folder import OutFolder
from htrkit.run.reporting import facts_of
from htrkit.run.shard_cuts import Cuts, read_cuts
from htrkit.run.shard_journals import parts_of
from htrkit.run.shard_locks import Owner
from htrkit.run.shard_seen import seen_at


@dataclass(slots=True)
class Tails:
    """Reads all journals of a run from their beginning, and at each look what was added; see `Tail`."""

    out: OutFolder
    _cuts: Cuts = field(default_factory=Cuts)
    _tails: Mapping[Owner, Tail] = field(default_factory=dict)
    _whole: "_Whole | None" = None
    """None for a run that is in no shards."""

    def look(self) -> Grown:
        """Give what has come; where pages were cut anew, all is told from its beginning. Raises as `Tail.look` does."""
        anew = bool(self._tails) and self._is_cut_anew()
        if anew or not self._tails:
            self._begin()
        grown = {owner: tail.look() for owner, tail in self._tails.items()}
        if self._whole is None:
            return Grown(grown[None].records, anew or grown[None].anew)
        if any(one.anew for one in grown.values()):
            # What the others told has to be told again as well.
            self._begin()
            grown, anew = {owner: tail.look() for owner, tail in self._tails.items()}, True
        return Grown(tuple(self._told(grown)), anew)

    def _is_cut_anew(self) -> bool:
        return self.out.plan.exists() and self.out.cut(len(self._cuts.all) + 1).exists()

    def _begin(self) -> None:
        # A cut is there a moment before the plan that it is of.
        self._cuts = read_cuts(self.out) if self.out.plan.exists() else Cuts()
        self._tails = {part.shard: Tail(part.journal) for part in parts_of(self.out, self._cuts)}
        self._whole = _Whole.of(self.out, self._cuts) if self._cuts.all else None

    def _told(self, grown: Mapping[Owner, Grown]) -> Iterator[Record]:
        assert self._whole is not None, "a run in shards"  # noqa: S101 - narrows the type
        for owner, one in grown.items():
            for record in one.records:
                yield from self._whole.told(owner, record)
        yield from self._whole.end(self._is_going)

    def _is_going(self, owner: Owner) -> bool:
        """Tell of a shard of whose end nothing was read whether it is at work, or has ended since it was looked at."""
        part = OutFolder(self.out.path, owner)
        return seen_at(part) is not None or last_event(part.journal) == RunEnded.__name__


@dataclass(slots=True)
class _Whole:
    """Tells of shards as of one run: it begins with the first of them, and ends when nobody has anything left to do."""

    owners: Mapping[PageKey, Owner]
    fail_on: FailOn
    owned: Mapping[Owner, Recount]
    """What the pages of each have come to that has any."""
    sittings: dict[Owner, RunEnded | None] = field(default_factory=dict)
    """The end of the last sitting of each that has begun; None where none is written."""
    count: Recount = field(default_factory=Recount)
    last: str = ""
    """When the last that was heard of happened."""

    @classmethod
    def of(cls, out: OutFolder, cuts: Cuts) -> "_Whole":
        """Begin anew; raises UsageProblem for a plan that cannot be read."""
        facts = facts_of(out)
        owners = owners_of(cuts.all, len(facts.pages))
        owned = {owner: Recount(Tally(selected=pages)) for owner, pages in Counter(owners).items()}
        by_key = {page.key: owner for page, owner in zip(facts.pages, owners, strict=True)}
        return cls(by_key, facts.fail_on, owned)

    def told(self, owner: Owner, record: Record) -> Iterator[Record]:
        """Give what a shard's record says of the run; what it says of one machine says nothing of the others."""
        self.last = max(self.last, record.at)
        match record.event:
            case RunStarted() | RunResumed() as opening:
                if not self.sittings:
                    yield self._counted(
                        Record(record.at, RunStarted(opening.run_id, len(self.owners), opening.fingerprint))
                    )
                self.sittings[owner] = None
            case RunEnded() as ended:
                self.sittings[owner] = ended
            case RunPaused() | RunContinued() | RunDraining() | MachineSampled():
                pass
            case event if not isinstance(event, OfMemory):
                yield self._counted(Record(record.at, worker_of_shard(event, owner)))

    def end(self, is_going: Callable[[Owner], bool]) -> Iterator[Record]:
        """Give the run's end, once it is there: `is_going` tells of a shard without an end whether it will write one.

        A shard that has pages left and no end has died, or has yet to begin; whatever of its pages went to a later cut
        is that cut's.
        """
        unended = [owner for owner in {**self.owned, **self.sittings} if self.sittings.get(owner) is None]
        if not self.sittings or self.count.tally.ended is not None:
            return
        if any(self._left(owner) for owner in unended) or any(map(is_going, unended)):
            return
        ends = [self._end(owner) for owner in self.owned]
        tally, end = self.count.tally, whole_end(ends, self.fail_on)
        counts = tally.selected, tally.done, tally.failed, tally.skipped, tally.not_run
        yield self._counted(Record(self.last, RunEnded(*counts, end.reason, end.exit_code)))

    def _left(self, owner: Owner) -> int:
        return self.owned[owner].tally.not_run if owner in self.owned else 0

    def _end(self, owner: Owner) -> ShardEnd:
        tally = self.owned[owner].tally
        return ShardEnd(tally.failed, tally.flagged, tally.not_run, self.sittings.get(owner))

    def _counted(self, record: Record) -> Record:
        self.count.hear(record.event)
        if isinstance(record.event, OfPage) and record.event.key in self.owners:
            self.owned[self.owners[record.event.key]].hear(record.event)
        return record
