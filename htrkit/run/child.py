"""How every process of ours begins and ends: it dies with the run, tells its stacks, and hears what it is to be."""

import faulthandler
import gc
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, TypeVar

from htrkit.domain.errors import HtrkitError
from htrkit.run.channel import Channel
from htrkit.run.messages import CannotStart, IsReady, SetUp
from htrkit.run.mortality import die_with, go_first_when_memory_is_short

Loaded = TypeVar("Loaded")
FOR_THE_RUN = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)
"""A scheduler that ends a job tells all of its processes; what becomes of the page in hand is the run's to decide."""


def set_up() -> tuple[Channel, SetUp] | None:
    """Begin with what `sys.argv` ends in, a descriptor and the parent's id; None where the run has gone already."""
    descriptor, parent = int(sys.argv[-2]), int(sys.argv[-1])
    die_with(parent)
    for number in FOR_THE_RUN:
        signal.signal(number, signal.SIG_IGN)
    go_first_when_memory_is_short()
    faulthandler.enable()
    # The run asks for the stacks before it kills; C code that holds the interpreter does not stop this one.
    faulthandler.register(signal.SIGUSR2, all_threads=True)
    channel = Channel(socket.socket(fileno=descriptor))
    order = channel.next()
    return (channel, order) if isinstance(order, SetUp) else None


def loaded(channel: Channel, load: Callable[[], tuple[Loaded, str]]) -> Loaded | None:
    """Load, and say so with the device; None where it cannot be, which is said too."""
    start = time.monotonic()
    try:
        what, device = load()
    except HtrkitError as error:
        channel.say(CannotStart(error.what, error.mend))
        return None
    except BaseException as error:  # noqa: BLE001 - a process that cannot start must say why, whatever it is
        channel.say(CannotStart(f"{type(error).__name__}: {error}", "Please report this with the process's log."))
        traceback.print_exc()
        return None
    # What was loaded stays to the end: looking through all of it again and again would keep pages waiting.
    gc.freeze()
    channel.say(IsReady(round(time.monotonic() - start, 2), device))
    return what


def leave(status: int = 0) -> NoReturn:
    """End at once: what libraries do at an interpreter's end takes a tenth of a second, or waits for a lost device."""
    for stream in (sys.stdout, sys.stderr):
        # A log that takes nothing any more changes nothing of the status.
        with suppress(OSError):
            stream.flush()
    os._exit(status)
