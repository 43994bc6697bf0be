"""Signals become something to be read beside the workers' channels; nothing else happens in their handlers."""

import signal
import socket
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Self

from htrkit.domain.schedule import Halt

HALTS = {
    signal.SIGINT: Halt.INTERRUPTED,
    signal.SIGTERM: Halt.TERMINATED,
    signal.SIGUSR1: Halt.WARNED,
}
"""What each signal asks for; SIGHUP, a terminal that went away, stops nothing."""


class Interrupts:
    """Takes the signals over from entering to leaving; `fileno` is readable when one has come."""

    def __init__(self) -> None:
        self._reading, self._writing = socket.socketpair()
        self._reading.setblocking(False)
        self._writing.setblocking(False)
        self._before: dict[int, object] = {}
        self._wakeup = -1

    def fileno(self) -> int:
        """For a selector."""
        return self._reading.fileno()

    def heard(self) -> Iterator[Halt]:
        """Give what the signals ask for that came since."""
        try:
            numbers = self._reading.recv(64)
        except BlockingIOError:
            return
        for number in numbers:
            if number in HALTS:
                yield HALTS[signal.Signals(number)]

    def __enter__(self) -> Self:
        self._wakeup = signal.set_wakeup_fd(self._writing.fileno(), warn_on_full_buffer=False)
        for number in (*HALTS, signal.SIGHUP):
            self._before[number] = signal.signal(number, _noted)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what `signal` gave
        signal.set_wakeup_fd(self._wakeup)
        self._reading.close()
        self._writing.close()


def _noted(number: int, frame: FrameType | None) -> None:
    """Do nothing: the number is in the wake-up channel, and the default action must not happen."""
