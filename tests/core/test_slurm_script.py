"""The batch script: as people will read it, and as bash and sbatch do."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htrkit.core.slurm_script import FIRST_LINES, ArrayJob, ShardRoom, batch_script, job_name
from tests.core.test_slurm_words import NAMES
from tests.fakes.sbatch_words import options_in

JOB = ArrayJob(
    name="htrkit-leuven-1714",
    shards=4,
    room=ShardRoom(gpus=1, cpus=8, memory="28G", time="02:45:00", warned_seconds=720),
    logs="/vol/leuven/out/.htrkit/slurm",
    folder="/vol/leuven",
    program=("/opt/htr/bin/htrkit",),
    options=("--out=out", "--engine=trocr", "--model=models/my model", "--progress=plain"),
    inputs=("scans", "more scans/*.png"),
    out="out",
    anew=("--progress=plain",),
    variables=(("HTRKIT_DPI", "400"),),
    most_running=2,
    asked=("--partition=gpu", "--constraint=l40s"),
)
GOLDEN = """\
#!/bin/bash
# Written by `htrkit cluster slurm`: each task of the array is one shard of the pages.
#SBATCH --job-name=htrkit-leuven-1714
#SBATCH --array=1-4%2
#SBATCH --gres=gpu:1
#SBATCH --cpus-per-task=8
#SBATCH --mem=28G
#SBATCH --time=02:45:00
#SBATCH --signal=B:USR1@720
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=/vol/leuven/out/.htrkit/slurm/%A_%a.log
#SBATCH --partition=gpu
#SBATCH --constraint=l40s
# Submitted again, each shard goes on where it stopped. After `htrkit cluster recut OUT --shards M`,
# which tells the number C of its cut: sbatch --export=ALL,HTRKIT_SHARDS=M@C --array=1-M SCRIPT
cd -- /vol/leuven || exit
export HTRKIT_DPI=400
if [ -n "${HTRKIT_SHARDS:-}" ]; then
  exec /opt/htr/bin/htrkit resume --progress=plain --shard "${SLURM_ARRAY_TASK_ID}/${HTRKIT_SHARDS}" --requeue -- out
fi
exec /opt/htr/bin/htrkit run \\
  --out=out \\
  --engine=trocr \\
  '--model=models/my model' \\
  --progress=plain \\
  --shard "${SLURM_ARRAY_TASK_ID}/4" --requeue \\
  -- scans 'more scans/*.png'
"""
TELL = """
import os, sys
told = [*sys.argv[1:], os.getcwd(), os.environ.get("HTRKIT_MODEL", "")]
sys.stdout.buffer.write(b"".join(os.fsencode(word) + b"\\0" for word in told))
"""
"""Says what it was started with, where, and one setting of its environment."""


def ended(script: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run the script as Slurm does, from a copy, as the third task of array 7."""
    environment = {"PATH": os.defpath, "SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": "3", **variables}
    return subprocess.run(
        ["bash", "-s"], input=script.encode(), capture_output=True, check=False, env=environment, cwd="/"
    )


def telling(**changes: object) -> ArrayJob:
    return replace(JOB, program=(sys.executable, "-I", "-c", TELL), **changes)  # type: ignore[arg-type]


def test_the_script_is_what_people_would_write_by_hand() -> None:
    assert batch_script(JOB) == GOLDEN
    assert GOLDEN.startswith(FIRST_LINES)


def test_without_gpus_and_bounds_none_are_asked_for() -> None:
    room = replace(JOB.room, gpus=0)
    options = options_in(batch_script(replace(JOB, room=room, most_running=None, asked=())))

    assert "--array=1-4" in options
    assert not [option for option in options if "gres" in option or "gpu" in option.replace("leuven", "")]


@pytest.mark.slow
def test_each_task_is_the_shard_of_its_number(tmp_path: Path) -> None:
    script = batch_script(telling(folder=str(tmp_path)))
    told = ended(script).stdout.split(b"\0")
    later = ended(script, HTRKIT_SHARDS="9").stdout.split(b"\0")

    assert told[:3] == [b"run", b"--out=out", b"--engine=trocr"]
    assert told[told.index(b"--shard") + 1 :][:3] == [b"3/4", b"--requeue", b"--"]
    assert os.fsencode(tmp_path) in told
    assert later[:6] == [b"resume", b"--progress=plain", b"--shard", b"3/9", b"--requeue", b"--"]


@pytest.mark.slow
@settings(max_examples=40)
@given(names=st.lists(NAMES, min_size=4, max_size=4))
def test_whatever_things_are_called_htrkit_is_started_with_them(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("cluster") / f"x{names[0].replace('/', '_')}"
    folder.mkdir()
    options, inputs, variables = (f"--out={names[1]}",), (names[2],), (("HTRKIT_MODEL", names[3]),)
    script = batch_script(telling(folder=str(folder), options=options, inputs=inputs, variables=variables))
    told = ended(script).stdout.split(b"\0")

    assert told[1] == os.fsencode(options[0])
    assert told[-4:-1] == [os.fsencode(name) for name in (names[2], str(folder), names[3])]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["50% done", "it's", "a\nb", os.fsdecode(b"caf\xe9"), "a\\b", "#1"])
def test_where_sbatch_would_read_a_folder_otherwise_the_script_finds_its_log_by_itself(
    tmp_path: Path, name: str
) -> None:
    logs = tmp_path / name
    logs.mkdir()
    script = batch_script(telling(folder=str(tmp_path), logs=str(logs)))
    done = ended(script)

    assert "--output=/dev/null" in options_in(script)
    assert done.stdout == b""
    assert b"--requeue" in (logs / "7_3.log").read_bytes()


@pytest.mark.parametrize("logs", ["/vol/out/.htrkit/slurm", "/vol/my out/.htrkit/slurm", "/vol/Bücher/.htrkit/slurm"])
def test_sbatch_is_told_the_log_where_it_reads_it_as_it_is(logs: str) -> None:
    assert f"--output={logs}/%A_%a.log" in options_in(batch_script(replace(JOB, logs=logs)))


@pytest.mark.slow
def test_a_folder_that_is_gone_ends_the_task_before_it_reads_anything(tmp_path: Path) -> None:
    done = ended(batch_script(telling(folder=str(tmp_path / "gone"))))

    assert (done.returncode, done.stdout) == (1, b"")
    assert b"gone" in done.stderr


@pytest.mark.parametrize(
    ("out", "name"),
    [("leuven-1714", "htrkit-leuven-1714"), ("my out!", "htrkit-my-out"), ("", "htrkit"), ("a hetjob", "htrkit")],
)
def test_the_queue_shows_the_name_of_out(out: str, name: str) -> None:
    assert job_name(out) == name
