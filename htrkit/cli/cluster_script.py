"""What `htrkit cluster slurm` does: it looks, reckons, writes the script and, if that is wished for, submits it."""

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote

from htrkit.cli.inputs import request_of
from htrkit.cli.setting_options import Typed
from htrkit.cli.typed_words import words_anew, words_for, words_of
from htrkit.config.choices import Progress
from htrkit.config.layers import environment_layer
from htrkit.core.shown import shown
from htrkit.core.slurm_script import ArrayJob, ShardRoom, batch_script, job_name
from htrkit.devices.torch_build import installed_torch
from htrkit.run import slurm_asking
from htrkit.run.out_folder import OutFolder
from htrkit.run.preflight import Request, settings_of
from htrkit.run.slurm_nodes import fitted_to, nodes_for, on_nodes
from htrkit.run.slurm_options import extra_lines, memory_in, named
from htrkit.run.slurm_preflight import checked_for_nodes, log_folder
from htrkit.run.slurm_submitting import submitted, write_script
from htrkit.ui.checking import Checking
from htrkit.ui.console import Streams, streams
from htrkit.ui.findings import told_findings
from htrkit.ui.words import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was typed; None for what is left to the estimate and to the cluster."""

    inputs: tuple[str, ...]
    out: Path
    typed: Typed
    shards: int
    gpus: int | None
    card: str | None
    cpus: int | None
    time: str | None
    memory: str | None
    partition: str | None
    account: str | None
    most_running: int | None
    extra: tuple[str, ...]


def carry_out(asked: Asked, output: Path | None, *, submit: bool) -> None:
    """Give the script on stdout, or write it and submit it; raises HtrkitError for what stands in the way."""
    request = request_of(list(asked.inputs), asked.out, asked.typed)
    screen = streams(settings_of(request).settings.color, request.environment)
    script = _script(asked, request, screen)
    if not submit and output is None:
        sys.stdout.buffer.write(script.encode())
        return
    place = (output if output is not None else OutFolder(asked.out).script).absolute()
    write_script(script, place)
    if submit:
        _submit(place, asked, request.environment, screen)
    else:
        screen.say(f"written: {shown(place)}; submit it with: sbatch {quote(shown(place))}")


def _script(asked: Asked, request: Request, screen: Streams) -> str:
    resolved = settings_of(request)
    settings = resolved.settings
    extra = (*named("--partition", asked.partition), *named("--account", asked.account), *extra_lines(asked.extra))
    typed = slurm_asking.Typed(asked.shards, asked.time, memory_in(asked.memory))
    nodes = nodes_for(settings, gpus=asked.gpus, cpus=asked.cpus, card=asked.card)
    fitted = fitted_to(nodes, settings)
    there = on_nodes(request, fitted)
    told = Checking(screen.say, time.monotonic)
    findings = checked_for_nodes(there, nodes, shards=asked.shards, told=told, build=installed_torch())
    for finding in told_findings(findings):
        screen.find(finding)
    room = slurm_asking.room_of(there, typed, nodes, say=screen.say)
    if resolved.origins["progress"] != "command line":
        # A log is read as it stands, whatever this terminal is shown.
        fitted = {**fitted, "progress": Progress.PLAIN}
    own = tuple(words_for(fitted))
    job = replace(_job(asked, room, own), asked=extra, anew=(*words_anew(resolved), *own))
    return batch_script(job)


def _job(asked: Asked, room: ShardRoom, own: tuple[str, ...]) -> ArrayJob:
    return ArrayJob(
        name=job_name(asked.out.resolve().name),
        shards=asked.shards,
        room=room,
        logs=str(log_folder(asked.out)),
        folder=str(Path.cwd()),
        program=program(Path(sys.executable)),
        options=(f"--out={asked.out}", *words_of(asked.typed), *own),
        inputs=asked.inputs,
        out=str(asked.out),
        variables=tuple(environment_variables(os.environ)),
        most_running=asked.most_running,
    )


def program(python: Path) -> tuple[str, ...]:
    """Give the words that start this very htrkit, whether its environment is activated or not."""
    script = python.with_name("htrkit")
    return (str(script),) if os.access(script, os.X_OK) else (str(python), "-m", "htrkit")


def environment_variables(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """Give the variables that are settings: a cluster may hand none of them on to its jobs. Never a key."""
    named_so = environment_layer(environment).values
    return [(f"HTRKIT_{name.upper()}", str(value)) for name, value in sorted(named_so.items())]


def _submit(place: Path, asked: Asked, environment: Mapping[str, str], screen: Streams) -> None:
    job, out = submitted(place, environment), quote(shown(asked.out))
    if job.remark:
        screen.say(job.remark)
    screen.say(f"submitted: an array of {counted(asked.shards, 'shard')}, job {job.job_id}; script: {shown(place)}")
    screen.say(f"  squeue -j {job.job_id}  which of them wait and run")
    screen.say(f"  htrkit report {out}  what they have come to, and which have died")
    screen.say(f"  htrkit resume {out}  takes what dead ones have left; so does: sbatch {quote(shown(place))}")
    screen.result(job.job_id)
