"""Opening a file that anybody may have put there: only a regular one with something in it, and without waiting."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from htrkit.domain.failure import FailureClass
from htrkit.files.no_picture import NoPicture, unreadable

SPECIAL = {
    stat.S_IFDIR: "is a folder",
    stat.S_IFIFO: "is a pipe, not a file",
    stat.S_IFSOCK: "is a socket, not a file",
    stat.S_IFCHR: "is a device, not a file",
    stat.S_IFBLK: "is a device, not a file",
}


@contextmanager
def opened_regular(path: str) -> Iterator[BufferedReader]:
    """Open the file for reading bytes, and turn every trouble of the disk while it is open into NoPicture."""
    try:
        with _opened(path) as file:
            yield file
    except OSError as error:
        # Pillow raises OSError without a number for damaged pictures; those were handled where they arose.
        raise unreadable(f"cannot be read ({error.strerror or error})") from error


def _opened(path: str) -> BufferedReader:
    try:
        _check(Path(path).stat())
        # Not blocking: between the look and the opening it may have become a pipe, which would never open.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError as error:
        raise unreadable("cannot be read (no file has such a name)") from error
    file = os.fdopen(handle, "rb")
    try:
        _check(os.fstat(handle))
    except NoPicture:
        file.close()
        raise
    return file


def _check(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise unreadable(SPECIAL.get(stat.S_IFMT(found.st_mode), "is no regular file"))
    if not found.st_size:
        raise NoPicture("is an empty file", mend="Copy or scan it again.", failure=FailureClass.EMPTY)
