"""How long the user waited for the first page: from the command itself, imports and start-up included."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from htrkit.domain.events import PageDone, Record, ServerStarted, WorkerStarted


def command_started() -> float:
    """Give when this process was started, in seconds since the epoch."""
    return psutil.Process().create_time()


@dataclass(slots=True)
class FirstPage:
    """Hears a run's events; `words` tells of the first worker, the first device server and the first page."""

    started: float
    now: Callable[[], float] = time.time
    worker: float | None = None
    server: float | None = None
    page: float | None = None

    def __call__(self, record: Record) -> None:
        """Hear of one event; only the first of each kind counts."""
        match record.event:
            case WorkerStarted() if self.worker is None:
                self.worker = self._since()
            case ServerStarted() if self.server is None:
                self.server = self._since()
            case PageDone() if self.page is None:
                self.page = self._since()
            case _:
                pass

    @property
    def words(self) -> str | None:
        """Give a line for the end of a run; None where no page was done."""
        if self.page is None:
            return None
        marks = [("a worker was ready", self.worker), ("a device server was ready", self.server)]
        before = [f"{what} after {seconds:.1f} s" for what, seconds in marks if seconds is not None]
        return ", ".join([*before, f"the first page was done {self.page:.1f} s after the command"])

    def _since(self) -> float:
        return self.now() - self.started
