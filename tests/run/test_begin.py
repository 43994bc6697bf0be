"""A process of a run dies with the run's process however far it has come."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from htrkit.run.processes import module_command

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SLOW = """
import os, time
from collections.abc import Callable
from pathlib import Path
Path("importing").write_text(str(os.getpid()))
time.sleep(60)
"""
PARENT = """
import os, subprocess, sys, time
words = [*sys.argv[1:], "0", str(os.getpid())]
subprocess.Popen(words, start_new_session=True)
time.sleep(60)
"""


def test_a_process_that_is_still_importing_dies_with_its_parent(tmp_path: Path) -> None:
    (tmp_path / "slow_to_import.py").write_text(SLOW)
    note = tmp_path / "importing"
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    command = [sys.executable, "-c", PARENT, *module_command("slow_to_import")]
    with subprocess.Popen(command, cwd=tmp_path, env=environment) as parent:
        wait_until(lambda: note.exists() and note.read_text() != "", seconds=60)
        parent.kill()
    pid = int(note.read_text())
    try:
        wait_until(lambda: not lives(pid), seconds=1)
    finally:
        if lives(pid):
            os.kill(pid, signal.SIGKILL)


def wait_until(true: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
