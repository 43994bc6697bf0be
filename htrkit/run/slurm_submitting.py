"""A batch script is put in its place, and handed to sbatch."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from htrkit.core.shown import shown
from htrkit.core.slurm_script import FIRST_LINES
from htrkit.domain.errors import PreflightRefused, UsageProblem
from htrkit.files.atomic import write_stream

SBATCH = "sbatch"
MOST_SAID = 600
"""Letters of what sbatch says; a site's own plug-ins may say a page."""
_JOB_ID = re.compile(r"(\d+)(?:;\S+)?")


@dataclass(frozen=True, slots=True)
class Submitted:
    """An array that waits in the queue."""

    job_id: str
    remark: str
    """What sbatch said besides; empty for nothing."""


def write_script(script: str, place: Path) -> None:
    """Write the script, in place of an older one; raises UsageProblem for a file that is none, OutputUnwritable."""
    try:
        before = place.read_bytes() if place.exists() else FIRST_LINES.encode()
    except OSError as error:
        raise UsageProblem(f"{shown(place)}: {error.strerror}.", mend="Give --output another name.") from error
    if not before.startswith(FIRST_LINES.encode()):
        raise UsageProblem(
            f"{shown(place)}: is there already, and no script of `htrkit cluster slurm`.",
            mend="Give --output another name, or move the file away.",
        )
    write_stream((script.encode(),), place)


def submitted(script: Path, environment: Mapping[str, str]) -> Submitted:
    """Hand the script to sbatch; raises PreflightRefused where there is none, it refuses, or says no job's id."""
    words = f"{SBATCH} {quote(shown(script))}"
    found = shutil.which(SBATCH, path=environment.get("PATH", os.defpath))
    if found is None:
        raise PreflightRefused(
            "There is no sbatch on this machine, and nothing was submitted.",
            mend=f"The script is written; submit it from a login node of the cluster: {words}",
        )
    try:
        done = subprocess.run(  # noqa: S603 - Slurm's own command
            [found, "--parsable", str(script.absolute())],
            capture_output=True,
            check=False,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
        )
    except OSError as error:
        raise PreflightRefused(
            f"{shown(found)} cannot be started ({error.strerror}).",
            mend=f"The script is written; submit it where Slurm is in order: {words}",
        ) from error
    said, remark = (_told(stream) for stream in (done.stdout, done.stderr))
    if done.returncode != 0:
        raise PreflightRefused(
            f"sbatch refused the script: {remark or said or f'exit code {done.returncode}'}",
            mend=f"Write it anew with what the cluster allows (--partition, --account, --time, --mem, --extra), or "
            f"change it and submit it again: {words}",
        )
    job = _JOB_ID.fullmatch(said.rpartition("\n")[2].strip())
    if job is None:
        raise PreflightRefused(
            f"sbatch answered with no job's id: {said or remark or 'nothing'}",
            mend=f"`squeue --me` shows whether the array waits all the same; if not: {words}",
        )
    return Submitted(job[1], remark)


def _told(stream: bytes) -> str:
    """Give what was said, line by line, safe to show."""
    lines = (shown(line.strip()) for line in stream.decode("utf-8", "surrogateescape").splitlines())
    return "\n".join(line for line in lines if line)[-MOST_SAID:]
