"""All of a run in shards that no living process has, held so that it can be cut anew."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from htrkit.core.shown import shown
from htrkit.domain.errors import OutputHeld
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.shards import ShardName
from htrkit.run.going_on import from_here, note
from htrkit.run.left_behind import alone, swept
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan import Plan
from htrkit.run.plan_pages import read_plan
from htrkit.run.session import utc_now
from htrkit.run.shard_cuts import Cuts, planning, read_cuts
from htrkit.run.shard_journals import owners_in
from htrkit.run.shard_locks import Free, Owner, free_among, silent_elsewhere
from htrkit.ui.words import counted

MOST_NAMED = 6
"""Shards that are named; of more, their number is said."""


@dataclass(frozen=True, slots=True)
class Rest:
    """The plan of a run and its cuts, and the locks of all who are not living."""

    out: OutFolder
    plan: Plan
    cuts: Cuts
    owners: Sequence[Owner]
    """Of each page of the plan."""
    free: Free
    findings: tuple[Finding, ...]

    @property
    def places(self) -> list[int]:
        """The pages that no living process has, by their place in the plan."""
        return [place for place, owner in enumerate(self.owners) if owner not in self.free.living]

    @property
    def next_cut(self) -> int:
        """The number of the cut that may be made."""
        return len(self.cuts.all) + 1

    def refuse_living(self, why: str) -> None:
        """Raise OutputHeld where some shard is at work."""
        for owner, words in self.free.living.items():
            raise OutputHeld(
                f"{OutFolder(self.out.path, owner).named}: another run is writing there ({shown(words)}).",
                mend=f"{why} Wait for it, or end it.",
            )


@contextmanager
def held_rest(out: OutFolder, *, say: Callable[[str], None]) -> Iterator[Rest]:
    """Hold what nobody living has; raises UsageProblem where no run can be read there."""
    everybody: list[Owner] = [None, *(name for cut in read_cuts(out).all for name in cut.names)]
    silent = silent_elsewhere(out, everybody, say=say)
    with planning(out, say=say):
        plan, cuts = from_here(read_plan(out)), read_cuts(out)
        ended = tuple(alone(plan.run_id))
        owners = owners_in(out, cuts, len(plan.pages))
        with free_among(out, dict.fromkeys(owners), since=utc_now(), silent=silent) as free:
            tidied = () if free.living else tuple(swept(out))
            yield Rest(out, plan, cuts, owners, free, (*ended, *tidied, *_living(out, free, owners)))


def share_of(plan: Plan, places: Sequence[int]) -> Plan:
    """Give the plan with these pages alone."""
    pages = tuple(plan.pages[place] for place in places)
    return replace(plan, pages=pages, skipped=plan.skipped & {page.key for page in pages})


def _living(out: OutFolder, free: Free, owners: Sequence[Owner]) -> Iterator[Finding]:
    """Say who is at work, and what is left to them."""
    for owner, words in list(free.living.items())[:MOST_NAMED]:
        pages = counted(sum(one == owner for one in owners), "page")
        yield note(f"{OutFolder(out.path, owner).named}: is at work ({shown(words)}); its {pages} are left to it.")
    if (more := len(free.living) - MOST_NAMED) > 0:
        yield Finding("resume", Severity.NOTE, f"{counted(more, 'more shard is', 'more shards are')} at work.")


def from_whom(owners: Sequence[Owner], places: Sequence[int]) -> str:
    """Say whose these pages were: `2/4 (30 pages), 4/4 (27 pages)`."""
    counts: dict[Owner, int] = {}
    for place in places:
        counts[owners[place]] = counts.get(owners[place], 0) + 1
    ordered = sorted(counts.items(), key=lambda one: (0, 0) if one[0] is None else (one[0].cut, one[0].shard.number))
    named = [f"{_called(owner)} ({counted(pages, 'page')})" for owner, pages in ordered]
    more = len(named) - MOST_NAMED
    return ", ".join(named[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _called(owner: ShardName | None) -> str:
    return "the run before any cut" if owner is None else str(owner)
