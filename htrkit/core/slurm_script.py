"""The batch script of an array of shards: what Slurm is asked for, and the one command that each shard is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from htrkit.core.slurm_words import bash_word, sbatch_word

FIRST_LINES = "#!/bin/bash\n# Written by `htrkit cluster slurm`: each task of the array is one shard of the pages.\n"
"""Every script begins so, and is known by it."""
LOG = "%A_%a.log"
"""The array's id and the task's number, as Slurm fills them in."""
SCRIPT = "array.sh"
"""What is submitted, beside the logs of its tasks, where no other place was named."""
SHARDS_VARIABLE = "HTRKIT_SHARDS"
"""Is set by who submits the script for the shards of a later cut, and says of how many, and of which: `4@2`."""
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def later_cut_submitted(shards: int | str, cut: int | str, script: str) -> str:
    """Give the command that submits a script for the shards of a later cut; all are words as bash takes them.

    Named in `--export`, the variable reaches the jobs also where a site's default hands on nothing. It names the cut by
    its number: when there is a newer one, a job that is put back into the queue still means its own.
    """
    return f"sbatch --export=ALL,{SHARDS_VARIABLE}={shards}@{cut} --array=1-{shards} {script}"


_AGAIN = (
    "# Submitted again, each shard goes on where it stopped. After `htrkit cluster recut OUT --shards M`,",
    f"# which tells the number C of its cut: {later_cut_submitted('M', 'C', 'SCRIPT')}",
)


@dataclass(frozen=True, slots=True)
class ShardRoom:
    """What Slurm is asked to give each shard."""

    gpus: int
    cpus: int
    memory: str
    """As Slurm writes it: `28G`."""
    time: str
    """As Slurm writes it: `02:30:00`."""
    warned_seconds: int
    """So long before the time is up the shard is told to finish the pages in hand."""


@dataclass(frozen=True, slots=True)
class ArrayJob:
    """A batch script to be."""

    name: str
    shards: int
    room: ShardRoom
    logs: str
    """The folder of the tasks' own logs, absolute."""
    folder: str
    """Where relative paths start from, absolute."""
    program: tuple[str, ...]
    """The words that start htrkit."""
    options: tuple[str, ...]
    """Of `run`; without the shard, and what comes with it."""
    inputs: tuple[str, ...]
    out: str
    anew: tuple[str, ...] = ()
    """Options of `resume`, which goes on with the shards of a later cut."""
    variables: tuple[tuple[str, str], ...] = ()
    """Settings that come from the environment."""
    most_running: int | None = None
    """Shards at once; None leaves it to Slurm."""
    asked: tuple[str, ...] = ()
    """Further options for sbatch, as it reads them: partition, account, whatever else."""


def job_name(out: str) -> str:
    """Give a name for the queue after OUT's own."""
    name = f"htrkit-{_NO_NAME.sub('-', out).strip('-')[:40]}".rstrip("-")
    return name if sbatch_word(name) is not None else "htrkit"


def batch_script(job: ArrayJob) -> str:
    """Give the script, one text that ends with a line's end."""
    settings = [f"export {name}={bash_word(value)}" for name, value in job.variables]
    lines = [*map("#SBATCH {}".format, _asked(job)), *_AGAIN, *_log(job), f"cd -- {bash_word(job.folder)} || exit"]
    return FIRST_LINES + "\n".join([*lines, *settings, *_commands(job)]) + "\n"


def _asked(job: ArrayJob) -> Iterator[str]:
    room, most = job.room, f"%{job.most_running}" if job.most_running is not None else ""
    yield f"--job-name={job.name}"
    yield f"--array=1-{job.shards}{most}"
    if room.gpus:
        yield f"--gres=gpu:{room.gpus}"
    yield f"--cpus-per-task={room.cpus}"
    yield f"--mem={room.memory}"
    yield f"--time={room.time}"
    yield f"--signal=B:USR1@{room.warned_seconds}"
    yield "--requeue"
    yield "--open-mode=append"
    folder = sbatch_word(f"{job.logs}/")
    yield f"--output={_within(folder, LOG)}" if folder is not None else "--output=/dev/null"
    yield from job.asked


def _within(folder: str, name: str) -> str:
    """Put the name behind a folder that may be in quotes."""
    return f'{folder[:-1]}{name}"' if folder.endswith('"') else f"{folder}{name}"


def _log(job: ArrayJob) -> Iterator[str]:
    """Let the script find its log by itself where sbatch would read the folder's name otherwise."""
    if sbatch_word(job.logs) is None:
        name = '"${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}.log"'
        yield f"exec >>{bash_word(job.logs)}/{name} 2>&1"


def _commands(job: ArrayJob) -> Iterator[str]:
    """Give both ways of taking a shard on; `exec`, since the batch shell alone is warned: it becomes htrkit."""
    program, inputs = (" ".join(map(bash_word, words)) for words in (job.program, job.inputs))
    later = f'--shard "${{SLURM_ARRAY_TASK_ID}}/${{{SHARDS_VARIABLE}}}" --requeue -- {bash_word(job.out)}'
    yield f'if [ -n "${{{SHARDS_VARIABLE}:-}}" ]; then'
    yield f"  exec {program} resume {' '.join([*map(bash_word, job.anew), later])}"
    yield "fi"
    shard = f'--shard "${{SLURM_ARRAY_TASK_ID}}/{job.shards}"'
    yield " \\\n  ".join([f"exec {program} run", *map(bash_word, job.options), f"{shard} --requeue", f"-- {inputs}"])
