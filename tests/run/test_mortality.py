"""Deaths are explained, and nobody outlives its parent by mistake."""

import os
import signal
import subprocess
import sys

import pytest

from htrkit.run.mortality import cause_of_death, die_with, kernel_kills


@pytest.mark.parametrize(
    ("code", "kernel", "said"),
    [
        (0, False, "exit code 0"),
        (3, True, "exit code 3"),
        (-signal.SIGSEGV, False, "SIGSEGV"),
        (-signal.SIGKILL, False, "SIGKILL"),
        (-signal.SIGKILL, True, "killed by the kernel for lack of memory"),
        (-signal.SIGSEGV, True, "SIGSEGV"),
        (-200, False, "signal 200"),
    ],
)
def test_causes(code: int, kernel: bool, said: str) -> None:
    assert cause_of_death(code, kernel_killed=kernel) == said


def test_the_kernels_count_is_a_number() -> None:
    assert kernel_kills() >= 0


def test_a_process_whose_parent_has_gone_already_ends_at_once() -> None:
    code = "import sys\nfrom htrkit.run.mortality import die_with\ndie_with(int(sys.argv[1]))\nprint('alive')"
    there = subprocess.run([sys.executable, "-c", code, str(os.getpid())], capture_output=True, text=True, check=False)
    gone = subprocess.run([sys.executable, "-c", code, "1"], capture_output=True, text=True, check=False)

    assert (there.returncode, there.stdout) == (0, "alive\n")
    assert (gone.returncode, gone.stdout) == (1, "")


def test_one_whose_parent_lives_goes_on() -> None:
    die_with(os.getppid())
