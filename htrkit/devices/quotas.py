"""The cores and the memory that a scheduler, a container or an administrator has left this process."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from htrkit.core.quotas import (
    Group,
    bytes_in,
    cores_in,
    cores_of,
    groups_in,
    number_in,
    of_controller,
    of_version_2,
    reclaimable_in,
)


@dataclass(frozen=True, slots=True)
class Cgroups:
    """Where Linux keeps what control groups allow; elsewhere nothing is there, and nothing is limited."""

    root: Path = Path("/sys/fs/cgroup")
    own: Path = Path("/proc/self/cgroup")

    def cores(self) -> int | None:
        """Give the least quota of our group and those above it, in whole cores, rounded up; None for none."""
        groups = self._groups()
        quotas = [cores_in(_text(folder / "cpu.max")) for folder in self._version_2(groups)]
        quotas += [
            cores_of(_text(folder / "cpu.cfs_quota_us"), _text(folder / "cpu.cfs_period_us"))
            for folder in self._version_1(groups, "cpu")
        ]
        least = min((cores for cores in quotas if cores is not None), default=None)
        return None if least is None else max(math.ceil(least), 1)

    def free_bytes(self) -> int | None:
        """Give the least of what is free in our group and those above it; None where no memory is limited."""
        groups = self._groups()
        rooms = [_room(folder, _NAMES_2) for folder in self._version_2(groups)]
        rooms += [_room(folder, _NAMES_1) for folder in self._version_1(groups, "memory")]
        return min((room for room in rooms if room is not None), default=None)

    def limit_bytes(self) -> int | None:
        """Give the least that our group and those above it may have; None where no memory is limited."""
        groups = self._groups()
        limits = [_limit(folder, _NAMES_2) for folder in self._version_2(groups)]
        limits += [_limit(folder, _NAMES_1) for folder in self._version_1(groups, "memory")]
        return min((limit for limit in limits if limit is not None), default=None)

    def _groups(self) -> tuple[Group, ...]:
        return groups_in(_text(self.own))

    def _version_2(self, groups: tuple[Group, ...]) -> Iterator[Path]:
        group = of_version_2(groups)
        if group is not None:
            for name in group.folders:
                yield self.root / name
                yield self.root / "unified" / name  # where both versions are mounted beside each other

    def _version_1(self, groups: tuple[Group, ...], controller: str) -> Iterator[Path]:
        group = of_controller(groups, controller)
        if group is not None:
            for name in group.folders:
                yield self.root / controller / name
                yield self.root / ",".join(group.controllers) / name


@dataclass(frozen=True, slots=True)
class _Names:
    """What a version calls its files."""

    limits: tuple[str, ...]
    used: str


_NAMES_2 = _Names(("memory.max", "memory.high"), "memory.current")
_NAMES_1 = _Names(("memory.limit_in_bytes",), "memory.usage_in_bytes")


def usable_cores(cgroups: Cgroups | None = None) -> int:
    """Give the cores that this process may use: its affinity's, or its quota's where that is less."""
    affinity = getattr(psutil.Process(), "cpu_affinity", None)
    cores = len(affinity()) if affinity is not None else psutil.cpu_count() or 1
    quota = (cgroups or Cgroups()).cores()
    return max(cores if quota is None else min(cores, quota), 1)


def free_memory_bytes(cgroups: Cgroups | None = None) -> int:
    """Give the memory that this process can still have: the machine's, or its groups' where that is less."""
    available = int(psutil.virtual_memory().available)
    room = (cgroups or Cgroups()).free_bytes()
    return available if room is None else min(available, room)


def total_memory_bytes(cgroups: Cgroups | None = None) -> int:
    """Give the memory that there is: the machine's, or what our groups may have where that is less."""
    total = int(psutil.virtual_memory().total)
    limit = (cgroups or Cgroups()).limit_bytes()
    return total if limit is None else min(total, limit)


def _limit(folder: Path, names: _Names) -> int | None:
    limits = [bytes_in(_text(folder / name)) for name in names.limits]
    return min((found for found in limits if found is not None), default=None)


def _room(folder: Path, names: _Names) -> int | None:
    """Give what a group has left; files in memory that the kernel gives up when asked count as free."""
    limit = _limit(folder, names)
    if limit is None:
        return None
    used = (number_in(_text(folder / names.used)) or 0) - reclaimable_in(_text(folder / "memory.stat"))
    return max(limit - max(used, 0), 0)


def _text(place: Path) -> str:
    """Give a file's text; empty where there is none."""
    try:
        return place.read_text(errors="replace")
    except OSError:
        return ""
