"""The points of a run's curves of memory and load, for the journal: taken beside the run, which never waits for them.

Summing up a process's PSS takes the kernel about 17 ms a gigabyte, and the process may be in a state in which the
kernel lets nobody look at all.
"""

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from htrkit.domain.events import MachineSampled
from htrkit.run.sampler import Sampler

LAST_SECONDS = 2.0
"""So long the end of a run waits for the last point."""
NAME = "curve"
"""Of the thread that takes points."""


@dataclass(slots=True)
class Curve:
    """A point when it begins, one every `every_seconds` of the sampler, and one at the end."""

    sampler: Sampler
    _next: float | None = None
    _taken: deque[MachineSampled] = field(default_factory=deque)
    _thread: threading.Thread | None = None

    def begin(self, at: float) -> None:
        """Take the first point, unless it has begun."""
        if self._next is None:
            self._next = at

    def points(self, at: float) -> Iterator[MachineSampled]:
        """Give the points that have been taken since the last time, and take another if it is time."""
        while self._taken:
            yield self._taken.popleft()
        if self._next is not None and at >= self._next and not self._at_work():
            self._next = at + self.sampler.every_seconds
            self._take()

    def last(self) -> Iterator[MachineSampled]:
        """Give what is left, and the point of this moment, while the processes live still."""
        if self._next is None:
            return
        self._wait()
        if not self._at_work():
            self._take()
            self._wait()
        while self._taken:
            yield self._taken.popleft()

    def _take(self) -> None:
        # It starts nothing, and must not keep the run from ending.
        self._thread = threading.Thread(target=self._work, name=NAME, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        sample = self.sampler.now(thorough=True)
        memory = sample.total_bytes, sample.free_bytes, sample.ahead_bytes
        self._taken.append(MachineSampled(*memory, sample.devices, sample.processes))

    def _at_work(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _wait(self) -> None:
        if self._thread is not None:
            self._thread.join(LAST_SECONDS)
