"""Room that a run holds back, so that how it paused and ended can be written on a full disk."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from htrkit.domain.errors import OutputUnwritable
from htrkit.domain.events import Record, RunContinued
from htrkit.files.disk import KERNEL, Disk, OpenFile

BALLAST_BYTES = 1 << 20
PART_BYTES = BALLAST_BYTES // 8
"""Given back at a time: page workers may take it before the journal does, and then there is more."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Ballast:
    """A file of no use but its size; nothing here raises, for a run without it is as good until the disk is full."""

    def __init__(self, path: Path, *, disk: Disk = KERNEL, filling: Callable[[int], bytes] = os.urandom) -> None:
        """Take bytes that no file system can make small."""
        self._path = path
        self._disk = disk
        self._filling = filling

    def take(self) -> None:
        """Have the whole file on disk, or as much as there was before where there is no room for it."""
        with suppress(OSError), self._disk.append_to(self._path) as file:
            had = file.size()
            try:
                self._fill(file, BALLAST_BYTES - had)
            except OSError:
                self._leave(file, had)

    def lighten(self) -> bool:
        """Give a part of it back to the disk; tell whether there was any."""
        try:
            if not self._path.exists():
                return False
            with self._disk.append_to(self._path) as file:
                had = file.size()
                self._leave(file, had - PART_BYTES)
        except OSError:
            return False
        return had > 0

    def drop(self) -> None:
        """Give all of it back."""
        with suppress(OSError):
            self._disk.remove(self._path)

    def _fill(self, file: OpenFile, missing: int) -> None:
        while missing > 0:
            missing -= file.write(self._filling(min(missing, PART_BYTES)))
        file.sync()

    def _leave(self, file: OpenFile, size: int) -> None:
        if size > 0:
            file.cut(size)
        else:
            self._disk.remove(self._path)


class BallastedJournal:
    """A journal that gives ballast back where the disk is full, and takes it again when the run goes on."""

    def __init__(self, journal: Callable[[Record], None], ballast: Ballast) -> None:
        self._journal = journal
        self._ballast = ballast

    def __call__(self, record: Record) -> None:
        """Append one record; raises OutputUnwritable where no ballast is left, or where room is not what is lacking."""
        self._append(record)
        if isinstance(record.event, RunContinued):
            self._ballast.take()

    def _append(self, record: Record) -> None:
        while True:
            try:
                return self._journal(record)
            except OutputUnwritable as error:
                if not (_is_full(error) and self._ballast.lighten()):
                    raise


def _is_full(error: OutputUnwritable) -> bool:
    return isinstance(error.__cause__, OSError) and error.__cause__.errno in FULL


@contextmanager
def ballast_in(path: Path, *, disk: Disk = KERNEL) -> Iterator[Ballast]:
    """Hold room for as long as a run goes on; what a killed one has left is taken over."""
    ballast = Ballast(path, disk=disk)
    ballast.take()
    try:
        yield ballast
    finally:
        ballast.drop()
