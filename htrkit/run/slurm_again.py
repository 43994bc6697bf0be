"""The script of a run that is in shards already may be written anew, for what was planned and for nothing else."""

from shlex import quote

from htrkit.core.shown import shown
from htrkit.domain.errors import UsageProblem
from htrkit.run.out_folder import OutFolder
from htrkit.run.preflight import Request, settings_of
from htrkit.run.shard_asked import asked_of, differences
from htrkit.run.shard_cuts import read_cuts


def refuse_other_plan(request: Request, out: OutFolder, *, shards: int) -> None:
    """Raise UsageProblem where OUT holds a run in shards whose plan is not what is asked for: each task would refuse.

    Time, memory, cores, devices and whatever else may be given anew makes no difference.
    """
    cuts = read_cuts(out)
    if not out.plan.exists() or not cuts.all:
        return
    where, of = quote(shown(out.path)), cuts.all[0].of
    recut = f"cut anew what dead shards have left: htrkit cluster recut {where} --shards {shards}"
    if cuts.asked is None:
        raise UsageProblem(
            f"{shown(out.path)}: its run had begun before it was cut into shards, and no script takes them.",
            mend=f"Go on with all that is left: htrkit resume {where}; with one shard: the same, and --shard "
            f"1/{cuts.all[-1].of}",
        )
    if told := differences(cuts.asked, asked_of(request, settings_of(request).settings)):
        raise UsageProblem(
            f"{shown(out.path)}: its run was planned otherwise.\n{told}",
            mend=f"Give the same inputs and settings, in the same folder; or {recut}",
        )
    if of != shards:
        raise UsageProblem(
            f"--shards {shards}: the run in {shown(out.path)} was cut into {of}.",
            mend=f"Give --shards {of}, which goes on with each of them; or {recut}",
        )
