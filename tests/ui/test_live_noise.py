"""What is written to a terminal meanwhile comes out as lines above, by whomever and however it is written."""

import subprocess
import sys

SCRIPT = """
import os, sys
from htrkit.ui.live_noise import caught_noise

lines = []
with caught_noise(lines.append):
    print("from Python", file=sys.stderr)
    os.write(2, b"from a library\\nhalf ")
    os.write(2, b"a line\\n")
    os.write(2, b"\\xff no letters\\n")
    print("a result")
    {more}
    os.write(2, b"unfinished")
print("afterwards", file=sys.stderr)
os.write(2, b"native\\n")
sys.stdout.write("|".join(lines))
"""


def run(more: str = "pass") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", SCRIPT.replace("{more}", more)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_every_line_is_caught_and_the_streams_are_as_before_afterwards() -> None:
    done = run()

    assert done.stdout == "a result\nfrom Python|from a library|half a line|\\xff no letters|unfinished"
    assert done.stderr == "afterwards\nnative\n"
    assert done.returncode == 0


def test_more_than_a_pipe_holds_holds_nobody_up() -> None:
    done = run("[os.write(2, b'y' * 99 + b'\\n') for _ in range(5000)]")

    assert done.stdout.count("y" * 99) == 5000


def test_an_error_inside_puts_the_streams_back() -> None:
    done = run("raise SystemExit('gone')")

    assert done.stderr.strip() == "gone"
