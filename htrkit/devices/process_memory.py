"""What a process holds in memory: RSS, which counts what it shares whole, and PSS, which counts its part of that."""

from pathlib import Path

import psutil

PROC = Path("/proc")
KIB = 1024


def resident_bytes(pid: int) -> int | None:
    """Give the RSS of a process; None for one that is gone or may not be asked."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return None


def proportional_bytes(pid: int, *, proc: Path = PROC) -> int | None:
    """Give the PSS of a process, which the kernel sums up page by page; None where it does not tell (proc(5))."""
    try:
        lines = (proc / str(pid) / "smaps_rollup").read_text(errors="replace").splitlines()
    except OSError:
        return None
    words = next((line.split() for line in lines if line.startswith("Pss:")), [])
    return int(words[1]) * KIB if len(words) > 1 and words[1].isdecimal() else None
