"""`run --shard`: who comes first makes the plan and cuts it; all others hold what they were asked against it."""

from collections.abc import Callable
from dataclasses import dataclass
from shlex import quote

from htrkit.config.anew import GIVEN_ANEW
from htrkit.config.layers import Layer, Resolved
from htrkit.core.sharding import cut_of
from htrkit.core.shown import shown
from htrkit.domain.errors import OutputHeld, UsageProblem
from htrkit.domain.finding import Finding
from htrkit.domain.shards import Shard
from htrkit.domain.source import PassedOver
from htrkit.run.again import Again
from htrkit.run.out_folder import OutFolder
from htrkit.run.preflight import Ready, Request, made_ready, row_of, settings_of
from htrkit.run.running import planned
from htrkit.run.session import utc_now
from htrkit.run.shard_asked import asked_of, differences
from htrkit.run.shard_costs import costs_of
from htrkit.run.shard_cuts import Asked, Cuts, planning, read_cuts, write_cut


@dataclass(frozen=True, slots=True)
class ShardPlanned:
    """A share of a run that is planned, to be gone on with; and what was found where it was planned just now."""

    again: Again
    findings: tuple[Finding, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()


def shard_planned(
    request: Request, shard: Shard, *, again: Again, ready_of: Callable[[Request], Ready] = made_ready
) -> ShardPlanned:
    """Plan the run and cut it, unless that has been done; whoever does it is waited for.

    Raises UsageProblem where it was planned otherwise, OutputHeld where OUT holds a run in no shards, and whatever
    `made_ready` raises.
    """
    out, resolved = OutFolder(again.out), settings_of(request)
    row_of(resolved)
    ready = None
    if not out.plan.exists():
        with planning(out, say=again.say):
            # As every host sees it now: another one may have planned it this moment.
            if not out.plan.exists():
                ready = ready_of(request)
                _plan(ready, request, asked_of(request, resolved.settings), shard, out)
    if ready is None:
        _refuse_other(out, asked_of(request, resolved.settings), shard)
        return ShardPlanned(again)
    return ShardPlanned(again, ready.findings, ready.selection.passed_over)


def given_anew(resolved: Resolved) -> Layer:
    """Give what is asked for devices, jobs, limits and screens, which each shard has its own of."""
    values = resolved.settings.model_dump()
    return Layer("command line", {name: values[name] for name in GIVEN_ANEW if resolved.origins[name] != "default"})


def _plan(ready: Ready, request: Request, asked: Asked, shard: Shard, out: OutFolder) -> None:
    """Write the cut and then the plan, which says that both are there."""
    plan = planned(ready, inputs=request.inputs, started=utc_now())
    costs = costs_of(plan.pages, plan.files, ready.resolved.settings, ready.row)
    costs = [0 if page.key in plan.skipped else cost for page, cost in zip(plan.pages, costs, strict=True)]
    cut = cut_of(1, range(len(plan.pages)), costs, shard.of)
    write_cut(out, cut, run_id=plan.run_id, asked=asked)
    plan.write(out.plan)


def _refuse_other(out: OutFolder, asked: Asked, shard: Shard) -> None:
    """Raise where what is asked for now is not what was planned."""
    cuts, where = read_cuts(out), quote(shown(out.path))
    first = cuts.all[0] if cuts.all else None
    if first is None:
        raise OutputHeld(
            f"{shown(out.path)}: holds a run already, and one that is in no shards.",
            mend=f"Cut what is left of it: htrkit cluster recut {where} --shards {shard.of}; or begin a new one: "
            f"-o {out.another}",
        )
    if cuts.asked is None:
        raise UsageProblem(
            f"{shown(out.path)}: its run had begun before it was cut into shards.",
            mend=f"Go on with one of them: htrkit resume {where} --shard {_of(cuts, shard)}",
        )
    if told := differences(cuts.asked, asked):
        raise UsageProblem(
            f"{shown(out.path)}: its run was planned otherwise.\n{told}",
            mend=f"Ask each shard for the same; or go on with what is planned: htrkit resume {where} --shard "
            f"{_of(cuts, shard)}",
        )
    if first.of != shard.of:
        raise UsageProblem(
            f"--shard {shard}: the run in {shown(out.path)} was cut into {first.of}.",
            mend=f"Take one of them (--shard 1/{first.of}), or cut anew what is left: htrkit cluster recut {where} "
            f"--shards {shard.of}",
        )


def _of(cuts: Cuts, shard: Shard) -> str:
    """Give a shard of the newest cut that can be gone on with by its number."""
    of = cuts.newest.of if cuts.newest is not None else shard.of
    return f"{min(shard.number, of)}/{of}"
