"""The end of a journal alone: whether its run has ended is asked of many, and each may be long."""

import os
from contextlib import suppress
from pathlib import Path

from htrkit.journal.lines import LineDamaged, decode

FIRST_BYTES = 1 << 12


def last_event(path: Path) -> str:
    """Give the name of the last event of which a whole line tells: `RunEnded`; empty where there is none."""
    with suppress(OSError), path.open("rb") as file:
        length = file.seek(0, os.SEEK_END)
        reach = FIRST_BYTES
        while True:
            start = max(length - reach, 0)
            file.seek(start)
            # What stands before the first line end may be half of a line.
            lines = file.read(length - start).split(b"\n")[0 if start == 0 else 1 : -1]
            for line in reversed(lines):
                with suppress(LineDamaged):
                    return str(decode(line + b"\n").get("event", ""))
            if start == 0:
                return ""
            reach *= 8
    return ""
