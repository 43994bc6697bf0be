"""The journal of a run: append-only, one writer, synced at each page that starts or ends."""

import errno
import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Self

from htrkit.domain.errors import HtrkitError, OutputUnwritable
from htrkit.domain.events import Record
from htrkit.files.atomic import settle, unwritable
from htrkit.files.disk import KERNEL, Disk, OpenFile
from htrkit.journal.lines import LineDamaged, decode, encode
from htrkit.journal.tearing import SYNCED, is_torn


class Journal:
    """Writes records to a file; raises OutputUnwritable where the disk refuses."""

    def __init__(self, path: Path, *, disk: Disk = KERNEL) -> None:
        self._path = path
        try:
            self._file = _opened(path, disk)
        except OSError as error:
            raise unwritable(error, path) from error

    def __call__(self, record: Record) -> None:
        """Append one record, whole or not at all."""
        line = encode(record)
        start = self._file.size()
        try:
            _write_whole(self._file, line)
            if isinstance(record.event, SYNCED):
                self._file.sync()
        except OSError as error:
            self._file.cut(start)
            raise OutputUnwritable(
                f"{self._path}: the journal cannot be written ({error.strerror}).", mend="Make room, then run again."
            ) from error

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _opened(path: Path, disk: Disk) -> OpenFile:
    """Open the journal, so that a power cut loses neither its name nor what a process that was killed had written."""
    disk.make_folder(path.parent)
    file = disk.append_to(path)
    try:
        file.sync()
        settle(path.parent, disk=disk)
    except OSError:
        file.close()
        raise
    return file


def _write_whole(file: OpenFile, line: bytes) -> None:
    """Write all of the line; a short write means a full disk, though the system has not said so yet."""
    if file.write(line) < len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read(path: Path) -> Iterator[dict[str, object]]:
    """Give the values of every line; a torn end is forgiven, damage before whole lines raises HtrkitError."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield decode(line)
            except LineDamaged as error:
                if not line.endswith(b"\n"):
                    return  # where the file ended when it was read; a run that is going on may add to it meanwhile
                if is_torn(chain((line,), file)):
                    return
                raise HtrkitError(
                    f"{path}: line {number} is damaged, and others follow it.",
                    mend="Take the journal from a backup; the page records in json/ are not touched.",
                ) from error
