"""One run at a time writes into OUT: the kernel holds the lock and gives it back whatever becomes of the process."""

import errno
import fcntl
import os
from pathlib import Path
from typing import Self

from htrkit.domain.errors import OutputHeld, OutputUnwritable


class Lock:
    """Holds `.htrkit/lock` from entering to leaving; raises OutputHeld where another process has it."""

    def __init__(self, path: Path, *, owner: str) -> None:
        self._path = path
        self._owner = owner
        self._file = -1

    def __enter__(self) -> Self:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise OutputUnwritable(
                f"{self._path}: cannot be written ({error.strerror}).", mend="Choose an OUT that you may write to."
            ) from error
        self._take()
        os.ftruncate(self._file, 0)
        os.write(self._file, self._owner.encode())
        return self

    def fileno(self) -> int:
        """The open file that holds the lock: a process that inherits it holds the lock too, until it ends."""
        return self._file

    def _take(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(self._file, 300).decode("utf-8", "replace").strip() or "another process"
            os.close(self._file)
            if error.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
                raise OutputUnwritable(
                    f"{self._path}: this file system cannot lock files ({error.strerror}).",
                    mend="Choose an OUT on a file system that can.",
                ) from error
            raise OutputHeld(
                f"{self._path.parent.parent}: another run is writing there ({holder}).",
                mend="Wait for it, or choose another OUT.",
            ) from error

    def __exit__(self, *_: object) -> None:
        os.close(self._file)
