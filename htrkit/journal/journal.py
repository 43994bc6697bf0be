"""The journal of a run: append-only, one writer, synced at each page that ends."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from htrkit.domain.errors import HtrkitError, OutputUnwritable
from htrkit.domain.events import PageDone, PageFailed, Record, RunEnded
from htrkit.journal.lines import LineDamaged, decode, encode

SYNCED = (PageDone, PageFailed, RunEnded)
"""Events that must be on disk before anything is said of them."""


class Journal:
    """Writes records to a file; raises OutputUnwritable where the disk refuses."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def __call__(self, record: Record) -> None:
        """Append one record, whole or not at all."""
        line = encode(record)
        start = os.fstat(self._file).st_size
        try:
            _write_whole(self._file, line)
            if isinstance(record.event, SYNCED):
                os.fsync(self._file)
        except OSError as error:
            os.ftruncate(self._file, start)
            raise OutputUnwritable(
                f"{self._path}: the journal cannot be written ({error.strerror}).", mend="Make room, then run again."
            ) from error

    def close(self) -> None:
        """Give the file back."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _write_whole(file: int, line: bytes) -> None:
    """Write all of the line; a short write means a full disk, though the system has not said so yet."""
    if os.write(file, line) < len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read(path: Path) -> Iterator[dict[str, object]]:
    """Give the values of every line; a torn last line is forgiven, a damaged one before it raises HtrkitError."""
    with path.open("rb") as file:
        damaged = 0
        for number, line in enumerate(file, 1):
            if damaged:
                raise HtrkitError(
                    f"{path}: line {damaged} is damaged, and others follow it.",
                    mend="Take the journal from a backup; the page records in json/ are not touched.",
                )
            try:
                yield decode(line)
            except LineDamaged:
                if not line.endswith(b"\n"):
                    return  # where the file ended when it was read; a run that is going on may add to it meanwhile
                damaged = number
