"""Processes are known by more than their number, so that a lock's holder is never taken for another process."""

import os
from dataclasses import dataclass
from pathlib import Path

_DEAD = frozenset("ZX")
"""States of a process that has ended and whose parent has not heard of it yet (proc(5))."""


@dataclass(frozen=True, slots=True)
class Stat:
    """What the kernel says of a process, from `/proc/<pid>/stat`."""

    pid: int
    state: str
    parent: int
    group: int
    session: int
    starttime: int
    """Clock ticks from the host's boot to the process's start; with the boot and the pid it names one process."""

    @property
    def alive(self) -> bool:
        """Whether the process can still do anything."""
        return self.state not in _DEAD


def stat_in(text: str) -> Stat | None:
    """Read a line of `/proc/<pid>/stat`; the command in it may hold spaces and brackets. None for anything else."""
    number, _, rest = text.partition(" (")
    fields = rest.rpartition(") ")[2].split()
    try:
        return Stat(int(number), fields[0], int(fields[1]), int(fields[2]), int(fields[3]), int(fields[19]))
    except (ValueError, IndexError):
        return None


@dataclass(frozen=True, slots=True)
class Host:
    """This machine, as its kernel describes it below `proc`; where that is not there, nothing is known of others."""

    proc: Path = Path("/proc")

    @property
    def name(self) -> str:
        """What the machine calls itself; others may call themselves the same."""
        return os.uname().nodename

    @property
    def boot_id(self) -> str:
        """Another one after every boot; empty where the system gives none."""
        try:
            return (self.proc / "sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return ""

    def pid_namespace(self, pid: int | None = None) -> str:
        """Name the set of processes in which pids are counted: containers on one host each have their own."""
        try:
            return str((self.proc / str(pid or "self") / "ns/pid").readlink())
        except OSError:
            return ""

    def stat(self, pid: int) -> Stat | None:
        """Give what is known of a process; None where there is none, or where it is hidden from us."""
        try:
            return stat_in((self.proc / str(pid) / "stat").read_text(errors="replace"))
        except OSError:
            return None

    def has_ended(self, pid: int, starttime: int) -> bool:
        """Say whether that process is gone for certain; one that is hidden from us (`hidepid`) counts as living."""
        stat = self.stat(pid)
        if stat is not None:
            return stat.starttime != starttime or not stat.alive
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, OverflowError):
            return True
        except OSError:
            return False
        return False
