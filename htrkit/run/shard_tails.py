"""The journals of a run as they grow, told as one: of a run in shards, all that they tell of pages and processes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from htrkit.core.recount import Recount
from htrkit.core.report_shards import worker_of_shard
from htrkit.core.sharding import owners_of
from htrkit.domain.events import (
    MachineSampled,
    OfMemory,
    Record,
    RunContinued,
    RunDraining,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
)
from htrkit.journal.tailing import Grown, Tail
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan_pages import page_order
from htrkit.run.shard_cuts import Cuts, read_cuts
from htrkit.run.shard_journals import parts_of
from htrkit.run.shard_locks import Owner


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


@dataclass(slots=True)
class _Whole:
    """Tells of shards as of one run: it begins with the first of them, and ends when all that have pages have ended."""

    pages: int
    going: set[Owner]
    """Those that have pages and have not ended."""
    begun: bool = False
    count: Recount = field(default_factory=Recount)
    codes: dict[Owner, RunEnded] = field(default_factory=dict)

    @classmethod
    def of(cls, out: OutFolder, cuts: Cuts) -> "_Whole":
        """Begin anew; raises UsageProblem for a plan that cannot be read."""
        pages = len(page_order(out))
        return cls(pages, set(owners_of(cuts.all, pages)))

    def told(self, owner: Owner, record: Record) -> Iterator[Record]:
        """Give what a shard's record says of the run; what it says of one machine says nothing of the others."""
        match record.event:
            case RunStarted() | RunResumed() as opening:
                self.going.add(owner)
                if not self.begun:
                    self.begun = True
                    yield self._counted(Record(record.at, RunStarted(opening.run_id, self.pages, opening.fingerprint)))
            case RunEnded() as ended:
                self.going.discard(owner)
                self.codes[owner] = ended
                if not self.going:
                    yield self._counted(Record(record.at, self._end()))
            case RunPaused() | RunContinued() | RunDraining() | MachineSampled():
                pass
            case event if not isinstance(event, OfMemory):
                yield self._counted(Record(record.at, worker_of_shard(event, owner)))

    def _counted(self, record: Record) -> Record:
        self.count.hear(record.event)
        return record

    def _end(self) -> RunEnded:
        tally, worst = self.count.tally, max(self.codes.values(), key=lambda one: one.exit_code)
        return RunEnded(
            tally.selected, tally.done, tally.failed, tally.skipped, tally.not_run, worst.reason, worst.exit_code
        )
