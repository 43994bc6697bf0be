"""Lines for a log, a pipe or a program, written from a thread of their own: a reader that stops holds no run up."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_WAITING = 100_000
"""Lines; a reader that is further behind loses the oldest."""


@dataclass(slots=True)
class Outlet:
    """Hands lines on in their order; `say` is called from that thread, and may take as long as it likes."""

    say: Callable[[str], None]
    _waiting: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_WAITING))
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _closed: bool = False
    _thread: threading.Thread | None = None

    def __call__(self, line: str) -> None:
        """Take a line; returns at once."""
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()
            self._waiting.append(line)
            self._changed.notify()

    def close(self) -> None:
        """Wait until everything is written."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while (line := self._next()) is not None:
            self.say(line)

    def _next(self) -> str | None:
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            return self._waiting.popleft() if self._waiting else None
