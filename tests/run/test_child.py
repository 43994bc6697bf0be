"""How a process of a run ends."""

import subprocess
import sys

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
