"""The pages that dead shards have left, and those of shards that never ran, are cut into new shards."""

from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

from htrkit.core.recut import Recut
from htrkit.core.sharding import cut_of
from htrkit.core.shown import shown
from htrkit.domain.errors import UsageProblem
from htrkit.domain.shards import MOST_SHARDS
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan_pages import no_run
from htrkit.run.preflight import row_of
from htrkit.run.shard_costs import costs_of
from htrkit.run.shard_cuts import write_cut
from htrkit.run.shard_journals import history_of_pages
from htrkit.run.shard_rest import Rest, from_whom, held_rest


def recut_into(place: Path, shards: int, *, say: Callable[[str], None]) -> Recut:
    """Cut what is left and nobody living has; where that is nothing, nothing is written.

    Failed pages have ended, and stay with the shard that they failed in. Raises UsageProblem where OUT holds no run
    that can be read.
    """
    out = OutFolder(place)
    if shards > MOST_SHARDS:
        raise UsageProblem(f"--shards {shards}: too many shards.", mend=f"Take at most {MOST_SHARDS:,}.")
    if not out.plan.is_file():
        raise no_run(out)
    with held_rest(out, say=say) as rest:
        places = _left(rest)
        living = len(rest.free.living)
        if not places:
            return Recut(shown(place), None, 0, "", living, rest.findings)
        plan = rest.plan
        pages = [plan.pages[one] for one in places]
        with chdir(plan.folder):
            costs = costs_of(pages, plan.files, plan.resolved.settings, row_of(plan.resolved))
        cut = cut_of(rest.next_cut, places, costs, shards)
        write_cut(out, cut, run_id=plan.run_id)
        return Recut(shown(place), cut, len(places), from_whom(rest.owners, places), living, rest.findings)


def _left(rest: Rest) -> list[int]:
    """Give the pages without an end, by their place in the plan."""
    keys = {rest.plan.pages[place].key for place in rest.places}
    ends = history_of_pages(rest.out, rest.cuts, keys).ends
    return [place for place in rest.places if rest.plan.pages[place].key not in ends]
