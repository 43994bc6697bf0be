"""A journal whose writer died is made fit to be appended to: what a crash tore off its end is put aside."""

import os
from itertools import chain
from pathlib import Path

from htrkit.core.shown import shown
from htrkit.domain.errors import HtrkitError, OutputUnwritable
from htrkit.domain.exits import ExitCode
from htrkit.journal.lines import LineDamaged, decode
from htrkit.journal.tearing import is_torn

TORN = ".torn"
"""Takes the place of `.jsonl` in the name of the file for what was cut off."""


class JournalDamaged(HtrkitError):
    """A line in the middle of the journal is not what was written: no crash of ours does that."""

    exit_code = ExitCode.PREFLIGHT


def mend(path: Path) -> int:
    """Cut the torn end off, into `journal.torn`, and give its length in bytes; 0 for a whole journal, or none.

    A page whose end is cut off is simply done again. Raises JournalDamaged where whole lines follow a damaged one, and
    OutputUnwritable.
    """
    if not path.exists():
        return 0
    start = _torn_from(path)
    if start is None:
        return 0
    try:
        return _cut(path, start)
    except OSError as error:
        raise OutputUnwritable(
            f"{shown(path)}: cannot be mended ({error.strerror}).", mend="Make room or mend the rights, then try again."
        ) from error


def _torn_from(path: Path) -> int | None:
    """Give where the torn end begins; raises JournalDamaged."""
    offset = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                decode(line)
            except LineDamaged as error:
                if is_torn(chain((line,), file)):
                    return offset
                raise _damaged(path, number) from error
            offset += len(line)
    return None


def _damaged(path: Path, line: int) -> JournalDamaged:
    return JournalDamaged(
        f"{shown(path)}: line {line} is damaged, and whole ones follow it.",
        mend="Take the journal from a backup; the page records in json/ are not touched.",
    )


def _cut(path: Path, start: int) -> int:
    """Keep the torn bytes first, and only then cut them off."""
    with path.open("r+b") as journal:
        journal.seek(start)
        torn = journal.read()
        with path.with_suffix(TORN).open("ab") as aside:
            aside.write(torn)
            aside.flush()
            os.fsync(aside.fileno())
        journal.truncate(start)
        os.fsync(journal.fileno())
    return len(torn)
