"""What is said of a run that was cut anew: how many pages went where, and the command of each new shard."""

from htrkit.core.recut import Recut
from htrkit.core.report_advice import resume_command
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
    return "\n".join(f"{resume_command(made.out)} --shard {name.shard}" for name in names)
