"""What a process of ours gives back now and then: objects that hold each other, and memory that lies idle."""

import ctypes
import gc
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass


def collect() -> None:
    """Free objects that hold each other."""
    gc.collect()


def trim() -> None:
    """Give memory that is free, and that the C library keeps for later, back to the system; glibc alone can."""
    if sys.platform == "linux":
        release = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if release is not None:
            release(0)


OF_A_PROCESS: Sequence[Callable[[], None]] = (collect, trim)


@dataclass(slots=True)
class Housekeeping:
    """Does its deeds after every so many pages, or batches."""

    every: int
    deeds: Sequence[Callable[[], None]] = OF_A_PROCESS
    _since: int = 0

    def one_more(self) -> None:
        """Count one, and tidy up when it is time."""
        self._since += 1
        if self._since >= self.every:
            self.at_once()

    def soon(self) -> None:
        """Let the next one be the last before tidying up."""
        self._since = self.every

    def at_once(self) -> None:
        """Tidy up now, and count from here."""
        self._since = 0
        for deed in self.deeds:
            deed()
