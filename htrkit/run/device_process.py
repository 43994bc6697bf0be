"""`python -m htrkit.run.device_process FD PARENT`: a device server in a process of its own."""

import os
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from htrkit.core.batching import BatchQueue
from htrkit.domain.failure import Step
from htrkit.domain.stages import Stage
from htrkit.run import child
from htrkit.run.answering import Answering, DeviceLost
from htrkit.run.device_server import DRY_SECONDS, Counter, serve
from htrkit.run.housekeeping import OF_A_PROCESS, Housekeeping
from htrkit.run.messages import HasShrunk, SetUp

LOST = 70
"""Exit status of a server whose device is lost."""


@dataclass(frozen=True, slots=True)
class Device:
    """What a server computes with."""

    stages: Mapping[Step, Callable[[], Stage]]
    sizes: Mapping[Step, int]
    """Items in a full batch of each step."""
    freed: Callable[[], None]
    """Empties the device's cache."""


Load = Callable[[SetUp], tuple[Device, str]]
"""Gives what computes, and the device's name; raises HtrkitError."""


def main() -> None:
    """Be the device server that the other end of the channel describes."""
    be_a_server(_loaded)


def be_a_server(load: Load) -> None:
    """Set up, then answer workers until the channel closes."""
    begun = child.set_up()
    if begun is None:
        return
    channel, order = begun
    device = child.loaded(channel, lambda: load(order))
    if device is None:
        return
    counter = Counter(channel, BatchQueue(device.sizes, dry_seconds=DRY_SECONDS))

    def shrunk(step: Step, size: int) -> None:
        channel.say(HasShrunk(step, counter.queue.size_of(step), size))
        counter.shrink(step, size)

    threading.Thread(target=counter.speak, daemon=True).start()
    try:
        tidying = Housekeeping(order.tidy_every, (*OF_A_PROCESS, device.freed))
        serve(counter, Answering(device.stages, device.freed, shrunk), tidying)
    except DeviceLost:
        traceback.print_exc()
        sys.stderr.flush()
        # Without the libraries' own endings, which may wait for the lost device.
        os._exit(LOST)
    # As above: nothing is left to be tidied.
    os._exit(0)


def _loaded(order: SetUp) -> tuple[Device, str]:
    # Heavy imports and models: seconds, counted as the start.
    from htrkit.run.device_setup import device_from  # noqa: PLC0415

    return device_from(order)


if __name__ == "__main__":
    main()
