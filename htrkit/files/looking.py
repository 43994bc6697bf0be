"""A look at a place on disk that may be in trouble: what is there, or what the system says of it."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from htrkit.core.input_trouble import Seen, Sight, sight_of

HEAD_BYTES = 4096
CHUNK_BYTES = 1 << 20


def _names(folder: str, most: int) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.name for entry in islice(entries, most)]


def _read(path: str, most_bytes: int | None) -> None:
    """Read a file's first bytes, or all of them, from the disk itself where the system lets us say so."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if hasattr(os, "posix_fadvise"):
            # What is in memory can be read though the disk is gone.
            os.posix_fadvise(handle, 0, most_bytes or 0, os.POSIX_FADV_DONTNEED)
        left = most_bytes
        while content := os.read(handle, CHUNK_BYTES if left is None else min(left, CHUNK_BYTES)):
            if left is not None and (left := left - len(content)) <= 0:
                return
    finally:
        os.close(handle)


@dataclass(frozen=True, slots=True)
class SystemCalls:
    """What the system is asked, handed in so that tests can have it fail; each raises OSError."""

    stat: Callable[[str], os.stat_result] = os.stat
    names: Callable[[str, int], list[str]] = _names
    """The first names of a folder, at most so many."""
    read: Callable[[str, int | None], None] = _read
    """Reads a file's first bytes, or all of them."""


REAL = SystemCalls()


def look(path: str, calls: SystemCalls = REAL, *, most_bytes: int | None = HEAD_BYTES) -> Seen:
    """Look at a file (its first bytes; all of them with None) or a folder; raises nothing."""
    try:
        found = calls.stat(path)
        if stat.S_ISDIR(found.st_mode):
            sight = Sight.READABLE if calls.names(path, 1) else Sight.EMPTY
            return Seen(path, sight, device=found.st_dev)
        if stat.S_ISREG(found.st_mode):
            calls.read(path, most_bytes)
        return Seen(path, Sight.READABLE, device=found.st_dev)
    except OSError as error:
        return seen_by(path, error)
    except ValueError:
        return Seen(path, Sight.REFUSED, "no file has such a name")


def seen_by(path: str, error: OSError) -> Seen:
    """Take an error of the system for a look at the place that it was raised for."""
    return Seen(path, sight_of(error.errno), error.strerror or str(error))
