"""What Linux control groups allow, read from their files' text; cgroups(7) and the kernel's cgroup-v2 and v1 pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

_NO_LIMIT_BYTES = 1 << 60
"""Version 1 writes "no limit" as the largest whole number of pages that fits 63 bits."""
_PERIOD = 100_000
"""Microseconds; the kernel's default."""


@dataclass(frozen=True, slots=True)
class Group:
    """A line of `/proc/self/cgroup`: the group that a process is in, in one of the hierarchies."""

    controllers: tuple[str, ...]
    """Empty for version 2, which has one hierarchy for all."""
    path: str

    @property
    def folders(self) -> tuple[str, ...]:
        """The group and those above it, below the hierarchy's root, which is the last and is empty.

        In a container the path may be that of the host, or lead out of what is seen (`/../..`); the root is the
        container's own group then.
        """
        names = PurePosixPath(self.path.lstrip("/")).parts
        if ".." in names:
            return ("",)
        return tuple("/".join(names[:depth]) for depth in range(len(names), -1, -1))


def groups_in(text: str) -> tuple[Group, ...]:
    """Read `/proc/self/cgroup`; lines that are none are passed over."""
    lines = [line.split(":", 2) for line in text.splitlines()]
    return tuple(
        Group(tuple(name for name in line[1].split(",") if name), line[2])
        for line in lines
        if len(line) == 3 and line[0].isdecimal() and line[2].startswith("/")
    )


def of_version_2(groups: Sequence[Group]) -> Group | None:
    """Give the group in the one hierarchy of version 2."""
    return next((group for group in groups if not group.controllers), None)


def of_controller(groups: Sequence[Group], controller: str) -> Group | None:
    """Give the group in the hierarchy of version 1 that has the controller: `cpu`, `memory`."""
    return next((group for group in groups if controller in group.controllers), None)


def cores_in(cpu_max: str) -> float | None:
    """Read `cpu.max`, `150000 100000` being one core and a half; None for no limit."""
    quota, _, period = cpu_max.strip().partition(" ")
    return cores_of(quota, period or str(_PERIOD))


def cores_of(quota: str, period: str) -> float | None:
    """Read `cpu.cfs_quota_us` and `cpu.cfs_period_us`; None for no limit, which is -1."""
    used, of = number_in(quota), number_in(period)
    return used / of if used and of else None


def bytes_in(limit: str) -> int | None:
    """Read a limit of memory; None for none."""
    number = number_in(limit)
    return number if number is not None and number < _NO_LIMIT_BYTES else None


def number_in(text: str) -> int | None:
    """Read a whole number that is not negative; None for anything else, such as `max`."""
    word = text.strip()
    return int(word) if word.isdecimal() and word.isascii() else None


def reclaimable_in(stat: str) -> int:
    """Read from `memory.stat` the bytes of files that the kernel keeps as long as nobody wants the memory."""
    named = dict(line.split(" ", 1) for line in stat.splitlines() if " " in line)
    return number_in(named.get("total_inactive_file", named.get("inactive_file", ""))) or 0
