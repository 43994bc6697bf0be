"""How much the outputs may take, against the room that there is."""

import shutil
from pathlib import Path

from htrkit.core.prospect import DiskRoom
from htrkit.core.shown import shown
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.finding_code import Code

BYTES_A_PAGE = 400_000
"""What a page's outputs take at most in practice: the page record and PAGE with every character's polygon."""


def disk_forecast(out: Path, pages: int, formats: int) -> DiskRoom:
    """Give what the outputs of so many pages may take, and what is free where OUT is or will be."""
    there = next(folder for folder in (out, *out.absolute().parents) if folder.is_dir())
    return DiskRoom(shown(there), pages * (formats + 1) * BYTES_A_PAGE // 3, shutil.disk_usage(there).free)


def disk_findings(out: Path, pages: int, formats: int) -> tuple[Finding, ...]:
    """Warn where the disk will not hold what the pages come to."""
    forecast = disk_forecast(out, pages, formats)
    free, needed = forecast.free_bytes, forecast.needed_bytes
    if free >= needed:
        return ()
    fitting = max(free * 3 // (BYTES_A_PAGE * (formats + 1)), 1)
    message = f"{forecast.place}: {_megabytes(free)} are free, and the outputs may take up to "
    mend = f"Make room, choose an OUT on another disk with -o, or begin with the pages that fit: --pages 1-{fitting}"
    return (Finding(Code.DISK, Severity.WARNING, f"{message}{_megabytes(needed)}.", mend),)


def _megabytes(number: int) -> str:
    return f"{number // 10**6:,} MB"
