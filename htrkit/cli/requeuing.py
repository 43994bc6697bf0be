"""`--requeue`: a shard whose job is about to be ended lets Slurm start it again."""

from shlex import quote

from htrkit.cli.edge import tell
from htrkit.core.shown import shown
from htrkit.domain.errors import UsageProblem
from htrkit.domain.exits import ExitCode
from htrkit.run.again import Again
from htrkit.run.requeue import NotRequeued, requeue


def only_a_shard() -> UsageProblem:
    """Say that --requeue was typed for a run that is in no shards."""
    return UsageProblem("--requeue: only a shard can go on by itself.", mend="Add --shard K/N, or leave it out.")


def queued_again(again: Again, code: int) -> None:
    """Put the job into the queue again if it was warned; all is written, so that it may be ended at any moment."""
    if code != ExitCode.WARNED:
        return
    try:
        job = requeue(again.environment, again=f"htrkit resume {quote(shown(again.out))} --shard {again.shard}")
        again.say(f"job {job} is in the queue again")
    except NotRequeued as refused:
        tell(refused)
