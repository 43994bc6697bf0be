"""Files aside that a killed process left in OUT are swept away; nothing else is touched."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from htrkit.files.atomic import TEMPORARY
from htrkit.files.walk import RUN_FOLDER

_OURS = re.compile(re.escape(TEMPORARY) + r"[0-9]+-")


def sweep(out: Path, *, untouched_since: float | None = None) -> int:
    """Remove our unfinished files below OUT and give their number; only while no run holds OUT.

    Where a run may be starting, `untouched_since` keeps those that were written to after it (seconds since 1970).

    Another run's OUT below this one is not entered, and what cannot be removed is left: it harms nothing.
    """
    swept = 0
    for place in list(_unfinished(out)):
        with suppress(OSError):
            if untouched_since is not None and place.stat().st_mtime > untouched_since:
                continue
            place.unlink()
            swept += 1
    return swept


def _unfinished(out: Path) -> Iterator[Path]:
    for folder, below, names in os.walk(out):
        if RUN_FOLDER in below and Path(folder) != out:
            below.clear()
            continue
        yield from (Path(folder, name) for name in names if _OURS.match(name))
