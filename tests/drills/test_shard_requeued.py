"""A shard as a Slurm task runs it: warned by the scheduler it drains, puts itself into the queue, and goes on there."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from htrkit.domain.exits import ExitCode
from htrkit.run.out_folder import OutFolder
from htrkit.run.reporting import reported_and_verified
from tests.drills.conftest import PAGES
from tests.fakes.shards import times_ended

pytestmark = pytest.mark.slow

TASK = {"SLURM_JOB_ID": "77", "SLURM_ARRAY_JOB_ID": "70", "SLURM_ARRAY_TASK_ID": "1", "OMP_NUM_THREADS": "1"}


def started(strips: Path, out: Path, folder: Path, *words: str) -> subprocess.Popen[str]:
    asked = ["-s", "none", "-d", "cpu", "-f", "txt,csv", "--progress", "json", "--requeue", *words]
    command = [sys.executable, "-m", "htrkit", "run", str(strips), "-o", str(out), *asked]
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **TASK, "PATH": path}
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)


@pytest.fixture
def scontrol(tmp_path: Path) -> Path:
    """What `scontrol` was told."""
    command = tmp_path / "bin" / "scontrol"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/told\n')
    command.chmod(0o755)
    return tmp_path / "told"


def test_a_warned_shard_drains_is_queued_again_and_the_same_command_finishes_it(
    strips: Path, tmp_path: Path, scontrol: Path
) -> None:
    out = tmp_path / "out"
    with started(strips, out, tmp_path, "--shard", "1/2") as going:
        for line in going.stderr or ():
            if json.loads(line)["event"] == "PageDone":
                break
        going.send_signal(signal.SIGUSR1)
        events = [json.loads(line) for line in going.stderr or ()]
    assert going.returncode == ExitCode.WARNED
    assert scontrol.read_text() == "requeue 70_1\n"
    ended = next(event for event in events if event["event"] == "RunEnded")
    assert ended["selected"] == PAGES // 2 == ended["done"] + ended["not_run"]

    codes = []
    for shard in ("1/2", "2/2"):
        with started(strips, out, tmp_path, "--shard", shard) as going:
            going.communicate()
        codes.append(going.returncode)
    assert codes == [ExitCode.DONE, ExitCode.DONE]
    assert scontrol.read_text() == "requeue 70_1\n"
    report = reported_and_verified(OutFolder(out))
    assert (report.counts.done, report.exit_code) == (PAGES, ExitCode.DONE)
    assert report.verified is not None
    assert not report.verified.damages
    assert set(times_ended(OutFolder(out)).values()) == {1}
    assert (out / "pages.csv").read_bytes().count(b"\r\n") == PAGES + 1
