"""What goes on of a run in shards: one of them, or all that is left and that no living process has."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, chdir, contextmanager
from dataclasses import replace
from pathlib import Path
from shlex import quote

from htrkit.core.sharding import pages_by_owner
from htrkit.core.shown import shown
from htrkit.domain.errors import UsageProblem
from htrkit.domain.finding import Finding
from htrkit.domain.shards import Cut, Shard, ShardName, ShardOfCut
from htrkit.run.adding import Added, added
from htrkit.run.again import Again, ReadyAgain
from htrkit.run.going_on import Part, from_here, note, opening_of, ready_to_go_on
from htrkit.run.left_behind import alone, mended
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan import Plan
from htrkit.run.plan_pages import read_plan
from htrkit.run.running import held
from htrkit.run.session import utc_now
from htrkit.run.shard_cuts import Cuts, read_cuts, read_newest_cuts, write_cut
from htrkit.run.shard_gone import gone
from htrkit.run.shard_journals import has_opened, history_of_pages, history_of_shard, owners_in
from htrkit.run.shard_locks import Owner, held_in_turn
from htrkit.run.shard_rest import Rest, from_whom, held_rest, share_of
from htrkit.ui.words import counted


@contextmanager
def one_made_ready(again: Again, out: OutFolder) -> Iterator[ReadyAgain]:
    """Hold a shard and give what is left of it; raises as `made_ready_again`."""
    name = _named(again, read_cuts(out), out)
    with held_in_turn(OutFolder(out.path, name), since=utc_now(), say=again.say) as lock:
        cuts = read_newest_cuts(out, say=again.say)
        plan = from_here(read_plan(out))
        part = OutFolder(_placed(out, plan), name)
        owners = owners_in(part, cuts, len(plan.pages))
        places = pages_by_owner(owners).get(name, [])
        share = share_of(plan, places)
        left_behind = (*alone(plan.run_id), *mended(part), *gone(out, cuts, name, plan, owners))
        history = history_of_shard(part, cuts, name, places, {page.key for page in share.pages})
        with chdir(plan.folder):
            ready = ready_to_go_on(again, Part(part, share, history, plan), left_behind)
            yield replace(ready, work=replace(ready.work, lock=lock))


@contextmanager
def rest_made_ready(again: Again, out: OutFolder) -> Iterator[ReadyAgain]:
    """Take all that is left of shards that are dead or never ran, as the one shard of a new cut.

    A cut of one that has all of it already is gone on with; where nothing is left, nothing is cut, and the run's own
    journal tells of it. Raises as `made_ready_again`.
    """
    with ExitStack() as stack:
        with held_rest(out, say=again.say) as found:
            rest = replace(found, out=OutFolder(_placed(out, found.plan)))
            more = _more(again, rest)
            whole = rest.plan if more is None else more.plan
            stack.enter_context(chdir(whole.folder))
            ready = _rest_ready(again, rest, whole, more)
            places = _wanted(ready, whole)
            part = OutFolder(rest.out.path, _taken_as(rest, places))
            rest.free.release(part.shard)
            lock = stack.enter_context(held(part, since=utc_now()))
            torn = tuple(mended(part))
            if more is not None or (again.accept_changes and not rest.free.living):
                _as_now(whole, ready.work.plan).write(rest.out.plan)
            new = part.shard is not None and part.shard.cut == rest.next_cut
            if new:
                write_cut(rest.out, Cut(rest.next_cut, (tuple(places),)), run_id=whole.run_id)
        opening = opening_of(ready.work.plan, len(ready.work.left.pages), opened=has_opened(part))
        told = (*torn, *ready.findings, *(_taken(rest.owners, places) if new else ()))
        yield replace(ready, findings=told, work=replace(ready.work, out=part, lock=lock, opening=opening))


def _placed(out: OutFolder, plan: Plan) -> Path:
    """Give OUT as it is from the folder that the plan's paths start from."""
    return out.path if plan.folder == str(Path.cwd()) else out.path.absolute()


def _rest_ready(again: Again, rest: Rest, whole: Plan, more: Added | None) -> ReadyAgain:
    known = len(rest.owners)
    share = share_of(whole, [*rest.places, *range(known, len(whole.pages))])
    history = history_of_pages(rest.out, rest.cuts, {page.key for page in share.pages})
    return ready_to_go_on(again, Part(rest.out, share, history, whole), rest.findings, more)


def _more(again: Again, rest: Rest) -> Added | None:
    if not again.add:
        return None
    rest.refuse_living("Pages are added while no shard is at work.")
    return added(rest.plan, again.add, out=rest.out, stdin=again.stdin, existing=again.existing)


def _wanted(ready: ReadyAgain, whole: Plan) -> list[int]:
    """Give what is to be read, or told as skipped, by its place in the plan."""
    keys = {*ready.work.left.pages, *ready.work.left.unsaid}
    return [place for place, page in enumerate(whole.pages) if page.key in keys]


def _taken_as(rest: Rest, places: Sequence[int]) -> ShardName | None:
    """Give the shard that the rest is gone on with; None for the run's own journal."""
    if not places:
        return None
    newest = rest.cuts.newest
    if newest is not None and newest.of == 1:
        name = newest.name(1)
        if all(place < len(rest.owners) and rest.owners[place] == name for place in places):
            return name
    return ShardName(rest.next_cut, Shard(1, 1))


def _taken(owners: Sequence[Owner], places: Sequence[int]) -> Iterator[Finding]:
    if known := [place for place in places if place < len(owners)]:
        yield note(f"Taken over: {from_whom(owners, known)}.")


def _as_now(whole: Plan, now: Plan) -> Plan:
    """Give the whole plan with what a share of it was held against today."""
    return replace(
        whole,
        model=now.model,
        segmentation=now.segmentation,
        versions=now.versions,
        files={**whole.files, **now.files},
    )


def _named(again: Again, cuts: Cuts, out: OutFolder) -> ShardName:
    """Give the shard that was asked for; raises UsageProblem where there is none of that name."""
    shard, where = again.shard, quote(shown(out.path))
    cut = cuts.newest if again.cut is None else next((one for one in cuts.all if one.number == again.cut), None)
    assert shard is not None, "asked for"  # noqa: S101 - narrows the type
    if cut is None and cuts.newest is not None:
        raise UsageProblem(
            f"--shard {ShardOfCut(shard, again.cut)}: the run in {shown(out.path)} was cut "
            f"{counted(len(cuts.all), 'time')}.",
            mend=f"Without @{again.cut} the newest cut is meant: htrkit resume {where} --shard 1/{cuts.newest.of}",
        )
    if cut is None:
        raise UsageProblem(
            f"{shown(out.path)}: its run is not in shards.",
            mend=f"Go on with all of it: htrkit resume {where}; or cut it: htrkit cluster recut {where} --shards "
            f"{shard.of}",
        )
    if again.add:
        raise UsageProblem(
            "--add: pages are added to a run, and not to one of its shards.",
            mend=f"Add them while no shard is at work: htrkit resume {where} --add INPUT",
        )
    if shard.of != cut.of:
        raise UsageProblem(
            f"--shard {shard}: the run in {shown(out.path)} is cut into {cut.of}.",
            mend=f"Take one of them (--shard 1/{cut.of}), or cut anew what is left: htrkit cluster recut {where} "
            f"--shards {shard.of}",
        )
    return cut.name(shard.number)
