"""Files of the next pages are read before a worker asks for them, so that nobody waits for a slow disk or share."""

import os
import stat
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

THREADS = 4
"""A share answers several at once: with 40 ms a request, two threads do not keep up with two workers and four do.

Measured on a FUSE file system with two workers (`bench/slow_disk.py`); eight gained nothing more, and `posix_fadvise`
instead of reading gained nothing.
"""
CHUNK_BYTES = 1 << 20


def read_through(path: str) -> int:
    """Read a whole file and keep nothing: it is in the system's memory then, as it lies on disk. Gives its bytes.

    What the system keeps so is nobody's: it is given up the moment that a process needs the room. Raises OSError.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        total = 0
        while content := os.read(handle, CHUNK_BYTES):
            total += len(content)
        return total
    finally:
        os.close(handle)


def size_of(path: str) -> int:
    """Give the bytes of a regular file, 0 for anything else: a pipe that is read once is gone."""
    found = Path(path).stat()
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


@dataclass(slots=True)
class ReadAhead:
    """Reads files in the order in which they will be asked for, as far ahead as its budget goes.

    A file that cannot be read is passed over: whoever needs it will say what is wrong with it.
    """

    budget_bytes: int
    read: Callable[[str], int] = read_through
    size: Callable[[str], int] = size_of
    _waiting: deque[str] = field(default_factory=deque)
    _ahead: dict[str, int] = field(default_factory=dict)
    """The bytes of files that were read, or are being read, and that nobody has asked for yet."""
    _taken: set[str] = field(default_factory=set)
    _in_line: deque[str] = field(default_factory=deque)
    """The files that threads have in hand and do not read yet, the one that is asked for first in front."""
    _held: bool = False
    _closed: bool = False
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self, paths: Iterable[str]) -> None:
        """Begin to read, if there is any budget; a file of several pages counts once."""
        if not self.budget_bytes:
            return
        self._waiting = deque(dict.fromkeys(paths))
        for _ in range(THREADS):
            # They start nothing, and may be in the middle of a read when the run ends.
            thread = threading.Thread(target=self._work, daemon=True)
            self._threads.append(thread)
            thread.start()

    def taken(self, path: str) -> None:
        """Note that a worker has a page of the file in hand: its bytes count no more, and others may come in."""
        with self._changed:
            self._taken.add(path)
            self._ahead.pop(path, None)
            self._changed.notify_all()

    def ahead_bytes(self) -> int:
        """Give the bytes of the files that were read and that nobody has asked for yet."""
        with self._changed:
            return sum(self._ahead.values())

    def hold(self, *, on: bool) -> None:
        """Read nothing more, or go on: memory is short, or is not any more."""
        with self._changed:
            self._held = on
            self._changed.notify_all()

    def close(self) -> None:
        """Read nothing more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _work(self) -> None:
        while (path := self._next()) is not None:
            try:
                # Nothing is asked of the disk while others wait for us: a share that hangs would hang the run.
                size = self.size(path)
                if self._has_room(path, size):
                    self.read(path)
            except OSError:
                self._forget(path)

    def _next(self) -> str | None:
        """Take the next file that nobody has asked for yet; None where nothing is left."""
        with self._changed:
            while self._waiting and not self._closed:
                path = self._waiting.popleft()
                if path not in self._taken:
                    self._in_line.append(path)
                    return path
        return None

    def _has_room(self, path: str, size: int) -> bool:
        """Wait until the file is the next and fits into the budget, as one alone does; False where it is not wanted."""
        with self._changed:
            while size and not self._closed and path not in self._taken:
                if not self._held and path == self._in_line[0] and self._fits(size):
                    self._ahead[path] = size
                    self._leave_line(path)
                    return True
                self._changed.wait()
            self._leave_line(path)
        return False

    def _fits(self, size: int) -> bool:
        return not self._ahead or sum(self._ahead.values()) + size <= self.budget_bytes

    def _forget(self, path: str) -> None:
        with self._changed:
            self._ahead.pop(path, None)
            self._leave_line(path)

    def _leave_line(self, path: str) -> None:
        if path in self._in_line:
            self._in_line.remove(path)
        self._changed.notify_all()
