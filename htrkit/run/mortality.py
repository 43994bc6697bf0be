"""Processes that die with their parent, and whose deaths are explained."""

import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
"""Of prctl(2): the signal that the kernel sends when the thread that started this process ends."""
OOM_SCORE = 500
"""The kernel, short of memory, takes a page worker before the run's own process."""


def die_with(parent: int) -> None:
    """Ask the kernel to kill this process when its parent dies; ends at once where that has happened already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def go_first_when_memory_is_short() -> None:
    """Let the kernel choose this process; a system that does not let us say so loses nothing."""
    try:
        Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE))
    except OSError:
        return


def memory_bytes() -> int:
    """Give what this process holds in memory; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def kernel_kills() -> int:
    """Give how many processes the kernel has killed for memory since it started; 0 where it does not tell."""
    try:
        lines = Path("/proc/vmstat").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)


def cause_of_death(code: int, *, kernel_killed: bool) -> str:
    """Say why a process ended: `SIGSEGV`, `exit code 3`, the kernel."""
    if code >= 0:
        return f"exit code {code}"
    number = -code
    if number == signal.SIGKILL and kernel_killed:
        return "killed by the kernel for lack of memory"
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
