"""How a process of a run ends: `child.leave`."""

import os
import subprocess
import sys
from pathlib import Path

from htrkit.run.device_process import LOST

ENDS = """
import atexit, os, sys
from htrkit.run import child
atexit.register(os.write, 1, b"a library tidies up")
sys.stdout.write("said")
sys.stderr.write("logged")
child.leave({status})
"""


def test_a_process_says_what_it_has_to_say_and_leaves_without_the_endings_of_libraries() -> None:
    left = subprocess.run([sys.executable, "-c", ENDS.format(status="")], capture_output=True, text=True, check=False)

    assert (left.returncode, left.stdout, left.stderr) == (0, "said", "logged")


def test_it_leaves_with_the_status_that_it_is_given() -> None:
    left = subprocess.run([sys.executable, "-c", ENDS.format(status=70)], capture_output=True, check=False)

    assert left.returncode == 70


def test_a_log_that_takes_nothing_any_more_does_not_change_the_status() -> None:
    kept_to_the_end = {**os.environ, "PYTHONUNBUFFERED": ""}
    with Path("/dev/full").open("w") as full:
        words = [sys.executable, "-c", ENDS.format(status=70)]
        left = subprocess.run(words, stdout=full, check=False, env=kept_to_the_end)

    assert left.returncode == 70


LOSES = """
from htrkit.run import device_process
from htrkit.run.answering import DeviceLost
def lost(load):
    raise DeviceLost("gone")
device_process._be_a_server = lost
device_process.main()
"""


def test_a_lost_device_is_told_by_the_status_where_the_log_takes_nothing_any_more() -> None:
    with Path("/dev/full").open("w") as full:
        left = subprocess.run([sys.executable, "-c", LOSES], stderr=full, check=False)

    assert left.returncode == LOST
