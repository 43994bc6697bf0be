"""What is said of a run that was cut anew: how many pages went where, and the command of each new shard."""

from htrkit.core.recut import Recut
from htrkit.core.report_advice import resume_command
from htrkit.core.slurm_script import later_cut_submitted
from htrkit.domain.shards import ShardOfCut
from htrkit.ui.words import counted


def recut_words(made: Recut) -> str:
    """Say what came of it."""
    if made.cut is None:
        at_work = f" but those of {counted(made.living, 'shard')} at work" if made.living else ""
        return f"nothing was cut: no page is left{at_work}"
    shares = [len(places) for places in made.cut.shards]
    each = f"{min(shares)}" if min(shares) == max(shares) else f"{min(shares)} to {max(shares)}"
    return (
        f"cut {made.cut.number}: {counted(made.pages, 'page')} of {made.from_whom} "
        f"went to {counted(made.cut.of, 'shard')}, {each} each"
    )


def recut_commands(made: Recut) -> str:
    """Give the command of each shard that has pages, one a line; empty where nothing was cut."""
    if made.cut is None:
        return ""
    names = (name for name, places in zip(made.cut.names, made.cut.shards, strict=True) if places)
    return "\n".join(f"{resume_command(made.out)} --shard {ShardOfCut(name.shard, name.cut)}" for name in names)


def array_command(made: Recut, script: str) -> str:
    """Give the command that submits a batch script for the new shards; `script` as it is typed."""
    assert made.cut is not None, "something was cut"  # noqa: S101 - narrows the type
    return later_cut_submitted(made.cut.of, made.cut.number, script)
