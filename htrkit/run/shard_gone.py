"""The pages of a shard that a later cut has taken: where they went, and whether anybody reads them there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from shlex import quote

from htrkit.core.shown import listed, shown
from htrkit.core.slurm_script import later_cut_submitted
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.shards import Cut, ShardName
from htrkit.run.going_on import note
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan import Plan
from htrkit.run.shard_cuts import Cuts
from htrkit.run.shard_journals import history_of_shard
from htrkit.run.shard_locks import Owner
from htrkit.run.shard_seen import is_at_work
from htrkit.ui.words import counted


def gone(out: OutFolder, cuts: Cuts, name: ShardName, plan: Plan, owners: Sequence[Owner]) -> Iterator[Finding]:
    """Say which pages of a shard went to later cuts, and warn where they are left there and nobody is at work.

    A batch script that is submitted again as it was takes the shards of the first cut, and those pages never.
    """
    cut = next(one for one in cuts.all if one.number == name.cut)
    places = [place for place in cut.pages_of(name.shard) if owners[place] != name]
    if not places:
        return
    takers = _takers(owners, places)
    numbers = sorted({owner.cut for owner in takers})
    went = f"cut {numbers[0]}" if len(numbers) == 1 else f"cuts {', '.join(map(str, numbers))}"
    yield note(f"{counted(len(places), 'page')} of shard {name} went to {went}.")
    left = {owner: _left(out, cuts, owner, theirs, plan) for owner, theirs in takers.items()}
    waiting = {owner: pages for owner, pages in left.items() if pages}
    if waiting:
        words = counted(sum(waiting.values()), "page that went there is", "pages that went there are")
        yield Finding(
            "resume",
            Severity.WARNING,
            f"{words} not read yet, and nobody is at work on {listed([str(one) for one in waiting])}.",
            mend=_mend(out, cuts.all[-1], waiting),
        )


def _takers(owners: Sequence[Owner], places: Sequence[int]) -> Mapping[ShardName, list[int]]:
    """Give who has the pages now, and which."""
    takers: dict[ShardName, list[int]] = {}
    for place in places:
        if (owner := owners[place]) is not None:
            takers.setdefault(owner, []).append(place)
    return takers


def _left(out: OutFolder, cuts: Cuts, owner: ShardName, places: Sequence[int], plan: Plan) -> int:
    """Count the pages that have no end; none where somebody is at work on them."""
    if is_at_work(OutFolder(out.path, owner)):
        return 0
    keys = {plan.pages[place].key for place in places}
    return len(keys - history_of_shard(out, cuts, owner, places, keys).ends.keys())


def _mend(out: OutFolder, newest: Cut, waiting: Iterable[ShardName]) -> str:
    here = f"Read them here: htrkit resume {quote(shown(out.path))}"
    if any(owner.cut != newest.number for owner in waiting):
        return here
    script = quote(shown(out.script)) if out.script.is_file() else "SCRIPT"
    return f"{here}; or by Slurm: {later_cut_submitted(newest.of, newest.number, script)}"
