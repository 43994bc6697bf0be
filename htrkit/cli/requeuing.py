"""A shard from its start to its exit code; with `--requeue`, a job that is about to be ended starts again by Slurm."""

from collections.abc import Callable, Sequence
from shlex import quote

from htrkit.cli.edge import tell
from htrkit.core.shown import shown
from htrkit.domain.errors import UsageProblem
from htrkit.domain.events import PageDone, PageFailed, Record
from htrkit.domain.exits import ExitCode
from htrkit.domain.shards import ShardOfCut
from htrkit.run.again import Again
from htrkit.run.early_warning import WarnedEarly, endings_put_off, warnings_raised
from htrkit.run.requeue import NotRequeued, refuse_idle, requeue
from htrkit.run.telling import Listener


def only_a_shard() -> UsageProblem:
    """Say that --requeue was typed for a run that is in no shards."""
    return UsageProblem("--requeue: only a shard can go on by itself.", mend="Add --shard K/N, or leave it out.")


class Sitting:
    """Hears one sitting of a shard."""

    ended = 0
    """Pages that came to an end in it."""

    def __call__(self, record: Record) -> None:
        """Hear of one event."""
        self.ended += isinstance(record.event, PageDone | PageFailed)


def taken_to_its_end(again: Again, carry_out: Callable[[Sequence[Listener]], int], *, requeues: bool) -> int:
    """Carry a shard out and give its exit code; with `requeues`, put its job into the queue again if it was warned."""
    sitting = Sitting()
    try:
        with warnings_raised():
            code = carry_out((sitting,))
    except WarnedEarly:
        again.say("warned of the job's end before the first page, or after the last")
        code = ExitCode.WARNED
    if requeues and code == ExitCode.WARNED:
        with endings_put_off():
            _queued(again, sitting)
    return code


def _queued(again: Again, sitting: Sitting) -> None:
    """Put the job into the queue; all is written, so that it may be ended at any moment."""
    assert again.shard is not None, "asked for"  # noqa: S101 - narrows the type
    goes_on = f"htrkit resume {quote(shown(again.out))} --shard {ShardOfCut(again.shard, again.cut)}"
    try:
        if not sitting.ended:
            refuse_idle(again.environment, again=goes_on)
        job = requeue(again.environment, again=goes_on)
        again.say(f"job {job} is in the queue again")
    except NotRequeued as refused:
        tell(refused)
