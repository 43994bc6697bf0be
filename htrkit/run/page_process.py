"""`python -m htrkit.run.page_process FD PARENT`: a page worker in a process of its own."""

import faulthandler
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from typing import Protocol

from htrkit.domain.errors import HtrkitError, PageProblem, RunTrouble
from htrkit.domain.events import PageDone
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.source import PageSource
from htrkit.run.messages import (
    CannotStart,
    Frames,
    FromWorker,
    InStep,
    IsDone,
    IsReady,
    IsRefused,
    IsTroubled,
    SetUp,
    TakePage,
    encoded,
    page_of,
    to_worker,
)
from htrkit.run.mortality import die_with, go_first_when_memory_is_short

RECEIVE_BYTES = 1 << 16
PASSING = frozenset({FailureClass.MEMORY})
"""Failures that another try, with less going on beside it, may not meet."""


class Channel:
    """The worker's end: blocking, one message after the other."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._frames = Frames()
        self._bodies: list[bytes] = []

    def say(self, message: FromWorker) -> None:
        """Send one message."""
        self._end.sendall(encoded(message))

    def next(self) -> SetUp | TakePage | None:
        """Wait for a message; None where the other end has gone."""
        while not self._bodies:
            content = self._end.recv(RECEIVE_BYTES)
            if not content:
                return None
            self._bodies += self._frames.add(content)
        return to_worker(self._bodies.pop(0))


class Worker(Protocol):
    """Takes a page through all its steps."""

    def work(self, source: PageSource) -> PageDone:
        """Raises PageProblem for the page, RunTrouble for the run."""


Load = Callable[[SetUp, Callable[[Step], None]], tuple[Worker, str]]
"""Gives the worker and the device that it computes on; raises HtrkitError."""


def main() -> None:
    """Be the page worker that the other end of the channel describes."""
    be_a_worker(_loaded)


def be_a_worker(load: Load) -> None:
    """Set up, then take pages until the channel closes."""
    descriptor, parent = int(sys.argv[-2]), int(sys.argv[-1])
    die_with(parent)
    go_first_when_memory_is_short()
    faulthandler.enable()
    # The run asks for the stacks before it kills; C code that holds the interpreter does not stop this one.
    faulthandler.register(signal.SIGUSR2, all_threads=True)
    channel = Channel(socket.socket(fileno=descriptor))
    order = channel.next()
    if isinstance(order, SetUp):
        _serve(channel, order, load)


def _loaded(order: SetUp, entered: Callable[[Step], None]) -> tuple[Worker, str]:
    # Heavy imports and models: seconds, counted as the start.
    from htrkit.run.worker_setup import device_of, worker_from  # noqa: PLC0415

    return worker_from(order, entered=entered), device_of(order)


def _serve(channel: Channel, order: SetUp, load: Load) -> None:
    start = time.monotonic()
    try:
        worker, device = load(order, lambda step: channel.say(InStep(step)))
    except HtrkitError as error:
        channel.say(CannotStart(error.what, error.mend))
        return
    except BaseException as error:  # noqa: BLE001 - a worker that cannot start must say why, whatever it is
        channel.say(CannotStart(f"{type(error).__name__}: {error}", "Please report this with the worker's log."))
        traceback.print_exc()
        return
    channel.say(IsReady(round(time.monotonic() - start, 2), device))
    while isinstance(message := channel.next(), TakePage):
        channel.say(_ended(worker, page_of(message.source)))


def _ended(worker: Worker, source: PageSource) -> IsDone | IsRefused | IsTroubled:
    try:
        return IsDone(worker.work(source))
    except RunTrouble as error:
        return IsTroubled(error.what)
    except PageProblem as problem:
        passing = problem.failure in PASSING
        return IsRefused(problem.failure, problem.step, str(problem), problem.stack, passing=passing)
    except Exception as error:  # noqa: BLE001 - what nobody expected fails its page, and the process goes on
        message = f"{source.key}: {type(error).__name__}: {error}. Please report this with its image."
        return IsRefused(FailureClass.BUG, Step.WRITE, message, traceback.format_exc(), passing=False)


if __name__ == "__main__":
    main()
