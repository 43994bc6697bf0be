"""A Slurm job that was warned of its end puts itself into the queue again, so that its shard goes on."""

import subprocess
from collections.abc import Callable, Mapping, Sequence
from shlex import quote

from htrkit.core.shown import shown
from htrkit.domain.errors import HtrkitError
from htrkit.domain.exits import ExitCode

SCONTROL_SECONDS = 60.0
"""A controller that is busy answers late."""
MOST_IDLE_STARTS = 3
"""A job that was started so often, and brings no page to its end, would be started for ever."""
Command = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


class NotRequeued(HtrkitError):
    """The shard waits for somebody to go on with it."""

    exit_code = ExitCode.WARNED


def run_command(words: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end; raises OSError, subprocess.TimeoutExpired."""
    return subprocess.run(  # noqa: S603 - `scontrol`, as PATH has it, and a job's number
        words, capture_output=True, text=True, errors="replace", timeout=SCONTROL_SECONDS, check=False
    )


def job_of(environment: Mapping[str, str]) -> str | None:
    """Give the job that we run in, as `scontrol` takes it; None outside of Slurm.

    A task of an array is named by array and task: its raw id may be that of the whole array, with all tasks in it.
    """
    array, task = environment.get("SLURM_ARRAY_JOB_ID", ""), environment.get("SLURM_ARRAY_TASK_ID", "")
    if array and task:
        return f"{array}_{task}"
    return environment.get("SLURM_JOB_ID") or None


def requeue(environment: Mapping[str, str], *, again: str, command: Command = run_command) -> str:
    """Put our own job into the queue again, and give its name; raises NotRequeued with the command to type.

    `again` is the command that goes on with the shard where there is no job.
    """
    job = job_of(environment)
    if job is None:
        raise NotRequeued("Not put into the queue again: this is no job of Slurm's.", mend=f"Go on with: {again}")
    words = ["scontrol", "requeue", job]
    try:
        done = command(words)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _refused(words, getattr(error, "strerror", None) or "it did not answer") from error
    if done.returncode:
        raise _refused(words, (done.stderr or done.stdout).strip() or f"exit code {done.returncode}")
    return job


def refuse_idle(environment: Mapping[str, str], *, again: str) -> None:
    """Raise NotRequeued where the job was started again and again, and in this sitting no page came to its end."""
    starts = environment.get("SLURM_RESTART_COUNT", "")
    if starts.isdecimal() and int(starts) >= MOST_IDLE_STARTS:
        raise NotRequeued(
            f"Not put into the queue again: no page came to its end, and the job was started again {starts} times.",
            mend=f"Give it more time: write the script anew with a longer --time and submit it, or go on with: {again}",
        )


def _refused(words: Sequence[str], why: str) -> NotRequeued:
    typed = " ".join(map(quote, words))
    return NotRequeued(f"Not put into the queue again: {shown(why)}.", mend=f"Type it when Slurm answers: {typed}")
