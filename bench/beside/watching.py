"""Looks at running commands from outside: when a first text is there, what they hold, how busy a card is."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from htrkit.devices.cards import visible_cards
from htrkit.devices.process_memory import proportional_bytes
from htrkit.devices.sampling import DeviceGauges

LOOK_SECONDS = 0.05
"""Between two looks for the first text, and at a card."""
MEMORY_SECONDS = 1.0
"""Between two looks at memory: a sum of PSS costs the kernel milliseconds, which the commands lack."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of commands from their start to their end."""

    together_bytes: int | None
    first_seconds: float | None
    first_name: str
    busy_share: float | None


@dataclass(slots=True)
class Watch:
    """Looks now and then, in a thread of its own."""

    out: Path
    card: str | None
    """`cuda:0`, or None."""
    _pids: Sequence[int] = ()
    _start: float = 0.0
    _together: int = 0
    _first_seconds: float | None = None
    _first_name: str = ""
    _busy: list[int] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def begin(self, pids: Sequence[int], start: float) -> None:
        """Watch the processes with these numbers and all that they start; `start` is of `time.perf_counter`."""
        self._pids, self._start = pids, start
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def end(self) -> Seen:
        """Stop, and give what was seen."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        share = sum(self._busy) / len(self._busy) / 100 if self._busy else None
        return Seen(self._together or None, self._first_seconds, self._first_name, share)

    def _work(self) -> None:
        gauges = DeviceGauges(uuids_of(self.card))
        next_memory = self._start
        try:
            while not self._over.wait(LOOK_SECONDS):
                if self._first_seconds is None:
                    self._look_for_text()
                else:
                    self._look_at_card(gauges)
                if time.perf_counter() >= next_memory:
                    next_memory = time.perf_counter() + MEMORY_SECONDS
                    self._together = max(self._together, together(self._pids))
            if self._first_seconds is None:
                self._look_for_text()
        finally:
            gauges.close()

    def _look_for_text(self) -> None:
        name = first_text(self.out)
        if name is not None:
            self._first_seconds, self._first_name = time.perf_counter() - self._start, name

    def _look_at_card(self, gauges: DeviceGauges) -> None:
        told = (sample.utilisation_percent for sample in gauges.read())
        self._busy += [percent for percent in told if percent is not None]


def first_text(folder: Path) -> str | None:
    """Give the stem of a text with something in it; None while there is none."""
    for path in folder.rglob("*.txt"):
        try:
            if path.stat().st_size:
                return path.stem
        except FileNotFoundError:
            continue
    return None


def together(pids: Sequence[int]) -> int:
    """Give the sum of PSS over processes and all below them."""
    return sum(proportional_bytes(pid) or 0 for pid in family(pids))


def family(pids: Sequence[int]) -> Iterator[int]:
    """Give processes and all that they have started."""
    for pid in pids:
        try:
            below = psutil.Process(pid).children(recursive=True)
        except psutil.Error:
            continue
        yield pid
        yield from (child.pid for child in below)


def uuids_of(card: str | None) -> dict[str, str]:
    """Give the driver's name of the card; empty without one."""
    if card is None:
        return {}
    return {one.device: one.uuid for one in visible_cards(os.environ) if one.device == card}
